internal import CRocksDB
internal import Glibc
internal import Synchronization

/// Drops expired rows while the engine rewrites files, gives rows without a TTL the table's default TTL, and does what an
/// operator's rules say.
///
/// Every value begins with a big-endian u32: the second, counted from 2016-01-01 UTC, after which the row is gone;
/// 0 = never. Pegasus 2.0–2.6 store it so.
package final class ExpiryFilter: Sendable {
  private let defaultTTLSeconds = Atomic<UInt32>(0)
  private let droppedRows = Atomic<Int>(0)
  private let compactionRules = Mutex<CompactionRules?>(nil)
  private let clock: @Sendable () -> UInt32

  /// `clock` tells the present second since 2016-01-01 UTC.
  package init(clock: @escaping @Sendable () -> UInt32 = { ExpiryFilter.secondsSince2016() }) { self.clock = clock }

  /// The TTL that rows without one get when they are rewritten; 0 = none.
  package var defaultTTL: UInt32 {
    get { defaultTTLSeconds.load(ordering: .relaxed) }
    set { defaultTTLSeconds.store(newValue, ordering: .relaxed) }
  }

  /// Rules of an operator; nil = none. The next pass of the engine follows them.
  package var rules: CompactionRules? {
    get { compactionRules.withLock { $0 } }
    set { compactionRules.withLock { $0 = newValue } }
  }

  /// Rows dropped since the filter was made.
  package var dropped: Int { droppedRows.load(ordering: .relaxed) }

  package static func secondsSince2016() -> UInt32 { UInt32(clamping: time(nil) - 1_451_606_400) }

  func makeFactory() -> OpaquePointer? {
    rocksdb_compactionfilterfactory_create(
      Unmanaged.passRetained(self).toOpaque(), releaseFilter, createRun, filterName)
  }

  fileprivate func makeRun() -> ExpiryRun { ExpiryRun(filter: self, now: clock()) }
  fileprivate func count(dropped: Int) { droppedRows.wrappingAdd(dropped, ordering: .relaxed) }
}

/// One pass of the engine over some files; used by one thread of it.
private final class ExpiryRun {
  private let filter: ExpiryFilter
  private let now: UInt32
  private let defaultTTL: UInt32
  private let rules: CompactionRules?
  private var dropped = 0
  private var scratch: UnsafeMutablePointer<CChar>?
  private var capacity = 0

  init(filter: ExpiryFilter, now: UInt32) {
    self.filter = filter
    self.now = now
    self.defaultTTL = filter.defaultTTL
    self.rules = filter.rules
  }

  deinit {
    filter.count(dropped: dropped)
    free(scratch)
  }

  /// True when the row is to be dropped. `replacement` is set when its expiry changes.
  func drops(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, replacement: inout UnsafeMutablePointer<CChar>?
  ) -> Bool {
    guard value.count >= 4 else { return false }
    let stored = UInt32(bigEndian: value.loadUnaligned(as: UInt32.self))
    var expiry = stored == 0 && defaultTTL > 0 ? now &+ defaultTTL : stored
    if let rules {
      guard let changed = rules.expiry(of: key.bytes, expiry: expiry, now: now) else {
        dropped += 1
        return true
      }
      expiry = changed
    }
    if expiry > 0, expiry <= now {
      dropped += 1
      return true
    }
    if expiry != stored { replacement = rewrite(value, expiry: expiry) }
    return false
  }

  private func rewrite(_ value: UnsafeRawBufferPointer, expiry: UInt32) -> UnsafeMutablePointer<CChar>? {
    if value.count > capacity {
      free(scratch)
      capacity = max(value.count, 4096)
      scratch = malloc(capacity)?.assumingMemoryBound(to: CChar.self)
    }
    guard let scratch, let source = value.baseAddress else { return nil }
    memcpy(scratch, source, value.count)
    UnsafeMutableRawPointer(scratch).storeBytes(of: expiry.bigEndian, as: UInt32.self)
    return scratch
  }
}

// MARK: What RocksDB calls

private func filterName(_: UnsafeMutableRawPointer?) -> UnsafePointer<CChar>? {
  let name: StaticString = "KeyWithTTLCompactionFilterFactory"
  return UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
}

private func releaseFilter(_ state: UnsafeMutableRawPointer?) {
  if let state { Unmanaged<ExpiryFilter>.fromOpaque(state).release() }
}

private func createRun(_ state: UnsafeMutableRawPointer?, _: OpaquePointer?) -> OpaquePointer? {
  guard let state else { return nil }
  let run = Unmanaged<ExpiryFilter>.fromOpaque(state).takeUnretainedValue().makeRun()
  let filter = rocksdb_compactionfilter_create(
    Unmanaged.passRetained(run).toOpaque(), releaseRun, filterRow, filterName)
  rocksdb_compactionfilter_set_ignore_snapshots(filter, 1)
  return filter
}

private func releaseRun(_ state: UnsafeMutableRawPointer?) {
  if let state { Unmanaged<ExpiryRun>.fromOpaque(state).release() }
}

private func filterRow(
  _ state: UnsafeMutableRawPointer?, _: Int32, _ key: UnsafePointer<CChar>?, _ keyCount: Int,
  _ value: UnsafePointer<CChar>?, _ valueCount: Int, _ newValue: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
  _ newCount: UnsafeMutablePointer<Int>?, _ changed: UnsafeMutablePointer<UInt8>?
) -> UInt8 {
  // Keys shorter than their length prefix are the server's own marker rows.
  guard let state, let key, let value, keyCount >= 2 else { return 0 }
  var replacement: UnsafeMutablePointer<CChar>?
  let drops = Unmanaged<ExpiryRun>.fromOpaque(state).takeUnretainedValue().drops(
    UnsafeRawBufferPointer(start: key, count: keyCount), UnsafeRawBufferPointer(start: value, count: valueCount),
    replacement: &replacement)
  if let replacement {
    newValue?.pointee = replacement
    newCount?.pointee = valueCount
    changed?.pointee = 1
  }
  return drops ? 1 : 0
}
