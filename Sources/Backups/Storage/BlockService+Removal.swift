import BackupLayout

extension BlockService {
  /// Removes a backup, whole or not, with all files in it. `backup_info` goes first, so that half of a backup is never taken
  /// for a whole. Missing is fine.
  package func remove(_ backup: BackupLocation) async throws(BlockServiceError) {
    try await delete(StoragePath.join(backup.path, BackupInfo.fileName))
    try await delete(backup.path)
  }
}
