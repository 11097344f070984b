/// Files that real servers wrote to a storage service: see the README beside them. To be read, not changed.
package enum RealStorage {
  /// The directory that stands for the root of the storage service of the cold backup.
  package static var coldBackup: String { root + "/cold-backup" }
  /// The directory that stands for the root of the storage service of the bulk load.
  package static var bulkLoad: String { root + "/bulk-load" }

  package static let backupID: Int64 = 1_795_220_731_087

  private static var root: String {
    let here = String(describing: #filePath)
    let tests = here.split(separator: "/").dropLast(2).joined(separator: "/")
    return "/\(tests)/BackupsTests/Storage"
  }
}
