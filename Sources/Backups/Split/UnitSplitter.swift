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
  private static let readAhead = 2 << 20
  private static let leastReadAhead = 256 << 10
  /// Bytes read ahead by all sources together.
  private static let readAheadBudget = 64 << 20

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
  private let plan: SplitPlan
  private let sources: [SourcePartition]
  private let indexes: [Int32]
  private let conversions: [ValueConversion]
  private let output: Output
  private let targets: [Int32]
  /// The targets of this pass, as a range of `targets`.
  private var pass: Range<Int>
  private var rows: MergingIterator?
  // What every row touches is not checked for overlapping access: one slice runs after the other.
  @exclusivity(unchecked) private var open: [TargetFile?]
  private var numbers: [Int]
  /// Places in `open` whose file has its size.
  @exclusivity(unchecked) private var closing: [Int] = []
  /// Files whose MD5 is not known yet.
  private var complete: [TargetFile] = []
  @exclusivity(unchecked) private var scratch: [UInt8] = []
  @exclusivity(unchecked) private(set) var counts = SplitCounts()
  private(set) var malformedKeys: [String] = []
  private var finished: [(SplitFile, path: String)] = []

  init(unit: SplitPlan.Unit, plan: SplitPlan, sources: [SourcePartition], output: Output) throws(SplitError) {
    self.unit = unit
    self.plan = plan
    self.sources = sources
    indexes = sources.map(\.index)
    self.output = output
    conversions = sources.map { ValueConversion(from: $0.version, to: output.version) }
    targets = plan.targets(of: unit)
    pass = 0..<min(targets.count, max(1, output.openFiles))
    open = targets.map { _ in nil }
    numbers = targets.map { _ in 0 }
    try begin()
  }

  /// Files that were finished since the last call, and where they are.
  func takeFinished() -> [(SplitFile, path: String)] {
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
      if !closing.isEmpty { try close(all: false) }
      if Monotonic.now() >= end, rows.isValid {
        self.rows = consume rows
        return false
      }
    }
    for place in pass where open[place] != nil { closing.append(place) }
    try close(all: true)
    guard pass.upperBound < targets.count else { return true }
    pass = pass.upperBound..<min(targets.count, pass.upperBound + max(1, output.openFiles))
    try begin()
    return false
  }

  private func begin() throws(SplitError) {
    let ahead = min(Self.readAhead, max(Self.leastReadAhead, Self.readAheadBudget / max(1, sources.count)))
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
    let source = rows.source
    guard key.byteCount >= 2 else { return leaveOut(.markers, isFirst) }
    let hash: UInt64
    do throws(ByteError) {
      hash = try KeyView(key).partitionHash
    } catch {
      return malformed(key, isFirst)
    }
    guard PartitionHash.index(of: hash, count: plan.sourceCount) == indexes[source] else {
      return leaveOut(.misplaced, isFirst)
    }
    let stored = rows.value
    let conversion = conversions[source]
    guard let expiry = conversion.expiry(of: stored) else { return malformed(key, isFirst) }
    if output.dropsExpired, expiry > 0, expiry <= output.now { return leaveOut(.expired, isFirst) }
    let target = PartitionHash.index(of: hash, count: plan.targetCount)
    let place = Int((target - unit.remainder) / plan.classes)
    guard pass.contains(place) else { return }
    let file: TargetFile
    if let under = open[place] { file = under } else { file = try openFile(place) }
    let before = file.bytes
    if conversion.isIdentity {
      try file.put(key, stored)
    } else {
      var value: [UInt8] = []
      swap(&value, &scratch)
      conversion.convert(stored, into: &value)
      try file.put(key, value.span.bytes)
      swap(&value, &scratch)
    }
    counts.read += 1
    counts.written += 1
    counts.bytes += Int64(file.bytes - before)
    if file.bytes >= output.fileBytes { closing.append(place) }
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

  private func openFile(_ place: Int) throws(StorageError) -> TargetFile {
    numbers[place] += 1
    let name = Self.name(unit: unit.number, file: numbers[place])
    let file = try TargetFile(
      partition: targets[place], name: name, path: output.path(targets[place], name))
    open[place] = file
    return file
  }

  /// Finishes the files in `closing`. Their MD5s are computed several at once: those that are too few wait for others.
  private func close(all: Bool) throws(SplitError) {
    for place in closing {
      guard let file = open[place] else { continue }
      open[place] = nil
      try file.finish(targetCount: plan.targetCount)
      complete.append(file)
    }
    closing = []
    guard complete.count >= MD5Lanes.count || all else { return }
    let files = complete
    complete = []
    finished += zip(try TargetFile.describe(files), files).map { ($0, $1.path) }
  }

  /// The names of files: sorted by name they are sorted by key.
  static func name(unit: Int32, file: Int) -> String { "\(digits(Int(unit), 5))-\(digits(file, 4)).sst" }

  private static func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
