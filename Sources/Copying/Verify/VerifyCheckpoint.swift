package import PegasusProtocol

/// How far the first look of a verify has come. With the keys that differed so far it is all that a later run needs.
package struct VerifyCheckpoint: Sendable, Equatable {
  /// The key, as stored, up to and including which both tables are compared; `nil` at the beginning.
  package var position: [UInt8]?
  /// Both tables are read to their ends; what is left are the further looks, which begin anew.
  package var isFinished = false
  package var sourceRows: Int64 = 0
  package var targetRows: Int64 = 0
  package var same: Int64 = 0
  /// Keys that differed beyond the limit.
  package var unlisted: Int64 = 0
  /// How many keys that differed belong to it: the first so many of `VerifyRun.differing`.
  package var differing = 0

  package init() {}
}

/// A key that differed at the first look.
package struct DifferingKey: Sendable, Equatable {
  package var key: PegasusKey
  package var source: RowLook?
  package var target: RowLook?

  package init(key: PegasusKey, source: RowLook?, target: RowLook?) {
    self.key = key
    self.source = source
    self.target = target
  }
}
