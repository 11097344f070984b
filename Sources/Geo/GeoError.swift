/// Why a row has no place in the geo table.
package enum GeoError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The value has only `count` fields, too few to hold a latitude and a longitude.
  case tooFewFields(count: Int)
  /// A field is not a number. `text` is its beginning, with what is not printable ASCII replaced by `.`.
  case notANumber(coordinate: Coordinate, text: String)
  /// The numbers, in degrees, are no place on earth.
  case outOfRange(latitude: Double, longitude: Double)
  /// The row's hash key is longer than a key can say, in bytes.
  case hashKeyTooLong(length: Int)

  package enum Coordinate: String, Sendable {
    case latitude, longitude
  }

  package var description: String {
    switch self {
    case .tooFewFields(let count):
      "the value has only \(count) field\(count == 1 ? "" : "s") separated by '|'"
    case .notANumber(let coordinate, let text):
      "the \(coordinate.rawValue) '\(text)' is not a number"
    case .outOfRange(let latitude, let longitude):
      "latitude \(latitude)°, longitude \(longitude)° is no place on earth"
    case .hashKeyTooLong(let length):
      "the hash key has \(length) bytes, more than \(GeoRowCodec.longestHashKey)"
    }
  }
}
