import Testing

@testable import Copying

@Suite struct CopySnapshotTests {
  private func snapshot(read: Int64, estimated: Int64?, states: [PartitionProgress.State]) -> CopySnapshot {
    var counts = RowCounts()
    counts.read = read
    let partitions = states.enumerated().map {
      PartitionProgress(
        partition: Int32($0.offset), state: $0.element, counts: RowCounts(), bytes: 0, retries: 0, lastRetryReason: "")
    }
    return CopySnapshot(
      elapsed: .seconds(5), partitions: partitions, counts: counts, bytes: 0, retries: 0, lastRetryReason: "",
      estimatedRows: estimated, stopReason: nil)
  }

  @Test func theEstimateTellsWhatIsLeft() {
    let half = snapshot(read: 500, estimated: 1000, states: [.running, .running])
    #expect(half.fractionDone == 0.5)
    #expect(half.rowsLeft == 500)
  }

  @Test(arguments: [nil, 0, 400] as [Int64?])
  func anEstimateThatIsMissingOrTooLowPromisesNothing(_ estimated: Int64?) {
    let running = snapshot(read: 500, estimated: estimated, states: [.running, .running])
    #expect(running.fractionDone == nil)
    #expect(running.rowsLeft == nil)
    #expect(snapshot(read: 500, estimated: estimated, states: [.done, .running]).fractionDone == 0.5)
  }

  @Test func theEndIsTheEndWhateverWasEstimated() {
    let done = snapshot(read: 500, estimated: 1000, states: [.done, .failed])
    #expect(done.fractionDone == 1)
  }
}
