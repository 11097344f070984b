import EventLoop
import PegasusClient
import PegasusProtocol
import Testing

@testable import Copying

/// Copies the rows whose values begin with "value 1", without their expiries, and checks that exactly those arrive.
///
/// - Parameter copy: from one table to the other, with the options changed so
/// - Returns: the source, and what the target holds
@LoopActor
func expectFilteredCopy(
  from left: ClusterFixture, to right: ClusterFixture,
  _ copy: @LoopActor (Table, Table, (inout CopyOptions) -> Void) async throws -> CopyResult
) async throws -> (source: Table, found: [PegasusKey: FoundRow]) {
  let source = try await left.table("from", partitions: 4)
  let target = try await right.table("to", partitions: 8)
  let rows = try sampleRows(1000)
  try await source.load(rows)
  let pattern = Array("value 1".utf8)
  let result = try await copy(source, target) {
    $0.filter.value = PatternFilter(.prefix, pattern)
    $0.dropsExpiry = true
  }
  let wanted = rows.filter { $0.value.starts(with: pattern) }
  #expect(result.isComplete)
  #expect(result.snapshot.counts.copied == Int64(wanted.count))
  #expect(result.snapshot.counts.filtered == Int64(rows.count - wanted.count))
  let found = try await target.allRows()
  #expect(found.count == wanted.count)
  #expect(found.values.allSatisfy { $0.expiry == 0 })
  return (source, found)
}
