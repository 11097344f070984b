import CS2

/// Derives the rows of a geo table from ordinary rows, byte for byte as Pegasus' geo client does (2.0–2.6): a geo table
/// filled here can be searched, updated and deleted from by that client.
package struct GeoRowCodec: Sendable {
  package let configuration: GeoConfiguration
  private let lowIndex: Int
  private let highIndex: Int

  /// The longest hash key that an encoded key can hold, in bytes.
  static let longestHashKey = 65534

  /// Opens the S2 library, which takes a few milliseconds the first time. Fails when it is not there or when the
  /// configuration cannot be.
  package init(configuration: GeoConfiguration = GeoConfiguration()) throws(GeoSetupError) {
    try configuration.validate()
    if let reason = S2Library.failure { throw .libraryUnavailable(reason: reason) }
    self.configuration = configuration
    lowIndex = min(configuration.latitudeIndex, configuration.longitudeIndex)
    highIndex = max(configuration.latitudeIndex, configuration.longitudeIndex)
  }

  /// The key of the geo row that stands for a row. Fails when the value holds no place.
  package func geoRow(hashKey: [UInt8], sortKey: [UInt8], value: [UInt8]) throws(GeoError) -> GeoRow {
    try geoRow(hashKey: hashKey.span.bytes, sortKey: sortKey.span.bytes, value: value.span.bytes)
  }

  /// The key of the geo row that stands for a row given as borrowed bytes. Fails when the value holds no place.
  package func geoRow(hashKey: RawSpan, sortKey: RawSpan, value: RawSpan) throws(GeoError) -> GeoRow {
    guard hashKey.byteCount <= Self.longestHashKey else { throw .hashKeyTooLong(length: hashKey.byteCount) }
    let cell = try leafCell(of: value)
    let minLevel = configuration.minLevel

    var geoHashKey: [UInt8] = []
    geoHashKey.reserveCapacity(minLevel + 2)
    geoHashKey.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: cell >> 61))
    geoHashKey.append(UInt8(ascii: "/"))
    for level in 0..<minLevel { geoHashKey.append(Self.digit(of: cell, below: level)) }

    var geoSortKey: [UInt8] = []
    let digits = GeoConfiguration.leafLevel - minLevel
    geoSortKey.reserveCapacity(digits + 3 + hashKey.byteCount + sortKey.byteCount)
    for level in minLevel..<GeoConfiguration.leafLevel { geoSortKey.append(Self.digit(of: cell, below: level)) }
    geoSortKey.append(UInt8(ascii: ":"))
    geoSortKey.append(UInt8(truncatingIfNeeded: hashKey.byteCount >> 8))
    geoSortKey.append(UInt8(truncatingIfNeeded: hashKey.byteCount))
    hashKey.withUnsafeBytes { geoSortKey.append(contentsOf: $0) }
    sortKey.withUnsafeBytes { geoSortKey.append(contentsOf: $0) }
    return GeoRow(hashKey: geoHashKey, sortKey: geoSortKey)
  }

  /// What writing `value` over `oldValue` (nil: no such row yet) means for the geo table. Fails when the new value
  /// holds no place. An old value without a place has no geo row; an old place that is the new one is overwritten.
  package func update(
    hashKey: [UInt8], sortKey: [UInt8], value: [UInt8], replacing oldValue: [UInt8]?
  ) throws(GeoError) -> GeoUpdate {
    let new = try geoRow(hashKey: hashKey, sortKey: sortKey, value: value)
    guard let oldValue, let old = try? geoRow(hashKey: hashKey, sortKey: sortKey, value: oldValue), old != new else {
      return GeoUpdate(put: new)
    }
    return GeoUpdate(put: new, remove: old)
  }

  /// The digit that leads from a cell's ancestor at `level` to the one below it.
  private static func digit(of cell: UInt64, below level: Int) -> UInt8 {
    let shift = UInt64(2 * (GeoConfiguration.leafLevel - 1 - level) + 1)
    return UInt8(ascii: "0") + UInt8(truncatingIfNeeded: (cell >> shift) & 3)
  }

  /// The leaf cell of the place that a value holds.
  private func leafCell(of value: RawSpan) throws(GeoError) -> UInt64 {
    let (low, high) = try fields(of: value)
    let latitudeFirst = configuration.latitudeIndex < configuration.longitudeIndex
    let latitude = try Self.degrees(.latitude, value.extracting(latitudeFirst ? low : high))
    let longitude = try Self.degrees(.longitude, value.extracting(latitudeFirst ? high : low))
    var cell: UInt64 = 0
    // The library was opened by `init`, so there is no third result.
    guard cs2_leaf_cell(latitude, longitude, &cell) == cs2_found else {
      throw .outOfRange(latitude: latitude, longitude: longitude)
    }
    return cell
  }

  /// The two fields' places in the value. When the value ends between the two, its last field stands for the second:
  /// Pegasus' geo client reads it so, and an entry it wrote for such a value must be found again.
  private func fields(of value: RawSpan) throws(GeoError) -> (low: Range<Int>, high: Range<Int>) {
    var low = 0..<0
    var start = 0
    var index = 0
    while true {
      let end = Self.endOfField(in: value, from: start)
      let isLast = end == value.byteCount
      if index == highIndex || (isLast && index > lowIndex) { return (low, start..<end) }
      if isLast { throw .tooFewFields(count: index + 1) }
      if index == lowIndex { low = start..<end }
      start = end + 1
      index += 1
    }
  }

  private static func endOfField(in value: RawSpan, from start: Int) -> Int {
    var end = start
    while end < value.byteCount, value.unsafeLoad(fromByteOffset: end, as: UInt8.self) != UInt8(ascii: "|") { end += 1 }
    return end
  }

  private static func degrees(_ coordinate: GeoError.Coordinate, _ field: RawSpan) throws(GeoError) -> Double {
    var degrees = 0.0
    let isNumber = field.withUnsafeBytes { bytes in
      cs2_number(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &degrees)
    }
    guard isNumber else { throw .notANumber(coordinate: coordinate, text: excerpt(field)) }
    return degrees
  }

  private static func excerpt(_ field: RawSpan) -> String {
    let longest = 32
    let text = field.withUnsafeBytes { bytes in
      String(decoding: bytes.prefix(longest).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
    }
    return field.byteCount > longest ? text + "…" : text
  }
}
