import BackupLayout
import StorageEngine

/// A file that is being written for one partition of the target. Blocks.
final class TargetFile {
  let partition: Int32
  let name: String
  /// Where it is until it is in its place.
  let path: String
  @exclusivity(unchecked) private(set) var rows: Int64 = 0
  /// Of keys and values.
  @exclusivity(unchecked) private(set) var bytes = 0
  @exclusivity(unchecked) private var writer: SSTWriter

  init(partition: Int32, name: String, path: String) throws(StorageError) {
    self.partition = partition
    self.name = name
    self.path = path
    writer = try SSTWriter(path: path, options: Self.options)
  }

  /// Files that servers of all releases ingest: byte-wise order, LZ4, no filter (the compaction after a load writes them
  /// anew).
  private static var options: DatabaseOptions {
    var options = DatabaseOptions()
    options.writesFilters = false
    options.writesPortableFiles = true
    return options
  }

  func put(_ key: RawSpan, _ value: RawSpan) throws(StorageError) {
    try writer.put(key, value)
    rows += 1
    bytes += key.byteCount + value.byteCount
  }

  /// Completes the file and reads it again from its first to its last row.
  func finish(targetCount: Int32) throws(SplitError) {
    do throws(StorageError) {
      try writer.finish()
    } catch {
      throw SplitError(error, whileReading: false)
    }
    let found = try FileInspection.read(path, partition: partition, of: targetCount)
    guard found.rows == rows else {
      throw SplitError(
        .counts, "\(path) has \(found.rows) rows, but \(rows) were written into it",
        advice: "Look at the disk and its logs, then go on: the file is written again.")
    }
  }

  /// What finished files are, with their MD5s.
  static func describe(_ files: [TargetFile]) throws(SplitError) -> [SplitFile] {
    let digests = LocalDigests(files.map(\.path))
    do throws(FileError) {
      while try !digests.advance(.max).isAtEnd {}
    } catch {
      throw SplitError(error)
    }
    return zip(files, digests.found).map { file, found in
      SplitFile(
        partition: file.partition,
        record: FileRecord(name: file.name, size: found?.size ?? 0, md5: found?.md5 ?? ""), rows: file.rows)
    }
  }
}
