internal import PegasusProtocol
internal import StorageEngine

extension ErrorCode {
  /// What a client is told when the storage failed.
  init(storing error: any Error) {
    switch error {
    case let error as StorageError:
      switch error.code {
      case .noSpace: self = .diskInsufficient
      case .corruption: self = .rdbCorruption
      case .inputOutput: self = .diskIoError
      default: self = .localAppFailure
      }
    case let error as FileError: self = error.isNoSpace ? .diskInsufficient : .fileOperationFailed
    default: self = .localAppFailure
    }
  }
}

extension StorageStatus {
  /// The `error` of a data reply when reading failed.
  init(_ error: StorageError) {
    switch error.code {
    case .notFound: self = .notFound
    case .corruption: self = .corruption
    case .notSupported: self = .notSupported
    case .invalidArgument: self = .invalidArgument
    case .incomplete: self = .incomplete
    case .shutdown: self = .shutdownInProgress
    case .timedOut: self = .timedOut
    case .aborted: self = .aborted
    case .busy: self = .busy
    case .expired: self = .expired
    case .tryAgain: self = .tryAgain
    case .inputOutput, .noSpace, .other: self = .ioError
    }
  }
}
