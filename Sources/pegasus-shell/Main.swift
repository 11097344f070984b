import ShellCommands

@main
struct Main {
  static func main() { ShellProgram.main() }
}
