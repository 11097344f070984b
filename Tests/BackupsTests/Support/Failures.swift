import Backups
import EventLoop
import StorageEngine
import TestSupport

/// The error of `body`, nil when it has none.
@LoopActor
func storageFailure(_ body: @LoopActor () async throws(BlockServiceError) -> Void) async -> BlockServiceError? {
  do throws(BlockServiceError) {
    try await body()
    return nil
  } catch {
    return error
  }
}

/// Writes a file without waiting for the disk.
func plainWrite(_ path: String, _ bytes: [UInt8]) throws {
  try FileSink(path: path).take(bytes.span.bytes)
}

extension TemporaryDirectory {
  /// Copies a real tree into the directory, so that it may be changed, and answers its root.
  func copy(of tree: String, to name: String = "tree") throws -> String {
    try Self.copyTree(tree, to: file(name))
    return file(name)
  }

  private static func copyTree(_ from: String, to target: String) throws {
    try Files.makeDirectories(target)
    for name in Files.names(in: from) {
      if let bytes = try? Files.read("\(from)/\(name)") {
        try plainWrite("\(target)/\(name)", bytes)
      } else {
        try copyTree("\(from)/\(name)", to: "\(target)/\(name)")
      }
    }
  }
}
