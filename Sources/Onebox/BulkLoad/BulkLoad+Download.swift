internal import BackupLayout
internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

extension BulkLoad {
  /// Begins as many downloads as the servers may do at a time; none where that is 0, as on real servers.
  func startDownloads() {
    for index in parts.indices where parts[index].progress < 100 && parts[index].task == nil {
      // A sum that cannot be reached: everything is there, and it waits for ever, as on real servers.
      guard parts[index].metadata == nil || !isComplete(index) else { continue }
      guard parts[index].downloadCode == .ok || parts[index].downloadCode == .busy else { continue }
      let node = table.partitions[index].primary
      let running = parts.indices.count { parts[$0].task != nil && table.partitions[$0].primary == node }
      guard running < cluster.replicaSettings[node].number(RemoteSettings.bulkLoadDownloads) else {
        parts[index].downloadCode = .busy
        continue
      }
      parts[index].downloadCode = .ok
      table.partitions[index].counters.loadsDownloading += 1
      run(index) { await self.download($0) }
    }
  }

  private func isComplete(_ index: Int) -> Bool {
    guard let metadata = parts[index].metadata else { return false }
    let directory = localDirectory(index)
    return metadata.files.allSatisfy { FilePiece.length(of: "\(directory)/\($0.name)") == $0.size }
  }

  private func download(_ index: Int) async {
    let counters = table.partitions[index].counters
    do {
      let metadata = try await metadata(of: index)
      parts[index].metadata = metadata
      var done: Int64 = 0
      func show() {
        parts[index].progress = Int32(clamping: Int(done &* 100 / metadata.totalSize))
      }
      do {
        // As real servers do: the last one first.
        let missing = try await missing(Array(metadata.files.reversed()), index)
        done = metadata.files.reduce(0) { $0 &+ $1.size } &- missing.reduce(0) { $0 &+ $1.size }
        counters.downloadsSuccessful += Int64(metadata.files.count - missing.count)
        try await fetch(missing, index) { moved in
          done += moved
          // Complete is what was also compared.
          show()
          if self.parts[index].progress == 100 { self.parts[index].progress = 99 }
        }
      } catch {
        counters.downloadsFailed += 1
        throw error
      }
      show()
    } catch is CancellationError {
      parts[index].progress = 0
      parts[index].metadata = nil
    } catch {
      let code = ErrorCode(moving: error)
      Log.error("bulk load of table \(record.tableID), partition \(index): \(error)")
      parts[index].downloadCode =
        switch code {
        // On the storage service this counts as damage.
        case .objectNotFound: .corruption
        case .diskInsufficient: .fileOperationFailed
        default: code
        }
    }
  }

  private func metadata(of index: Int) async throws -> BulkLoadMetadata {
    let (service, path) = (service, record.tree.metadata(Int32(index)))
    let metadata = try await BlockingPool.run { try BulkLoadMetadata(contents: try service.read(path)) }
    guard metadata.totalSize > 0, metadata.files.allSatisfy({ $0.hasPlainName && $0.size >= 0 }) else {
      throw BlockServiceError(code: .corruption, reason: "'\(path)' lists no files")
    }
    let directory = localDirectory(index)
    try await BlockingPool.run { try Files.makeDirectories(directory) }
    return metadata
  }

  /// Those that are not there already, whole.
  private func missing(_ files: [FileRecord], _ index: Int) async throws -> [FileRecord] {
    let directory = localDirectory(index)
    return try await BlockingPool.run {
      try files.filter { file in
        let target = "\(directory)/\(file.name)"
        guard FilePiece.length(of: target) == file.size, let present = try FilePiece.mark(of: target) else {
          return true
        }
        return !Self.fits(present, file)
      }
    }
  }

  private func fetch(_ files: [FileRecord], _ index: Int, _ moved: (Int64) -> Void) async throws {
    let (service, directory, source) = (service, localDirectory(index), record.tree.partition(Int32(index)))
    let jobs = try await BlockingPool.run {
      try files.map { file in
        let path = StoragePath.join(source, file.name)
        guard try service.mark(of: path) != nil else {
          throw BlockServiceError(code: .objectNotFound, reason: "'\(path)' is not there")
        }
        return FileLanes.Job(try service.place(path), to: "\(directory)/\(file.name)")
      }
    }
    let partition = table.partitions[index]
    let counters = partition.counters
    _ = try await cluster.downloader(node: partition.primary).copy(jobs) { bytes in
      counters.downloadedBytes += bytes
      moved(bytes)
    } finished: { number, mark in
      guard Self.fits(mark, files[number]) else {
        await BlockingPool.run { Files.removeTree("\(directory)/\(files[number].name)") }
        throw BlockServiceError(
          code: .corruption,
          reason: "'\(StoragePath.join(source, files[number].name))' is not what its metadata list")
      }
      counters.downloadsSuccessful += 1
    }
  }

  private nonisolated static func fits(_ mark: LocalFileMark, _ file: FileRecord) -> Bool {
    mark.size == file.size && (file.md5.isEmpty || mark.md5 == file.md5)
  }
}
