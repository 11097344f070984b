import BackupLayout
import Bytes
import EventLoop
import Glibc
import StorageEngine

extension OfflineSplit {
  /// Bytes compared between two looks at the gate.
  private nonisolated static let digestSlice: Int64 = 32 << 20

  /// Bytes of a file whose MD5 takes a while.
  private nonisolated static let largeFile: Int64 = 1 << 20

  private struct Slice: Sendable {
    var bytes: Int64
    var isAtEnd: Bool
  }

  /// Sees to it that every partition of the backup can be opened on this machine, and that its files are right.
  package func fetch() async throws(SplitError) {
    stage = .fetching
    parts = table.partitions.map { SplitSnapshot.Part(number: $0.index, state: .waiting, done: 0) }
    fetchedBytes = 0
    if let plan, plan.units.allSatisfy({ finished[$0.number] != nil }) {
      // Nothing is read any more.
      for number in table.partitions.indices { advance(number, by: table.partitions[number].bytes) }
      for number in parts.indices { parts[number].state = .done }
      return
    }
    let batches = await batches()
    _ = try await boundedMap(0..<Int32(batches.count), atMost: options.workers) { (number) async throws(SplitError) in
      try await self.fetch(batches[Int(number)])
    }
  }

  /// Partitions that still must be looked at, by their place in the table. MD5s of local files are computed several at
  /// once, for which one partition may have too few.
  private func batches() async -> [[Int]] {
    var batches: [[Int]] = []
    var large = 0
    // A few partitions are divided among all workers.
    let most = max(1, (table.partitions.count + options.workers - 1) / max(1, options.workers))
    for (number, partition) in table.partitions.enumerated() {
      let isLocal = source.localPath(partition.directory) != nil
      var isThere = fetched.contains(partition.index)
      if isThere, !isLocal { isThere = await hasAll(partition) }
      if isThere || (isLocal && !options.verifiesSource) {
        advance(number, by: partition.bytes)
        end(number)
      } else if isLocal, large > 0, large < FileLanes.width, batches[batches.count - 1].count < most {
        batches[batches.count - 1].append(number)
        large += partition.files.count { $0.size >= Self.largeFile }
      } else {
        batches.append([number])
        large = partition.files.count { $0.size >= Self.largeFile }
      }
    }
    return batches
  }

  /// Where the checkpoint of a partition can be opened.
  func directory(of partition: PartitionBackup) -> String {
    source.localPath(partition.directory) ?? "\(options.workDirectory)/source/\(partition.index)"
  }

  private func fetch(_ batch: [Int]) async throws(SplitError) {
    for number in batch { parts[number].state = .running }
    if source.localPath("") != nil { return try await verify(batch) }
    for number in batch {
      let partition = table.partitions[number]
      let target = directory(of: partition)
      try await makeDirectory(target)
      for file in partition.files { try await fetch(file, of: partition, number, to: target) }
      end(number)
    }
  }

  private func end(_ number: Int) {
    parts[number].state = .done
    let partition = table.partitions[number]
    if fetched.insert(partition.index).inserted { note(SplitCheckpoint(stage: .fetch, part: partition.index)) }
  }

  /// Files that are on this machine are used where they are.
  private func verify(_ batch: [Int]) async throws(SplitError) {
    let files = batch.flatMap { number in table.partitions[number].files.map { (number, $0) } }
    let places = files.map { StoragePath.join(table.partitions[$0].directory, $1.name) }
    let digests = FileLanes(places.compactMap { source.localPath($0).map { FileLanes.Job($0) } })
    var isAtEnd = false
    while !isAtEnd {
      try await pass()
      let slice = try await offLoop { () throws(SplitError) in
        do throws(FileError) {
          let (bytes, isAtEnd) = try digests.advance(Self.digestSlice)
          return Slice(bytes: bytes, isAtEnd: isAtEnd)
        } catch {
          throw SplitError(error)
        }
      }
      advance(batch[0], by: slice.bytes)
      isAtEnd = slice.isAtEnd
    }
    for (number, (place, found)) in zip(files.indices, zip(places, digests.found)) {
      try compare(files[number].1, place, found)
    }
    for number in batch {
      parts[number].done = table.partitions[number].bytes
      end(number)
    }
  }

  private func fetch(
    _ file: FileRecord, of partition: PartitionBackup, _ number: Int, to directory: String
  ) async throws(SplitError) {
    let place = StoragePath.join(partition.directory, file.name)
    let sink = try await offLoop { () throws(SplitError) in
      do throws(FileError) {
        return try FileSink(path: "\(directory)/\(file.name)")
      } catch {
        throw SplitError(error)
      }
    }
    try await storage { () throws(BlockServiceError) in
      try await self.source.read(place, into: sink, gate: self.gate) { self.advance(number, by: $0) }
    }
    try compare(file, place, FileLanes.Found(size: sink.count, md5: sink.md5))
  }

  private func compare(_ file: FileRecord, _ place: String, _ found: FileLanes.Found?) throws(SplitError) {
    let found = found ?? FileLanes.Found(size: 0, md5: "")
    guard found.size == file.size else {
      throw SplitError(
        StorageProblem(.wrongSize, place, "\(found.size) bytes instead of \(file.size)", advice: Advice.newBackup))
    }
    guard file.md5.isEmpty || found.md5 == file.md5 else {
      throw SplitError(
        StorageProblem(
          .wrongDigest, place, "its MD5 is \(found.md5) instead of \(file.md5): the file was damaged",
          advice: Advice.newBackup))
    }
  }

  private func advance(_ number: Int, by bytes: Int64) {
    parts[number].done += bytes
    fetchedBytes += bytes
  }

  /// Whether an earlier run has left all files of a partition in the work directory, with their sizes.
  private func hasAll(_ partition: PartitionBackup) async -> Bool {
    let directory = directory(of: partition)
    let files = partition.files
    return await BlockingPool.run {
      files.allSatisfy { file in
        var status = stat()
        return stat("\(directory)/\(file.name)", &status) == 0 && Int64(status.st_size) == file.size
      }
    }
  }

  func makeDirectory(_ path: String) async throws(SplitError) {
    try await offLoop { () throws(SplitError) in
      do throws(FileError) {
        try Files.makeDirectories(path)
      } catch {
        throw SplitError(error)
      }
    }
  }

  /// Removes what a split keeps in its work directory, and that itself when it is empty then.
  static func removeWork(_ directory: String) async {
    await BlockingPool.run {
      Files.removeTree("\(directory)/source")
      Files.removeTree("\(directory)/target")
      rmdir(directory)
    }
  }
}
