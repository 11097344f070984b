import Copying
import JSON
import Jobs

extension RepairCheckpoint {
  /// As the journal keeps it.
  var checkpoint: Checkpoint {
    Checkpoint(
      step: RepairWork.step, part: 0, position: Array("\(line)".utf8), isFinished: isFinished,
      detail: .object([
        "line": .integer(line), "looked_at": .integer(counts.lookedAt), "mended": .integer(counts.mended),
        "deleted": .integer(counts.deleted), "same": .integer(counts.same), "skipped": .integer(counts.skipped),
        "settled": .integer(counts.settled), "unconditional": .integer(counts.unconditional),
      ]))
  }

  /// Where an earlier run has come to; the beginning when there was none.
  ///
  /// - Throws: `ShellError` when it was not written by `checkpoint`
  init(_ checkpoints: [Checkpoint]) throws(ShellError) {
    self.init()
    guard let checkpoint = checkpoints.first(where: { $0.step == RepairWork.step }) else { return }
    func count(_ name: String) throws(ShellError) -> Int64 {
      guard case .integer(let number) = checkpoint.detail[name], number >= 0 else {
        throw ShellError("the journal does not hold how far the repair has come", status: .refused)
      }
      return number
    }
    line = try count("line")
    counts.lookedAt = try count("looked_at")
    counts.mended = try count("mended")
    counts.deleted = try count("deleted")
    counts.same = try count("same")
    counts.skipped = try count("skipped")
    counts.settled = try count("settled")
    counts.unconditional = try count("unconditional")
    isFinished = checkpoint.isFinished
  }
}
