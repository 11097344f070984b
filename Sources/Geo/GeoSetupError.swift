/// Why no geo table can be written at all.
package enum GeoSetupError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A setting of `[geo_client.lib]` cannot be.
  case invalidSetting(key: String, reason: String)
  /// The S2 library cannot be used; the reason is the loader's.
  case libraryUnavailable(reason: String)

  package var description: String {
    switch self {
    case .invalidSetting(let key, let reason):
      "[\(GeoConfiguration.sectionName)] \(key): \(reason)"
    case .libraryUnavailable(let reason):
      "the S2 library cannot be used (on Debian it is in the packages libs2-dev and libs2-0): \(reason)"
    }
  }
}
