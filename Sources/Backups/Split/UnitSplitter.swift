import Bytes
import EventLoop
import PegasusProtocol
import StorageEngine

/// Splits one unit: walks over its sources in the order of keys and appends each row to the file of its partition. All of
/// it blocks; it is done in slices of a fraction of a second.
///
/// A file that has its size is closed and the next one begun: files of one partition never overlap, neither in a unit nor
/// between units, as `ingest_behind` needs it.
///
/// `@unchecked Sendable`: `OfflineSplit` runs one slice after the other, on whatever thread, and looks at it only between
/// them.
final class UnitSplitter: @unchecked Sendable {
  /// Some keys of malformed rows are kept, up to so many.
  private static let keptKeys = 5
  /// Rows and bytes between two looks at the clock and at files that are full.
  private static let rowsPerLook = 1024
  private static let bytesPerLook: Int64 = 4 << 20
  /// Bytes that each file of a source reads ahead: more makes a slow disk no faster, and costs memory.
  private static let readAhead = 256 << 10
  private static let leastReadAhead = 64 << 10
  /// Bytes read ahead by all files together.
  private static let readAheadBudget = 8 << 20

  /// Where files are written, and how long they get.
  struct Output: Sendable {
    var targetCount: Int32
    var version: ValueHeader.Version
    var fileBytes: Int
    var now: UInt32
    var dropsExpired: Bool
    var openFiles: Int
    /// The path of a file under way, by partition and name. Its directory exists.
    var path: @Sendable (Int32, String) -> String
  }

  let unit: SplitPlan.Unit
  private let sources: [SourcePartition]
  /// What every row needs to know of its source.
  private struct Origin {
    var index: Int32
    var conversion: ValueConversion
  }
  private let origins: UnsafeMutableBufferPointer<Origin>
  private let sourceCount: Int32
  private let classes: Int32
  private let output: Output
  private let targets: [Int32]
  /// The targets of this pass, as a range of `targets`.
  private var pass: Range<Int>
  private var rows: MergingIterator?
  // What every row touches is not checked for overlapping access: one slice runs after the other. Neither is anything
  // there that counts references.
  /// By place in `targets`.
  private let files: UnsafeMutableBufferPointer<TargetFile>
  private var numbers: [Int]
  /// Places in `files` whose file has its size.
  @exclusivity(unchecked) private var closing: [Int] = []
  @exclusivity(unchecked) private var scratch: [UInt8] = []
  @exclusivity(unchecked) private(set) var counts = SplitCounts()
  private(set) var malformedKeys: [String] = []
  private var finished: [TargetFile.Finished] = []

  init(unit: SplitPlan.Unit, plan: SplitPlan, sources: [SourcePartition], output: Output) throws(SplitError) {
    self.unit = unit
    self.sources = sources
    self.output = output
    (sourceCount, classes) = (plan.sourceCount, plan.classes)
    targets = plan.targets(of: unit)
    pass = 0..<min(targets.count, max(1, output.openFiles))
    numbers = targets.map { _ in 0 }
    origins = .allocate(capacity: sources.count)
    for (place, source) in sources.enumerated() {
      origins.initializeElement(
        at: place,
        to: Origin(index: source.index, conversion: ValueConversion(from: source.version, to: output.version)))
    }
    files = .allocate(capacity: targets.count)
    for (place, target) in targets.enumerated() {
      files.initializeElement(at: place, to: TargetFile(partition: target))
    }
    try begin()
  }

  deinit {
    origins.deallocate()
    files.deinitialize()
    files.deallocate()
  }

  /// Files that were finished since the last call.
  func takeFinished() -> [TargetFile.Finished] {
    defer { finished = [] }
    return finished
  }

