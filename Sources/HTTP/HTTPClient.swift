import EventLoop

/// Asks HTTP servers. One thread of its own moves the bytes of all requests, with connections that are used again; neither
/// the loop nor the threads for blocking work wait for a network.
///
/// Proxies named by the environment are not used: the servers that are asked here are near.
package enum HTTPClient {
  /// Sends a request and waits for its answer, whose status may be any. The body of an answer with a status of 2xx goes
  /// into `sink` when there is one. A cancelled task ends the transfer.
  @LoopActor
  package static func send(
    _ call: HTTPCall, into sink: (any HTTPBodySink)? = nil
  ) async throws(HTTPFailure) -> HTTPAnswer {
    let thread: TransferThread
    switch await BlockingPool.run({ TransferThread.shared }) {
    case .success(let ready): thread = ready
    case .failure(let missing):
      throw HTTPFailure(.other, method: call.method, url: call.url, detail: missing.reason)
    }
    let transfer = Transfer(call, sink: sink)
    let result = await withTaskCancellationHandler {
      await suspendOnLoop { continuation in
        transfer.continuation = continuation
        thread.submit(transfer)
      }
    } onCancel: {
      thread.cancel(transfer)
    }
    return try result.get()
  }
}
