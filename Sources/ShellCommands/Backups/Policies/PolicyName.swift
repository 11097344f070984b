import CommandLineKit

/// The rule for the names of backup policies (Pegasus 2.0–2.6: a label of Prometheus).
enum PolicyName {
  static func check(_ name: String) throws(UsageError) {
    if name.isEmpty { throw UsageError("policy_name should not be empty", kind: .missingParameter) }
    let isLabel =
      name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: false
        }
      } && name.utf8.first.map { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } == true
    guard isLabel, !name.contains("backup_info") else {
      throw UsageError(
        "invalid policy_name: '\(name)': letters, digits and _ are expected, no digit in front, and not 'backup_info'",
        kind: .invalidValue)
    }
  }
}
