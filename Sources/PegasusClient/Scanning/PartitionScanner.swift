import Bytes
package import EventLoop
import PegasusProtocol
import RPC

/// Reads one partition from beginning to end, page by page, whatever happens to its server on the way.
///
/// Pegasus 2.0–2.6: a scan context is good for one reply, and is lost when the replica moves or five minutes pass. The
/// scanner then goes on behind the last key it has seen. It never sends a context twice, because the server it would
/// reach may have given the same number to somebody else.
@LoopActor
package final class PartitionScanner {
  package let table: Table
  package let partition: Int32
  private let options: ScanOptions
  /// Rows asked for in one reply.
  private var batchSize: Int32
  private var context: Int64?
  private var position: PegasusKey?
  private var positionInclusive: Bool
  private var isFinished = false
  private var appID: Int32?
  private var partitionCount: Int?
  /// Replies without a row and without a continuation, one after another.
  private var fruitless = 0
  /// Replies that made no sense, one after another.
  private var garbled = 0
  /// A damaged reply takes down every request of its connection, and says little about the next one; a server that does
  /// not speak as one gives the same answer again.
  private static let mostGarbled = 3
  /// Failed attempts, for the user's eyes.
  package private(set) var retries = 0

  package init(table: Table, partition: Int32, options: ScanOptions) {
    self.table = table
    self.partition = partition
    self.options = options
    batchSize = options.pageBytes == nil ? options.batchSize : min(options.batchSize, options.largestBatch)
    position = options.start
    positionInclusive = options.startInclusive
  }

  /// - Returns: the next page, possibly without rows; `nil` after the last one
  /// - Throws: `ClientError` when no page could be had within the page limit, or the table is another one now. A count-only
  ///   scan that lost its context throws `countInterrupted`, since a count cannot go on in the middle.
  package func next() async throws(ClientError) -> ScanPage? {
    if isFinished { return nil }
    let started = ContinuousClock.now
    var attempt = 0
    var last = "not tried"
    var refresh = RetryPolicy.Refresh.none
    while true {
      if Task.isCancelled { throw ClientError(.cancelled, while: action) }
      let left = options.pageLimit - (ContinuousClock.now - started)
      if left <= .zero {
        throw ClientError(.deadline(after: options.pageLimit, attempts: attempt, last: last), while: action)
      }
      attempt += 1
      let answer: Result<ScanPage, PageCall.Failure>
      if let silence = try await checkTable(refresh) {
        answer = .failure(.noRouting(silence))
      } else {
        answer = try await ask(timeout: min(left, options.replyLimit))
      }
      switch answer {
      case .success(let page):
        garbled = 0
        if let page = try accept(page) { return page }
        last = "the server has forgotten the scan"
        continue
      case .failure(let failure):
        retries += 1
        last = failure.description
        if failure.isCancellation { throw ClientError(.cancelled, while: action) }
        switch failure.verdict(by: table.cluster.options.retry) {
        case .retry(let wanted): refresh = wanted
        case .fail where failure.isGarbage && garbled < Self.mostGarbled: garbled += 1
        default: throw ClientError(failure.reason, while: action)
        }
        if context != nil && options.onlyCount { throw interrupted(last) }
        context = nil
      }
      let pause = min(table.cluster.options.retry.pause(after: attempt), left)
      do { try await loopSleep(pause) } catch { throw ClientError(.cancelled, while: action) }
    }
  }

  /// Tells the server that the rest is not wanted. Nothing comes back.
  package func close() {
    guard context != nil else { return }
    forgetContext()
    isFinished = true
  }

  private func forgetContext() {
    guard let context else { return }
    self.context = nil
    guard let partitions = table.router.table,
      let node = partitions.partitions.indices.contains(Int(partition))
        ? partitions.partitions[Int(partition)].primary : nil,
      let header = try? PartitionHeader(gpid: partitions.gpid(partition), timeoutMilliseconds: 1000)
    else { return }
    table.cluster.pool.client(for: node).post(ClearScanner.self, ScanContext(id: context), header: header)
  }

  private var action: String { table.phrase("scan partition \(partition)", "of") }

  private func interrupted(_ last: String) -> ClientError {
    ClientError(.countInterrupted(last: last), while: action)
  }

  /// A table that was dropped and made again, or split, is not the one the scan began with.
  ///
  /// - Returns: why the meta server cannot be asked just now; nil when it could be or need not be. A scan that has begun
  ///   bears this as long as a silent replica server.
  private func checkTable(_ refresh: RetryPolicy.Refresh) async throws(ClientError) -> ClientError? {
    let known: PartitionTable
    do throws(ClientError) {
      known = refresh == .none ? try await table.router.current() : try await table.router.refresh()
    } catch {
      guard appID != nil else { throw error }
      switch error.reason {
      case .noLeader, .deadline, .transport, .refused: return error
      default: throw error
      }
    }
    if let appID, appID != known.appID {
      throw ClientError(
        .invalid("the table was dropped and created again (id \(appID), now \(known.appID)) while it was read"),
        while: action)
    }
    if let partitionCount, partitionCount != known.count {
      throw ClientError(
        .invalid("the table was split from \(partitionCount) to \(known.count) partitions while it was read"),
        while: action)
    }
    guard known.partitions.indices.contains(Int(partition)) else {
      throw ClientError(
        .invalid("there is no partition \(partition): the table has \(known.count), from 0 to \(known.count - 1)"),
        while: action)
    }
    appID = known.appID
    partitionCount = known.count
    return nil
  }

  private func ask(timeout: Duration) async throws(ClientError) -> Result<ScanPage, PageCall.Failure> {
    guard let known = table.router.table, let node = known.partitions[Int(partition)].primary else {
      return .failure(.noPrimary)
    }
    let header = try known.header(partition, timeout: timeout, action: action)
    let client = table.cluster.pool.client(for: node)
    if let context {
      return await PageCall().send(
        Scan.self, ScanRequest(contextId: context), header: header, timeout: timeout, to: client)
    }
    return await PageCall().send(GetScanner.self, opening(), header: header, timeout: timeout, to: client)
  }

  private func opening() -> GetScannerRequest {
    var request = GetScannerRequest.fullScan(
      batchSize: batchSize, noValue: options.noValue, returnExpireTs: options.returnExpiry)
    if let position { request.startKey = position }
    request.startInclusive = positionInclusive
    if let stop = options.stop {
      request.stopKey = stop.encoded
      request.stopInclusive = options.stopInclusive
    }
    request.hashKeyFilterType = options.hashKeyFilter
    request.hashKeyFilterPattern = options.hashKeyPattern
    request.sortKeyFilterType = options.sortKeyFilter
    request.sortKeyFilterPattern = options.sortKeyPattern
    request.onlyReturnCount = options.onlyCount
    return request
  }

  /// Asks for more or fewer rows at a time, when these show that others would fit better. The scan begins anew behind them:
  /// a server keeps to the number that a scan was begun with.
  private func adjustBatch(to page: ScanPage) {
    guard let pageBytes = options.pageBytes, context != nil else { return }
    let fitting = Int32(clamping: pageBytes * page.rows.count / max(page.bytes.count, 1))
    let wanted = max(1, min(fitting, options.largestBatch))
    guard wanted >= batchSize * 2 || wanted <= batchSize / 2 else { return }
    batchSize = wanted
    forgetContext()
  }

  /// Takes a reply. `nil` means: ask again, from where `context` and `position` now stand.
  private func accept(_ page: ScanPage) throws(ClientError) -> ScanPage? {
    let hadContext = context != nil
    context = nil
    switch page.status {
    case .ok:
      if page.contextID == -1 {
        isFinished = true
      } else if page.contextID == 0 && page.rowCount == 0 {
        // Pegasus 2.0–2.6: how an empty range is answered.
        isFinished = true
      } else {
        context = page.contextID
      }
    case .incomplete:
      // The server's time was up: the rows so far, and no context.
      if options.onlyCount { throw interrupted("the server's time limit for one reply") }
    case .notFound where hadContext:
      if options.onlyCount { throw interrupted("the server has forgotten the scan") }
      return nil
    default:
      throw ClientError(.storage(page.status), while: action)
    }
    if !page.rows.isEmpty {
      do throws(ByteError) {
        position = try PegasusKey(encoded: page.key(at: page.rows.count - 1))
        positionInclusive = false
      } catch {
        throw ClientError(.invalid("the server sent a row with a key that cannot be one: \(error)"), while: action)
      }
      fruitless = 0
      adjustBatch(to: page)
    } else if context == nil && !isFinished {
      fruitless += 1
      guard fruitless < 100 else {
        throw ClientError(
          .invalid(
            "the server ran out of time 100 times without finding a row; raise the table's "
              + "replica.rocksdb_iteration_threshold_time_ms"), while: action)
      }
    }
    return page
  }
}
