import EventLoop
import Glibc
import Onebox

@main
enum Main {
  static func main() async {
    StandardStreams.complete()
    let status = await run(Array(CommandLine.arguments.dropFirst()))
    exit(status)
  }

  @concurrent
  private static func run(_ arguments: [String]) async -> Int32 {
    do throws(OneboxUsageError) {
      switch try OneboxArguments.parse(arguments) {
      case .help:
        say(OneboxArguments.usage)
        return 0
      case .version:
        say("pegasus-onebox \(OneboxVersion.text)")
        return 0
      case .run(let options): return await serve(options)
      }
    } catch {
      complain("\(error)\nTry 'pegasus-onebox --help'.")
      return 2
    }
  }

  @LoopActor
  private static func serve(_ options: OneboxOptions) async -> Int32 {
    // A write beyond a size limit is an error to handle, not the end.
    signal(SIGXFSZ, SIG_IGN)
    OpenFiles.raiseLimit()
    let server = OneboxServer(options: options)
    do {
      let signals = try StopSignals()
      try await server.start()
      say(server.readyLine)
      await signals.next()
      await server.stop()
      return 0
    } catch {
      complain("\(error)")
      return 1
    }
  }

  private static func say(_ line: String) { write(1, line) }
  private static func complain(_ line: String) { write(2, "pegasus-onebox: \(line)") }

  private static func write(_ descriptor: Int32, _ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = Glibc.write(descriptor, bytes, bytes.count)
  }
}
