import Thrift

/// The `error` of a data reply: RocksDB's status codes. Open, as every number on the wire.
package struct StorageStatus: ThriftEnumeration {
  package var rawValue: Int32

  package init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  package static let ok = Self(rawValue: 0)
  /// The key is missing or expired; or the scan context is gone.
  package static let notFound = Self(rawValue: 1)
  package static let corruption = Self(rawValue: 2)
  package static let notSupported = Self(rawValue: 3)
  /// What was asked makes no sense: no sort keys, an unknown filter, a number that is none.
  package static let invalidArgument = Self(rawValue: 4)
  package static let ioError = Self(rawValue: 5)
  package static let mergeInProgress = Self(rawValue: 6)
  /// A limit cut the result: what is there is right, more may follow.
  package static let incomplete = Self(rawValue: 7)
  package static let shutdownInProgress = Self(rawValue: 8)
  package static let timedOut = Self(rawValue: 9)
  package static let aborted = Self(rawValue: 10)
  package static let busy = Self(rawValue: 11)
  package static let expired = Self(rawValue: 12)
  /// The check of a check-and-set or check-and-mutate failed.
  package static let tryAgain = Self(rawValue: 13)

  private static let names = [
    "ok", "not found", "corruption", "not supported", "invalid argument", "I/O error", "merge in progress",
    "incomplete", "shutdown in progress", "timed out", "aborted", "busy", "expired", "try again",
  ]

  /// In words, lower case.
  package var name: String {
    let index = Int(rawValue)
    return Self.names.indices.contains(index) ? Self.names[index] : "status \(rawValue)"
  }
}
