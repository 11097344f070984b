internal import BackupLayout
internal import PegasusProtocol
internal import StorageEngine

/// Why a storage service did not do what was asked.
struct BlockServiceError: Error, CustomStringConvertible {
  /// As real servers' storage services answer.
  let code: ErrorCode
  let reason: String

  var description: String { "\(code.name): \(reason)" }
}

extension ErrorCode {
  /// What went wrong between a storage service and the disk of a server.
  init(moving error: any Error) {
    switch error {
    case let error as BlockServiceError: self = error.code
    case is DocumentError: self = .corruption
    case let error as FileError: self = error.isNoSpace ? .diskInsufficient : .fileOperationFailed
    default: self = ErrorCode(storing: error)
    }
  }
}