  /// Goes on for about `duration`. True when all rows are in finished files.
  func advance(for duration: Duration) throws(SplitError) -> Bool {
    guard var rows = rows.take() else { return true }
    let end = Monotonic.now() + duration
    while rows.isValid {
      do throws(StorageError) {
        var left = Self.rowsPerLook
        let bytes = counts.bytes + Self.bytesPerLook
        while left > 0, counts.bytes < bytes, rows.isValid {
          try split(rows)
          try rows.next()
          left -= 1
        }
      } catch {
        throw SplitError(error, whileReading: error.operation == "iterate")
      }
      if !closing.isEmpty { try close() }
      if Monotonic.now() >= end, rows.isValid {
        self.rows = consume rows
        return false
      }
    }
    for place in pass where files[place].isOpen { closing.append(place) }
    try close()
    guard pass.upperBound < targets.count else { return true }
    pass = pass.upperBound..<min(targets.count, pass.upperBound + max(1, output.openFiles))
    try begin()
    return false
  }

  private func begin() throws(SplitError) {
    let ahead = min(
      Self.readAhead, max(Self.leastReadAhead, Self.readAheadBudget / max(1, sources.reduce(0) { $0 + $1.runs })))
    do throws(StorageError) {
      rows = try MergingIterator(sources.map(\.database), from: unit.from, to: unit.to, readAhead: ahead)
    } catch {
      throw SplitError(error, whileReading: true)
    }
  }

  /// Decides one row.
  @inline(__always)
  private func split(_ rows: borrowing MergingIterator) throws(StorageError) {
    // Later passes see the rows again: only the first one counts what is left out.
    let isFirst = pass.lowerBound == 0
    let key = rows.key
    guard key.byteCount >= 2 else { return leaveOut(.markers, isFirst) }
    let hash: UInt64
    do throws(ByteError) {
      hash = try KeyView(key).partitionHash
    } catch {
      return malformed(key, isFirst)
    }
    let origin = origins[rows.source]
    guard PartitionHash.index(of: hash, count: sourceCount) == origin.index else {
      return leaveOut(.misplaced, isFirst)
    }
    let stored = rows.value
    guard let expiry = origin.conversion.expiry(of: stored) else { return malformed(key, isFirst) }
    if output.dropsExpired, expiry > 0, expiry <= output.now { return leaveOut(.expired, isFirst) }
    let target = PartitionHash.index(of: hash, count: output.targetCount)
    let place = Int((target - unit.remainder) / classes)
    guard pass.contains(place) else { return }
    if !files[place].isOpen { try openFile(place) }
    let before = files[place].bytes
    if origin.conversion.isIdentity {
      try files[place].put(key, stored)
    } else {
      var value: [UInt8] = []
      swap(&value, &scratch)
      origin.conversion.convert(stored, into: &value)
      try files[place].put(key, value.span.bytes)
      swap(&value, &scratch)
    }
    counts.read += 1
    counts.written += 1
    counts.bytes += Int64(files[place].bytes - before)
    if files[place].bytes >= output.fileBytes { closing.append(place) }
  }

  /// Why a row is in no file.
  private enum Reason { case expired, misplaced, markers, malformed }

  private func leaveOut(_ reason: Reason, _ isFirst: Bool) {
    guard isFirst else { return }
    counts.read += 1
    switch reason {
    case .expired: counts.expired += 1
    case .misplaced: counts.misplaced += 1
    case .markers: counts.markers += 1
    case .malformed: counts.malformed += 1
    }
  }

  private func malformed(_ key: RawSpan, _ isFirst: Bool) {
    leaveOut(.malformed, isFirst)
    if isFirst, malformedKeys.count < Self.keptKeys {
      malformedKeys.append(Hex.encode(key.extracting(first: 64)))
    }
  }

  private func openFile(_ place: Int) throws(StorageError) {
    numbers[place] += 1
    let name = Self.name(unit: unit.number, file: numbers[place])
    try files[place].open(name, at: output.path(targets[place], name), sideBySide: pass.count)
  }

  /// Finishes the files in `closing`.
  private func close() throws(SplitError) {
    for place in closing where files[place].isOpen {
      finished.append(try files[place].finish(targetCount: output.targetCount))
    }
    closing = []
  }

  /// The names of files: sorted by name they are sorted by key.
  static func name(unit: Int32, file: Int) -> String { "\(digits(Int(unit), 5))-\(digits(file, 4)).sst" }

  private static func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
