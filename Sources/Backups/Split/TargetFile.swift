import BackupLayout
import StorageEngine

/// The files that are written for one partition of the target, one after the other. Blocks.
struct TargetFile: ~Copyable {
  /// A file with all of its rows.
  struct Finished: Sendable {
    var partition: Int32
    var name: String
    /// Where it is until it is in its place.
    var path: String
    var rows: Int64
  }

  /// Memory for what all open files of a worker collect before it is written.
  private static let bufferBudget = 32 << 20
  private static let largestBuffer = 256 << 10

  let partition: Int32
  private(set) var rows: Int64 = 0
  /// Of keys and values.
  private(set) var bytes = 0
  private var name = ""
  private var path = ""
  private var writer: SSTWriter?

  init(partition: Int32) { self.partition = partition }

  /// Whether there is one that rows can be added to.
  var isOpen: Bool { writer != nil }

  /// Begins a file, one of `count` that are written side by side.
  mutating func open(_ name: String, at path: String, sideBySide count: Int = 1) throws(StorageError) {
    writer = try SSTWriter(path: path, options: Self.options(count))
    self.name = name
    self.path = path
    (rows, bytes) = (0, 0)
  }

  /// Files that servers of all releases ingest: byte-wise order, LZ4, no filter (the compaction after a load writes them
  /// anew).
  private static func options(_ sideBySide: Int) -> DatabaseOptions {
    var options = DatabaseOptions()
    options.writesFilters = false
    options.writesPortableFiles = true
    options.fileBuffer = min(largestBuffer, bufferBudget / max(1, sideBySide))
    return options
  }

  @inline(__always)
  mutating func put(_ key: RawSpan, _ value: RawSpan) throws(StorageError) {
    try writer?.put(key, value)
    rows += 1
    bytes += key.byteCount + value.byteCount
  }

  /// Completes the file and reads it again from its first to its last row.
  mutating func finish(targetCount: Int32) throws(SplitError) -> Finished {
    do throws(StorageError) {
      try writer?.finish()
    } catch {
      throw SplitError(error, whileReading: false)
    }
    writer = nil
    let found = try FileInspection.read(path, partition: partition, of: targetCount)
    guard found.rows == rows else {
      throw SplitError(
        .counts, "\(path) has \(found.rows) rows, but \(rows) were written into it",
        advice: "Look at the disk and its logs, then go on: the file is written again.")
    }
    return Finished(partition: partition, name: name, path: path, rows: rows)
  }

  /// What finished files are, with their MD5s.
  static func describe(_ files: [Finished]) throws(SplitError) -> [SplitFile] {
    let digests = FileLanes(files.map { FileLanes.Job($0.path) })
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
