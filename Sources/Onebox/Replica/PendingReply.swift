internal import EventLoop
internal import PegasusProtocol

/// An answer that waits for the commit of what it answers.
@LoopActor
struct PendingReply {
  enum Kind {
    case update(StorageStatus, decree: Int64)
    case multiRemove(StorageStatus, count: Int64, decree: Int64)
    // Rare or large: kept apart, so that the common answers stay small.
    indirect case increment(IncrResponse)
    indirect case checkAndSet(CheckAndSetResponse)
    indirect case checkAndMutate(CheckAndMutateResponse)
    indirect case duplicate(DuplicateResponse)
  }

  let reply: Reply
  let kind: Kind

  /// Sends it, with who answers filled in.
  func answer(_ gpid: GPID, server: String) {
    switch kind {
    case .update(let status, let decree): reply.update(status, gpid, decree: decree, server: server)
    case .multiRemove(let status, let count, let decree):
      reply.ok(
        MultiRemoveResponse(
          error: status, count: count, appId: gpid.appID, partitionIndex: gpid.partitionIndex, decree: decree,
          server: server))
    case .increment(let response): reply.ok(response.answered(by: server, gpid))
    case .checkAndSet(let response): reply.ok(response.answered(by: server, gpid))
    case .checkAndMutate(let response): reply.ok(response.answered(by: server, gpid))
    case .duplicate(let response): reply.ok(response)
    }
  }

  func fail(_ code: ErrorCode) { reply.error(code) }
}

extension DataResponse {
  /// The same answer with its origin.
  func answered(by server: String, _ gpid: GPID) -> Self {
    var response = self
    response.appId = gpid.appID
    response.partitionIndex = gpid.partitionIndex
    response.server = server
    return response
  }
}
