internal import Bytes
internal import CRocksDB
internal import Glibc

/// Walks the rows of several databases as one sorted sequence, byte by byte. Of equal keys the one of the earlier database
/// comes first; none is left out.
///
/// A tournament of losers: one row on costs log2(databases) comparisons, most of them of eight bytes at hand. A damaged
/// file is told as soon as its database ends early because of it: by `next` or the initializer, not at the end.
package struct MergingIterator: ~Copyable {
  /// Keeps one iterator, its bounds and its database alive.
  private final class Source {
    var rows: RowIterator

    init(_ rows: consuming RowIterator) { self.rows = rows }
  }

  /// Where a source stands. The key lies in the iterator's memory until that moves.
  private struct Head {
    var key: UnsafePointer<CChar>?
    var count = 0
    /// The eight bytes behind those that all keys share, as a number; missing ones count as zero.
    var prefix: UInt64 = 0
  }

  private let sources: [Source]
  /// RocksDB's iterators, which `sources` keeps alive: one load away, without a count of references.
  private let raws: UnsafeMutableBufferPointer<OpaquePointer?>
  private let paths: [String]
  private let heads: UnsafeMutableBufferPointer<Head>
  /// Losers of the inner nodes, from 1 on.
  private let tree: UnsafeMutableBufferPointer<Int>
  /// Bytes that all keys within the bounds have in common.
  private var shared = 0
  private var winner = 0

  /// Stands on the first row. `from` is the first key shown, `to` the first not shown; nil = no bound. `readAhead` is the
  /// number of bytes each database reads ahead.
  package init(
    _ databases: [Database], from: [UInt8]? = nil, to: [UInt8]? = nil, readAhead: Int = 0
  ) throws(StorageError) {
    sources = databases.map { database in
      switch (from, to) {
      case (let from?, let to?):
        Source(
          RowIterator(
            database, from: from.span.bytes, to: to.span.bytes, fillCache: false, readAhead: readAhead))
      case (let from?, nil):
        Source(RowIterator(database, from: from.span.bytes, fillCache: false, readAhead: readAhead))
      case (nil, let to?):
        Source(RowIterator(database, to: to.span.bytes, fillCache: false, readAhead: readAhead))
      case (nil, nil): Source(RowIterator(database, fillCache: false, readAhead: readAhead))
      }
    }
    paths = databases.map(\.path)
    raws = .allocate(capacity: max(databases.count, 1))
    raws.initialize(repeating: nil)
    for index in sources.indices { raws[index] = sources[index].rows.raw }
    heads = .allocate(capacity: max(databases.count, 1))
    heads.initialize(repeating: Head())
    tree = .allocate(capacity: max(databases.count, 1))
    tree.initialize(repeating: 0)
    shared = 0
    if sources.count > 1 { shared = try sharedBytes(from, to) }
    for index in sources.indices {
      sources[index].rows.seekToFirst()
      try look(index)
    }
    if sources.count > 1 { winner = play(1) }
  }

  /// How many bytes all keys have in common: those of the bounds, or where there is none of the first and the last key.
  private func sharedBytes(_ from: [UInt8]?, _ to: [UInt8]?) throws(StorageError) -> Int {
    var firsts: [[UInt8]] = from.map { [$0] } ?? []
    var lasts: [[UInt8]] = to.map { [$0] } ?? []
    for source in sources {
      if from == nil {
        source.rows.seekToFirst()
        if source.rows.isValid { firsts.append([UInt8](source.rows.key)) }
      }
      if to == nil {
        source.rows.seekToLast()
        if source.rows.isValid { lasts.append([UInt8](source.rows.key)) }
      }
      try source.rows.check()
    }
    guard let first = firsts.min(by: { $0.lexicographicallyPrecedes($1) }),
      let last = lasts.max(by: { $0.lexicographicallyPrecedes($1) })
    else { return 0 }
    return zip(first, last).prefix { $0 == $1 }.count
  }

  deinit {
    raws.deallocate()
    heads.deallocate()
    tree.deallocate()
  }

  /// True while it stands on a row.
  package var isValid: Bool { heads[winner].key != nil }

  /// The database the row comes from, by its place in the list.
  package var source: Int { winner }

  /// The key of the row, empty when there is none; valid until `next`.
  package var key: RawSpan {
    @_lifetime(borrow self)
    get {
      let head = heads[winner]
      guard let start = head.key else { return RawSpan() }
      return _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: head.count), borrowing: self)
    }
  }

  /// The value of the row, as `key`.
  package var value: RawSpan {
    @_lifetime(borrow self)
    get {
      guard heads[winner].key != nil else { return RawSpan() }
      var count = 0
      guard let start = rocksdb_iter_value(raws[winner], &count) else { return RawSpan() }
      return _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: count), borrowing: self)
    }
  }

  /// One row on. Without effect when it stands on none.
  package mutating func next() throws(StorageError) {
    guard heads[winner].key != nil else { return }
    rocksdb_iter_next(raws[winner])
    try look(winner)
    var node = (winner + raws.count) / 2
    while node >= 1 {
      let loser = tree[node]
      if precedes(loser, winner) {
        tree[node] = winner
        winner = loser
      }
      node /= 2
    }
  }

  /// Notes where a source stands now.
  private func look(_ index: Int) throws(StorageError) {
    let raw = raws[index]
    guard rocksdb_iter_valid(raw) != 0 else {
      heads[index].key = nil
      return try checked("iterate", paths[index]) { rocksdb_iter_get_error(raw, $0) }
    }
    var count = 0
    let key = rocksdb_iter_key(raw, &count)
    heads[index].key = key
    heads[index].count = count
    heads[index].prefix = Self.prefix(key, count, from: shared)
  }

  private static func prefix(_ key: UnsafePointer<CChar>?, _ count: Int, from start: Int) -> UInt64 {
    guard let key, count > start else { return 0 }
    let bytes = UnsafeRawPointer(key) + start
    if count - start >= 8 { return UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)) }
    var value: UInt64 = 0
    for offset in 0..<(count - start) {
      value |= UInt64(bytes.load(fromByteOffset: offset, as: UInt8.self)) << UInt64(56 - 8 * offset)
    }
    return value
  }

  /// Plays the matches below a node: answers the winner and leaves the losers in the tree.
  private func play(_ node: Int) -> Int {
    if node >= sources.count { return node - sources.count }
    let (left, right) = (play(2 * node), play(2 * node + 1))
    let leftWins = precedes(left, right)
    tree[node] = leftWins ? right : left
    return leftWins ? left : right
  }

  private func precedes(_ left: Int, _ right: Int) -> Bool {
    let (a, b) = (heads[left], heads[right])
    guard let first = a.key else { return false }
    guard let second = b.key else { return true }
    if a.prefix != b.prefix { return a.prefix < b.prefix }
    let order = memcmp(first, second, min(a.count, b.count))
    if order != 0 { return order < 0 }
    return a.count == b.count ? left < right : a.count < b.count
  }
}
