package import CommandLineKit

/// The rule for the names of tables.
package enum TableName {
  /// Letters, digits and `_ . :`, as meta servers of 2.0–2.6 take them.
  package static func isValid(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"):
          true
        default: false
        }
      }
  }

  package static func check(_ name: String) throws(UsageError) {
    guard isValid(name) else {
      throw UsageError(
        "Invalid name: Only 0-9a-zA-Z.:_ are valid.: invalid app_name: '\(ByteEscaping.escape(name.utf8))'",
        kind: .invalidValue)
    }
  }
}
