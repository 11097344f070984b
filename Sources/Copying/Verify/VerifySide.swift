import EventLoop
import PegasusClient

/// One of the two tables, all of its partitions merged into one sequence in the order of the keys. It holds two pages of
/// each partition at most.
@LoopActor
final class VerifySide {
  let cursors: [VerifyCursor]
  /// Those that have a row, as a heap: the smallest key comes first.
  private var heap: [VerifyCursor] = []
  /// Rows that took part so far.
  private(set) var rows: Int64 = 0
  /// The first cursor has used its page up.
  private(set) var needsPage = false
  private(set) var hasStarted = false
  /// The last row of the last page that was used up: with it everything before it is compared.
  private var lastUsed: (page: ScanPage, index: Int)?

  /// - Parameter rows: those that took part in earlier runs
  init(_ cursors: [VerifyCursor], rows: Int64 = 0) {
    self.cursors = cursors
    self.rows = rows
  }

  var finishedPartitions: Int { cursors.count { $0.isAtEnd } }
  var isComplete: Bool { hasStarted && heap.isEmpty }
  /// The cursor at the smallest key; `nil` at the end of the table.
  var first: VerifyCursor? { heap.first }

  /// Reads the first page of every partition.
  ///
  /// - Throws: `ClientError`
  func start() async throws(ClientError) {
    var failure: ClientError?
    await runAll(cursors, atMost: 64, while: { failure == nil }) { cursor in
      do throws(ClientError) {
        try await cursor.fill()
      } catch {
        if failure == nil { failure = error }
      }
    }
    if let failure { throw failure }
    if Task.isCancelled { throw ClientError(.cancelled, while: "verify") }
    heap = cursors.filter { !$0.isAtEnd }
    for index in stride(from: heap.count / 2, through: 0, by: -1) { sink(index) }
    hasStarted = true
  }

  /// Goes on to the next key. When `needsPage` is set after it, `fill` comes first.
  ///
  /// - Parameter takesPart: the row was compared
  func advance(takesPart: Bool = true) {
    if takesPart { rows += 1 }
    let (page, index) = (heap[0].page, heap[0].index)
    if heap[0].step() {
      sink(0)
    } else {
      needsPage = true
      lastUsed = (page, index)
    }
  }

  /// The key of the row that used its page up, as stored; `nil` before the first one.
  var lastKey: [UInt8]? { lastUsed.map { $0.page.key(at: $0.index) } }

  /// - Throws: `ClientError`
  func fill() async throws(ClientError) {
    try await heap[0].fill()
    needsPage = false
    if heap[0].isAtEnd {
      heap.swapAt(0, heap.count - 1)
      heap.removeLast()
    }
    sink(0)
  }

  func close() { for cursor in cursors where !cursor.isAtEnd { cursor.close() } }

  private func sink(_ start: Int) {
    var index = start
    while true {
      var smallest = index
      for child in [2 * index + 1, 2 * index + 2] where child < heap.count {
        if heap[child].order(to: heap[smallest]) < 0 { smallest = child }
      }
      if smallest == index { return }
      heap.swapAt(index, smallest)
      index = smallest
    }
  }
}
