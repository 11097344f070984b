import CCurl
import EventLoop
import Synchronization

/// libcurl cannot be had.
struct MissingLibrary: Error {
  let reason: String
}

/// The thread that moves the bytes of all transfers, by libcurl's multi interface.
///
/// `@unchecked Sendable`: `multi` never changes, and other threads use it only to wake this one, which libcurl allows;
/// `active` is touched by the thread alone; the rest is behind a mutex.
final class TransferThread: @unchecked Sendable {
  static let shared = start()

  private static let library = "libcurl.so.4"
  /// Connections that are kept open at most.
  private static let connections = 32

  private let multi: UnsafeMutableRawPointer
  private let submitted = Mutex<[Transfer]>([])
  private var active: [UnsafeMutableRawPointer: Transfer] = [:]

  private init(_ multi: UnsafeMutableRawPointer) { self.multi = multi }

  private static func start() -> Result<TransferThread, MissingLibrary> {
    if let reason = ccurl_open(library) {
      return .failure(
        MissingLibrary(reason: "libcurl cannot be used: \(String(cString: reason)); install Debian's package libcurl4"))
    }
    guard let multi = ccurl_multi_init() else { return .failure(MissingLibrary(reason: "libcurl does not start")) }
    _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections)
    let thread = TransferThread(multi)
    startThread(named: "http") { thread.run() }
    return .success(thread)
  }

  // MARK: From other threads

  func submit(_ transfer: Transfer) {
    submitted.withLock { $0.append(transfer) }
    _ = ccurl_multi_wakeup(multi)
  }

  func cancel(_ transfer: Transfer) {
    transfer.isCancelled.store(true, ordering: .releasing)
    _ = ccurl_multi_wakeup(multi)
  }

  // MARK: On the thread

  private func run() -> Never {
    while true {
      takeSubmitted()
      dropCancelled()
      var running: Int32 = 0
      _ = ccurl_multi_perform(multi, &running)
      finishEnded()
      // Woken by whoever submits or cancels; the limit is only for libcurl's own timers.
      _ = ccurl_multi_wait(multi, 1000)
    }
  }

  private func takeSubmitted() {
    let new = submitted.withLock { list in
      defer { list.removeAll() }
      return list
    }
    for transfer in new {
      guard let handle = transfer.prepare() else {
        transfer.end(.failure(transfer.failure(.other, "libcurl has no handle left")))
        continue
      }
      active[handle] = transfer
      if ccurl_multi_add(multi, handle) != CURLM_OK {
        active[handle] = nil
        transfer.end(.failure(transfer.failure(.other, "libcurl does not take the request")))
      }
    }
  }

  private func dropCancelled() {
    for (handle, transfer) in active where transfer.isCancelled.load(ordering: .acquiring) {
      _ = ccurl_multi_remove(multi, handle)
      active[handle] = nil
      transfer.end(.failure(transfer.failure(.cancelled, "cancelled")))
    }
  }

  private func finishEnded() {
    var code = CURLE_OK
    while let handle = ccurl_multi_ended(multi, &code) {
      _ = ccurl_multi_remove(multi, handle)
      guard let transfer = active.removeValue(forKey: handle) else { continue }
      transfer.end(transfer.outcome(code))
    }
  }
}
