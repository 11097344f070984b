internal import BackupLayout
internal import PegasusProtocol

/// How far one partition is with a bulk load, as long as the process lives.
struct BulkLoadPart {
  /// Downloaded bytes of a hundred of what the metadata announce: 100 when complete. Wrong metadata leave it below for
  /// ever, or take it beyond, as on real servers.
  var progress: Int32 = 0
  var downloadCode = ErrorCode.ok
  var metadata: BulkLoadMetadata?
  var ingestion = IngestionStatus.invalid
  var isCleanedUp = false
  var isPaused = false
  /// A download or an ingestion under way.
  var task: Task<Void, Never>?
}
