import PegasusClient
import PegasusProtocol

/// Why servers do not begin or control a bulk load.
enum BulkLoadRefusal {
  /// The old shell's words, and what to do.
  static func explained(_ error: ClientError, _ request: StartBulkLoadRequest) -> ShellError {
    var shown = renamed(error, "start bulk load failed")
    let table = request.appName
    switch error.reason {
    case .outcomeUnknown: shown.advice = "'query_bulk_load_status -a \(table)' shows whether it was begun"
    case .refused(.busy, _):
      shown.advice =
        "only one table is loaded at a time: wait, or set enable_concurrent_bulk_load on the leading meta server"
    case .refused(.inconsistentState, let hint) where hint.contains("ingest"):
      shown.advice =
        "the table needs rocksdb.allow_ingest_behind=true, from its creation or with its replicas opened anew afterwards"
    case .refused(.inconsistentState, _):
      shown.advice = "bulk_load_info names another table id or partition count: repeat offline_split for this table"
    case .refused(.objectNotFound, _):
      shown.advice =
        "the servers look for \(request.remoteRootPath)/\(request.clusterName)/\(table)/bulk_load_info on "
        + "'\(request.fileProviderType)'"
    case .refused(.invalidParameters, _), .refused(.fileOperationFailed, _):
      shown.advice = "the servers need a section [block_service.\(request.fileProviderType)] that they can reach"
    case .refused(.corruption, _): shown.advice = "bulk_load_info is damaged: repeat offline_split"
    default: break
    }
    return shown
  }

  /// - Parameter failure: "pause bulk load failed"
  static func renamed(_ error: ClientError, _ failure: String) -> ShellError {
    var shown = ShellError(error)
    guard case .refused(let code, let hint) = error.reason else { return shown }
    shown.message = "\(failure), error=\(code.name)" + (hint.isEmpty ? "" : " [hint:\"\(hint)\"]")
    if code == .appNotExist || code == .appDropped { shown.advice = "'ls' shows the tables of the cluster" }
    return shown
  }
}
