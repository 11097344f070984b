import EventLoop
import Glibc

@main
enum Main {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == MeasuredRun.marker { exit(MeasuredRun.serve(Array(arguments.dropFirst()))) }
    let options: BenchOptions
    do throws(BenchError) {
      options = try BenchOptions.parse(arguments)
    } catch {
      Console.say("pegasus-bench: \(error)")
      exit(2)
    }
    if options.wantsHelp {
      Console.show(BenchOptions.usage + "\n")
      exit(0)
    }
    Task { @LoopActor in exit(await Benchmark(options).run()) }
    while true { pause() }
  }
}
