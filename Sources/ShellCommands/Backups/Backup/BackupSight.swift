import BackupLayout
import Backups
import EventLoop

/// What the storage shows of a backup that is being written: the servers themselves tell nothing before its end.
@LoopActor
final class BackupSight {
  private let service: any BlockService
  private let table: String
  private let info: String
  private let count: Int32
  /// Partitions that were written to their end.
  private(set) var finished: Set<Int32> = []

  init(_ service: any BlockService, _ location: BackupLocation, table: TableIdentity) {
    self.service = service
    self.table = StoragePath.join(location.path, "\(table.table)_\(table.appID)")
    info = StoragePath.join(location.path, BackupInfo.fileName)
    count = Int32(clamping: table.partitionCount)
  }

  /// Looks again at what was not there. A storage that does not answer shows nothing, which is no failure of the backup.
  func look() async {
    let open = (0..<count).filter { !finished.contains($0) }
    let (service, table) = (service, table)
    let seen = try? await mapConcurrently(open, limit: 8) { index -> Int32? in
      let place = StoragePath.join(table, "\(index)", BackupTree.currentCheckpoint)
      return (try? await service.stat(place)) == nil ? nil : index
    }
    finished.formUnion((seen ?? []).compactMap { $0 })
  }

  /// Whether the file is there that is written last.
  func isComplete() async -> Bool { (try? await service.stat(info)) != nil }
}
