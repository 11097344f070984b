import Testing

@testable import Geo

@Suite struct GeoRowCodecTests {
  private let firstTwo = GeoConfiguration(latitudeIndex: 0, longitudeIndex: 1)

  private func row(
    _ value: String, hashKey: [UInt8] = Array("h".utf8), sortKey: [UInt8] = Array("s".utf8),
    _ configuration: GeoConfiguration = GeoConfiguration()
  ) throws -> GeoRow {
    try GeoRowCodec(configuration: configuration).geoRow(hashKey: hashKey, sortKey: sortKey, value: Array(value.utf8))
  }

  @Test func agreesWithAnotherImplementation() throws {
    for golden in goldenCells {
      let row = try row("\(golden.latitude)|\(golden.longitude)", firstTwo)
      #expect(String(decoding: row.hashKey, as: UTF8.self) == golden.path.prefix(14))
      #expect(row.sortKey == Array(golden.path.dropFirst(14).utf8) + Array(":\0\u{1}hs".utf8))
    }
  }

  @Test func readsTheDefaultFields() throws {
    let value = "00:00:00:00:01:5e|2018-04-26|2018-04-28|ezp8xchrr|67.890000|12.345000|24.043028|4.15921|0|-1"
    let row = try row(value, hashKey: Array("hash".utf8), sortKey: Array("sort".utf8))
    let path = try #require(goldenCells.first { $0.latitude == "12.345000" && $0.longitude == "67.890000" }?.path)
    #expect(row.hashKey == Array(path.utf8.prefix(14)))
    #expect(row.sortKey == Array(path.utf8.dropFirst(14)) + Array(":".utf8) + [0, 4] + Array("hashsort".utf8))
  }

  @Test(arguments: [0, 1, 12, 29]) func splitsTheCellAtTheMinimumLevel(level: Int) throws {
    let configuration = GeoConfiguration(minLevel: level, maxLevel: 30, latitudeIndex: 0, longitudeIndex: 1)
    let golden = goldenCells[7]
    let row = try row("\(golden.latitude)|\(golden.longitude)", configuration)
    #expect(row.hashKey == Array(golden.path.utf8.prefix(level + 2)))
    #expect(row.sortKey.prefix(31 - level) == Array((golden.path.dropFirst(level + 2) + ":").utf8)[...])
  }

  @Test func carriesTheOriginalKeyInTheSortKey() throws {
    let long = [UInt8](repeating: 0xAB, count: 65534)
    #expect(try row("1|2", hashKey: [], sortKey: [], firstTwo).sortKey.dropFirst(19) == [0, 0])
    #expect(
      try row("1|2", hashKey: [0xFF, 0x00], sortKey: [0x3A], firstTwo).sortKey.dropFirst(19) == [0, 2, 0xFF, 0, 0x3A])
    #expect(try row("1|2", hashKey: long, firstTwo).sortKey.dropFirst(19).prefix(3) == [0xFF, 0xFE, 0xAB])
    #expect(throws: GeoError.hashKeyTooLong(length: 65535)) { try row("1|2", hashKey: long + [0], firstTwo) }
  }

  @Test func takesNumbersAsTheGeoClientDoes() throws {
    let plain = try row("12.5|-7", firstTwo)
    for value in ["12.50|-7.0", " 12.5|\t-7", "+12.5|-0.7e1", "0xC.8|-7.", "125e-1|-7|", "12.5|-7||x"] {
      #expect(try row(value, firstTwo) == plain, "\(value)")
    }
    #expect(try row("-7|12.5", GeoConfiguration(latitudeIndex: 1, longitudeIndex: 0)) == plain)
  }

  @Test(arguments: [
    ("", GeoError.tooFewFields(count: 1)),
    ("1.5", .tooFewFields(count: 1)),
    ("|", .notANumber(coordinate: .latitude, text: "")),
    ("1.5|", .notANumber(coordinate: .longitude, text: "")),
    ("|1.5|2.5", .notANumber(coordinate: .latitude, text: "")),
    ("1.5 |2", .notANumber(coordinate: .latitude, text: "1.5 ")),
    ("1,5|2", .notANumber(coordinate: .latitude, text: "1,5")),
    ("1|2\u{0}", .notANumber(coordinate: .longitude, text: "2.")),
    ("nan|2", .notANumber(coordinate: .latitude, text: "nan")),
    ("1|inf", .notANumber(coordinate: .longitude, text: "inf")),
    ("1|1e999", .notANumber(coordinate: .longitude, text: "1e999")),
    ("1|1e-999", .notANumber(coordinate: .longitude, text: "1e-999")),
    ("90.001|0", .outOfRange(latitude: 90.001, longitude: 0)),
    ("-90.001|0", .outOfRange(latitude: -90.001, longitude: 0)),
    ("0|180.001", .outOfRange(latitude: 0, longitude: 180.001)),
    ("67.89|-180.001", .outOfRange(latitude: 67.89, longitude: -180.001)),
  ])
  func saysWhyARowHasNoPlace(value: String, reason: GeoError) {
    #expect(throws: reason) { try row(value, firstTwo) }
  }

  @Test func shortensAndCleansWhatItQuotes() {
    let garbage = String(repeating: "x", count: 31) + "\u{7}yz"
    let shown = String(repeating: "x", count: 31) + ".…"
    #expect(throws: GeoError.notANumber(coordinate: .latitude, text: shown)) { try row("\(garbage)|1", firstTwo) }
  }

  @Test func countsTheFieldsOfAShortValue() {
    #expect(throws: GeoError.tooFewFields(count: 2)) { try row("1|2") }
    #expect(throws: GeoError.tooFewFields(count: 5)) { try row("a|b|c|d|1.5") }
  }

  @Test func lastFieldStandsInForASecondThatIsMissing() throws {
    let apart = GeoConfiguration(latitudeIndex: 0, longitudeIndex: 3)
    let expected = try row("1.5|2.5", firstTwo)
    #expect(try row("1.5|2.5", apart) == expected)
    #expect(try row("1.5|x|2.5", apart) == expected)
    #expect(try row("1.5|x|y|2.5|z", apart) == expected)
  }

  @Test func anUpdateRemovesTheOldPlace() throws {
    let codec = try GeoRowCodec(configuration: firstTwo)
    func update(_ value: String, over old: String?) throws(GeoError) -> GeoUpdate {
      try codec.update(hashKey: [1], sortKey: [2], value: Array(value.utf8), replacing: old.map { Array($0.utf8) })
    }
    let here = try codec.geoRow(hashKey: [1], sortKey: [2], value: Array("1|2".utf8))
    let there = try codec.geoRow(hashKey: [1], sortKey: [2], value: Array("3|4".utf8))
    #expect(try update("1|2", over: nil) == GeoUpdate(put: here))
    #expect(try update("1|2", over: "no place") == GeoUpdate(put: here))
    #expect(try update("1|2|new", over: "1|2|old") == GeoUpdate(put: here))
    #expect(try update("1|2", over: "3|4") == GeoUpdate(put: here, remove: there))
    #expect(throws: GeoError.tooFewFields(count: 1)) { try update("gone", over: "3|4") }
  }
}
