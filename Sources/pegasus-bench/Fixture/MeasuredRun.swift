import CBench
import EventLoop
import Glibc

/// A program run to its end, with what it used.
///
/// It is started by a second, small copy of this program: the kernel credits a new process with the memory of the one
/// it was started from, and this one has written a million rows.
struct MeasuredRun: Sendable {
  /// The first argument of the copy.
  static let marker = "--measured-run"

  var wallSeconds: Double
  /// User and system time.
  var processorSeconds: Double
  var peakMegabytes: Double
  var contextSwitches: Int
  /// What it wrote to standard output and standard error.
  var output: String

  /// Runs `program`; anything but exit status 0 is an error.
  static func run(
    _ program: String, _ arguments: [String], in workspace: Workspace, environment: [String: String]
  ) async throws -> MeasuredRun {
    try await BlockingPool.run { () throws(BenchError) in
      let report = "\(workspace.path)/usage"
      let outputPath = "\(workspace.path)/output"
      unlink(report)
      let output = open(outputPath, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
      guard output >= 0 else { throw BenchError("\(outputPath): \(String(cString: strerror(errno)))") }
      defer { close(output) }
      do throws(SocketError) {
        let process = try Spawn.start(
          Workspace.ownProgram, [marker, report, program] + arguments, environment: environment,
          streams: .descriptors(nil, output, output))
        workspace.started(process)
        defer { workspace.ended(process) }
        _ = try Spawn.wait(for: process)
      } catch {
        throw BenchError("\(error)")
      }
      let text = SystemFile.text(outputPath)
      let numbers = SystemFile.text(report).split(separator: " ").compactMap { Int64($0) }
      guard numbers.count == 6 else { throw BenchError("\(program) was not measured: \(text)") }
      guard numbers[0] == 0 else {
        throw BenchError("\(program) \(arguments.joined(separator: " ")) ended with \(numbers[0]):\n\(text)")
      }
      return MeasuredRun(
        wallSeconds: Double(numbers[1]) / 1e9, processorSeconds: Double(numbers[2] + numbers[3]) / 1e6,
        peakMegabytes: Double(numbers[4]) * 1024 / 1e6, contextSwitches: Int(numbers[5]), output: text)
    }
  }

  /// The work of the copy: a file for the report, a program, its arguments.
  static func serve(_ words: [String]) -> Int32 {
    cbench_die_with_parent()
    guard words.count >= 2 else { return 2 }
    var arguments: [UnsafeMutablePointer<CChar>?] = words.dropFirst().map { strdup($0) }
    arguments.append(nil)
    var usage = cbench_usage()
    let result = cbench_run(words[1], &arguments, &usage)
    guard result == 0 else {
      Console.say("\(words[1]): \(String(cString: strerror(-result)))")
      return 127
    }
    let numbers = [Int64(usage.status), usage.wall, usage.user, usage.system, usage.peak_kib, usage.switches]
    guard let file = fopen(words[0], "w") else { return 1 }
    fputs(numbers.map(String.init).joined(separator: " "), file)
    fclose(file)
    return 0
  }
}
