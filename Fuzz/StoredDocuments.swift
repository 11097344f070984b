import BackupLayout
import JSON

/// The files of backups and bulk loads.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = input(start, count)
  check(BackupInfo.self, bytes)
  check(AppMetadata.self, bytes)
  check(AppBackupStatus.self, bytes)
  check(BackupMetadata.self, bytes)
  check(BulkLoadInfo.self, bytes)
  check(BulkLoadMetadata.self, bytes)
  check(LocalFileMark.self, bytes)
  return 0
}

/// What was read is written, and read again as the same.
private func check<Document: StoredDocument>(_: Document.Type, _ bytes: [UInt8]) {
  guard let document = try? Document(contents: bytes) else { return }
  guard let again = try? Document(contents: document.contents), again == document else {
    fatalError("\(document) cannot be read back")
  }
}
