import EventLoop
import Glibc

/// From the start of the shell on a terminal to its first prompt, with the clusters running.
@LoopActor
struct StartupPart {
  private let clusters: Clusters

  init(_ clusters: Clusters) { self.clusters = clusters }

  func measure() async throws -> [Figure] {
    Console.say("start to first prompt, 20 times")
    let (program, arguments, environment) = (try clusters.shell, clusters.shellArguments, clusters.environment)
    let prompt = "\(clusters.source.name)> "
    var times: [Double] = []
    for _ in 0..<20 {
      times.append(
        try await BlockingPool.run { try Self.time(program, arguments, environment, prompt: prompt) } * 1000)
    }
    return [
      Figure("startup.median", "start to first prompt, median of 20", of: times, .milliseconds) {
        .atMost(30, $0, "< 30")
      },
      times.min().map { Figure("startup.least", "start to first prompt, least of 20", $0, .milliseconds) },
    ].compactMap { $0 }
  }

  /// Seconds.
  private nonisolated static func time(
    _ program: String, _ arguments: [String], _ environment: [String: String], prompt: String
  ) throws -> Double {
    let (master, name) = try Spawn.openTerminal(columns: 120, rows: 40)
    defer { close(master) }
    let start = Monotonic.now()
    let process = try Spawn.start(program, arguments, environment: environment, streams: .terminal(name))
    defer {
      kill(process, SIGKILL)
      _ = try? Spawn.wait(for: process)
    }
    var seen: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      var waiting = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 10_000) > 0 else { break }
      let count = read(master, &chunk, chunk.count)
      guard count > 0 else { break }
      seen += chunk[..<count]
      if visible(seen).contains(prompt) { return (Monotonic.now() - start).inSeconds }
    }
    throw BenchError("no prompt '\(prompt)' came: \(String(decoding: seen, as: UTF8.self))")
  }

  /// The text without the terminal's control sequences.
  private nonisolated static func visible(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      guard byte == 0x1B else {
        text.append(byte)
        continue
      }
      // ESC [ parameters final, or ESC and one byte.
      guard rest.first == UInt8(ascii: "[") else {
        rest = rest.dropFirst()
        continue
      }
      rest = rest.dropFirst().drop { !(0x40...0x7E).contains($0) }.dropFirst()
    }
    return String(decoding: text, as: UTF8.self)
  }
}
