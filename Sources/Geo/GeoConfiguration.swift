/// How a row becomes a row of the geo table: the settings of the section `[geo_client.lib]`, with the names and defaults
/// of Pegasus' geo client. They must be those of every client that reads or writes the same tables.
package struct GeoConfiguration: Equatable, Sendable {
  /// The INI section the settings are read from.
  package static let sectionName = "geo_client.lib"

  /// The S2 level of the cell that is the hash key of a geo row (12: edges of about 2 km). Fixed once a geo table has
  /// rows.
  package var minLevel: Int
  /// The finest S2 level that searches use (16: edges of about 150 m). Not part of the stored rows.
  package var maxLevel: Int
  /// The field of the value that holds the latitude, in degrees; fields are separated by `|` and counted from 0.
  package var latitudeIndex: Int
  /// The field of the value that holds the longitude, in degrees.
  package var longitudeIndex: Int

  /// The deepest level of S2's cells.
  static let leafLevel = 30

  /// Settings as given, the geo client's defaults for the others; `GeoRowCodec` refuses those that cannot be.
  package init(minLevel: Int = 12, maxLevel: Int = 16, latitudeIndex: Int = 5, longitudeIndex: Int = 4) {
    self.minLevel = minLevel
    self.maxLevel = maxLevel
    self.latitudeIndex = latitudeIndex
    self.longitudeIndex = longitudeIndex
  }

  /// Reads the settings from the section `[geo_client.lib]` of an INI file: `value` gives the text of a key, nil when
  /// the file does not have it. Fails when a setting is not a whole number or when they cannot hold together.
  package init(section value: (_ key: String) -> String?) throws(GeoSetupError) {
    self.init()
    minLevel = try Self.number("min_level", value) ?? minLevel
    maxLevel = try Self.number("max_level", value) ?? maxLevel
    latitudeIndex = try Self.number("latitude_index", value) ?? latitudeIndex
    longitudeIndex = try Self.number("longitude_index", value) ?? longitudeIndex
    try validate()
  }

  /// Fails when the settings cannot hold together.
  package func validate() throws(GeoSetupError) {
    guard (0...Self.leafLevel).contains(minLevel) else {
      throw .invalidSetting(key: "min_level", reason: "\(minLevel) is not an S2 level (0 to \(Self.leafLevel))")
    }
    guard (0...Self.leafLevel).contains(maxLevel) else {
      throw .invalidSetting(key: "max_level", reason: "\(maxLevel) is not an S2 level (0 to \(Self.leafLevel))")
    }
    guard minLevel < maxLevel else {
      throw .invalidSetting(key: "min_level", reason: "\(minLevel) is not below max_level (\(maxLevel))")
    }
    guard latitudeIndex >= 0 else {
      throw .invalidSetting(key: "latitude_index", reason: "\(latitudeIndex) is below 0")
    }
    guard longitudeIndex >= 0 else {
      throw .invalidSetting(key: "longitude_index", reason: "\(longitudeIndex) is below 0")
    }
    guard latitudeIndex != longitudeIndex else {
      throw .invalidSetting(key: "latitude_index", reason: "\(latitudeIndex) is the longitude_index too")
    }
  }

  private static func number(_ key: String, _ value: (String) -> String?) throws(GeoSetupError) -> Int? {
    guard let text = value(key) else { return nil }
    guard let number = Int32(text) else {
      throw .invalidSetting(key: key, reason: "'\(text)' is not a whole number")
    }
    return Int(number)
  }
}
