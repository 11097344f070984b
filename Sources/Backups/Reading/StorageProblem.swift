import BackupLayout

/// Something wrong with a backup or a bulk-load tree: what, where, and what to do.
package struct StorageProblem: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Kind: String, Sendable {
    /// `backup_info` or `bulk_load_info` is not there: the whole was not written to its end.
    case unfinished
    /// `current_checkpoint` is not there: the partition was not written to its end.
    case unfinishedPartition
    /// A document that must be there is not.
    case missingDocument
    /// A document is no JSON, or not what servers write.
    case damagedDocument
    /// Documents contradict each other, or what is expected.
    case mismatch
    case missingFile
    case wrongSize
    case wrongDigest
    /// The sum that a document names is not the sum of its files.
    case wrongTotal
    /// A list of files that cannot be the whole: no file at all, or no `CURRENT`.
    case incompleteList
    /// The storage does not let us look at it.
    case unreadable
    /// A data file that RocksDB cannot read, or with rows that do not belong there.
    case damagedRows
  }

  package var kind: Kind
  /// The path on the storage.
  package var place: String
  /// Without a full stop.
  package var detail: String
  /// A whole sentence.
  package var advice: String

  package init(_ kind: Kind, _ place: String, _ detail: String, advice: String) {
    self.kind = kind
    self.place = StoredText.shown(place)
    self.detail = StoredText.shown(detail)
    self.advice = advice
  }

  init(_ error: DocumentError, at place: String, advice: String) {
    self.init(.damagedDocument, place, error.description, advice: advice)
  }

  package var description: String { "\(place): \(detail)" }
}

/// What to do about backups and bulk loads that are not whole.
enum Advice {
  static let unfinishedBackup =
    "It is still under way, or was given up: ask query_backup_status. If it is not running (a meta server that takes over "
    + "forgets one-time backups), remove it and make a new one."
  static let newBackup =
    "Make a new backup of the table. A restore of this one would fail, or with --skip_bad_partition leave the partition empty."
  static let splitAgain =
    "Make the files anew: the line of the offline_split with --clean removes them, then the same line without."
  static let unfinishedSplit =
    "Go on with the offline_split that makes them ('jobs' shows it), or remove them with --clean and begin anew."
  static let otherTable =
    "Make the files for the table as it is now: repeat offline_split, or, when only the table's id has changed, write "
    + "bulk_load_info anew."
}
