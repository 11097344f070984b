/// From the IDL's names to Swift's.
enum Names {
  private static let keywords: Set<String> = ["in", "default", "operator", "init", "set", "get", "self", "protocol"]

  /// `configuration_create_app_request` → `ConfigurationCreateAppRequest`
  static func type(_ name: String) -> String {
    words(name).map(capitalized).joined()
  }

  /// `partition_count` → `partitionCount`
  static func member(_ name: String) -> String {
    let words = words(name)
    guard let first = words.first else { return name }
    return first + words.dropFirst().map(capitalized).joined()
  }

  /// `AS_CREATE_FAILED` with prefix `AS_` → `createFailed`
  static func value(_ name: String, prefix: String) -> String {
    let member = member(name.dropFirst(name.hasPrefix(prefix) ? prefix.count : 0).lowercased())
    if member == "init" { return "initial" }
    return keywords.contains(member) && member != "set" && member != "get" ? "`\(member)`" : member
  }

  /// `RPC_CM_LIST_APPS` → `list_apps`
  static func method(_ code: String) -> String {
    for prefix in ["RPC_CM_", "RPC_RRDB_RRDB_", "RPC_"] where code.hasPrefix(prefix) {
      return code.dropFirst(prefix.count).lowercased()
    }
    return code.lowercased()
  }

  /// What the values of an enumeration have in common, up to an underscore.
  static func prefix(of values: [String]) -> String {
    guard values.count > 1, var common = values.first else { return "" }
    for value in values {
      while !value.hasPrefix(common) { common.removeLast() }
    }
    while let last = common.last, last != "_" { common.removeLast() }
    return common
  }

  private static func words(_ name: String) -> [String] {
    name.split(separator: "_").map(String.init)
  }

  private static func capitalized(_ word: String) -> String {
    word.prefix(1).uppercased() + word.dropFirst()
  }
}
