import Copying
import JSON
import Jobs

extension PartitionCheckpoint {
  /// As the journal keeps it.
  var checkpoint: Checkpoint {
    Checkpoint(
      step: TransferWork.step, part: partition, position: position, isFinished: isFinished,
      detail: .object([
        "read": .integer(counts.read), "copied": .integer(counts.copied), "filtered": .integer(counts.filtered),
        "expired": .integer(counts.expired), "existing": .integer(counts.existing),
        "failed": .integer(counts.failed), "bytes": .integer(bytes),
      ]))
  }

  /// Nil for a checkpoint of another step.
  init?(_ checkpoint: Checkpoint) {
    guard checkpoint.step == TransferWork.step else { return nil }
    func number(_ name: String) -> Int64 {
      checkpoint.detail[name]?.double.flatMap { Int64(exactly: $0) } ?? 0
    }
    var counts = RowCounts()
    counts.read = number("read")
    counts.copied = number("copied")
    counts.filtered = number("filtered")
    counts.expired = number("expired")
    counts.existing = number("existing")
    counts.failed = number("failed")
    self.init(
      partition: checkpoint.part, position: checkpoint.position, counts: counts, bytes: number("bytes"),
      isFinished: checkpoint.isFinished)
  }
}
