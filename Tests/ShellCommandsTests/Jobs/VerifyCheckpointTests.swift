import Copying
import EventLoop
import JSON
import Jobs
import PegasusProtocol
import Testing

@testable import ShellCommands

@Suite struct VerifyCheckpointTests {
  private func keys(_ count: Int) throws -> [DifferingKey] {
    try (0..<count).map { number in
      DifferingKey(
        key: try PegasusKey(hashKey: [0, 255, UInt8(number & 255)], sortKey: Array("\(number)".utf8)),
        source: number % 3 == 0 ? nil : RowLook(valueLength: number, valueChecksum: .max - UInt64(number), expiry: 7),
        target: number % 3 == 1 ? nil : RowLook(valueLength: 0, valueChecksum: 1, expiry: .max))
    }
  }

  private func mark(_ differing: Int) -> VerifyCheckpoint {
    var mark = VerifyCheckpoint()
    mark.position = [0, 1, 9]
    (mark.sourceRows, mark.targetRows, mark.same, mark.unlisted) = (5000, 4999, 3000, 2)
    mark.differing = differing
    return mark
  }

  /// As the journal does it: the latest of each part.
  private func journal(_ known: [Checkpoint], _ new: [Checkpoint]) -> [Checkpoint] {
    var parts = Dictionary(uniqueKeysWithValues: known.map { ($0.part, $0) })
    for checkpoint in new { parts[checkpoint.part] = checkpoint }
    return Array(parts.values)
  }

  @Test func whatWasWrittenIsReadAgain() throws {
    let all = try keys(1234)
    var writer = VerifyCheckpoints(step: "verify")
    var known: [Checkpoint] = []
    for count in [0, 3, 3, 499, 500, 501, 1000, 1234] {
      let written = writer.take(mark(count)) { Array(all[$0]) }
      known = journal(known, written)
      var reader = VerifyCheckpoints(step: "verify")
      let (read, differing) = try reader.read(known)
      #expect(read == mark(count))
      #expect(differing == Array(all.prefix(count)))
      // Whoever has read goes on as whoever has written.
      #expect(reader.take(mark(count)) { Array(all[$0]) }.count == writer.take(mark(count)) { Array(all[$0]) }.count)
    }
    // A second in which nothing differed costs a line; one in which a row did, two.
    #expect(writer.take(mark(1234)) { Array(all[$0]) }.count <= 2)
  }

  @Test func nothingIsTheBeginning() throws {
    var reader = VerifyCheckpoints(step: "verify")
    let (read, differing) = try reader.read([Checkpoint(step: "copy", part: 0, position: [1])])
    #expect(read == VerifyCheckpoint() && differing.isEmpty)
  }

  @Test func whatIsMissingIsSaid() throws {
    let all = try keys(600)
    var writer = VerifyCheckpoints(step: "verify")
    let known = writer.take(mark(600)) { Array(all[$0]) }
    for change in [
      known.filter { $0.part != 2 },
      known.map {
        var c = $0; c.detail = .array(["x"]); return c
      },
    ] {
      var reader = VerifyCheckpoints(step: "verify")
      #expect(throws: ShellError.self) { try reader.read(change) }
    }
  }

  @Test func optionsComeBack() throws {
    var options = VerifyOptions()
    options.partitions = [3, 4]
    options.filter.hashKey = PatternFilter(.prefix, [0, 34, 92, 255])
    options.ignoresExpiry = true
    options.expiryTolerance = 17
    options.sample = 10
    options.rounds = 0
    options.delay = .milliseconds(1500)
    options.timeout = .milliseconds(700)
    let read = try VerifyOptions(options.json)
    #expect(read.json == options.json)
    #expect(read.partitions == [3, 4] && read.filter == options.filter && read.expiry == options.expiry)
    #expect(read.delay == options.delay && read.timeout == options.timeout && read.sample == 10 && read.rounds == 0)
    #expect(throws: ShellError.self) { try VerifyOptions(.object(["sample": "many"])) }
  }
}
