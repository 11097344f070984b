import Testing

@testable import Geo

@Suite struct GeoConfigurationTests {
  @Test func hasTheGeoClientsDefaults() throws {
    let configuration = try GeoConfiguration { _ in nil }
    #expect(configuration == GeoConfiguration(minLevel: 12, maxLevel: 16, latitudeIndex: 5, longitudeIndex: 4))
    #expect(configuration == GeoConfiguration())
  }

  @Test func readsASection() throws {
    let section = ["min_level": "10", "max_level": "14", "latitude_index": "0", "longitude_index": "1", "other": "x"]
    let configuration = try GeoConfiguration { section[$0] }
    #expect(configuration == GeoConfiguration(minLevel: 10, maxLevel: 14, latitudeIndex: 0, longitudeIndex: 1))
  }

  @Test(arguments: [
    (["min_level": "twelve"], "[geo_client.lib] min_level: 'twelve' is not a whole number"),
    (["min_level": "-1"], "[geo_client.lib] min_level: -1 is not an S2 level (0 to 30)"),
    (["max_level": "31"], "[geo_client.lib] max_level: 31 is not an S2 level (0 to 30)"),
    (["min_level": "16"], "[geo_client.lib] min_level: 16 is not below max_level (16)"),
    (["latitude_index": "4"], "[geo_client.lib] latitude_index: 4 is the longitude_index too"),
    (["latitude_index": "-1"], "[geo_client.lib] latitude_index: -1 is below 0"),
    (["longitude_index": "-2"], "[geo_client.lib] longitude_index: -2 is below 0"),
  ])
  func refusesWhatCannotBe(section: [String: String], message: String) {
    let error = #expect(throws: GeoSetupError.self) { try GeoConfiguration { section[$0] } }
    #expect(error?.description == message)
  }

  @Test func theCodecRefusesItToo() {
    #expect(throws: GeoSetupError.self) {
      try GeoRowCodec(configuration: GeoConfiguration(minLevel: 16, maxLevel: 12))
    }
  }

  @Test func aMissingLibraryIsNamed() {
    let reason = S2Library.open(["libs2-that-is-not-there.so", "libc.so.6"])
    #expect(reason?.contains("libs2-that-is-not-there.so") == true)
    #expect(reason?.contains("S2CellId") == true)
  }
}
