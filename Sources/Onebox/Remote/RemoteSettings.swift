internal import EventLoop
internal import JSON
internal import PegasusProtocol

/// The settings of one server that remote commands and `updateConfig` read and change. They live as long as the process.
@LoopActor
final class RemoteSettings {
  nonisolated enum Kind: Sendable {
    case boolean
    case unsigned
    case percentage
    /// Megabytes a second: 0, or more than one block of 4 MiB.
    case copyRate
    case text
  }

  /// A setting as the configuration names it.
  nonisolated struct Flag: Sendable {
    let name: String
    let section: String
    /// `FV_INT32`, …
    let type: String
    /// Whether `updateConfig` may change it.
    let isMutable: Bool
  }

  nonisolated struct Setting: Sendable {
    /// The remote commands that read and change it.
    let commands: [String]
    var flag: Flag?
    let kind: Kind
    let initial: String
    let help: String
    let arguments: String

    func isNamed(_ name: String) -> Bool { commands.contains(name) || flag?.name == name }
  }

  private let settings: [Setting]
  private var values: [Int: String] = [:] {
    didSet { deniesClients = isOn("replica.deny-client") }
  }
  /// Looked at with every request.
  private(set) var deniesClients = false

  nonisolated init(_ settings: [Setting]) { self.settings = settings }

  /// The names of its remote commands.
  var names: [String] { settings.flatMap(\.commands).sorted() }
  func setting(_ command: String) -> Setting? { settings.first { $0.commands.contains(command) } }

  /// By the name of a command or flag.
  func value(_ name: String) -> String? {
    settings.firstIndex { $0.isNamed(name) }.map { values[$0] ?? settings[$0].initial }
  }
  func isOn(_ name: String) -> Bool { value(name) == "true" }
  /// The number that somebody has set; nil while it is what it was at the start.
  func changedNumber(_ name: String) -> Int? {
    settings.firstIndex { $0.isNamed(name) }.flatMap { values[$0] }.flatMap { Int($0) }
  }
  func number(_ name: String) -> Int { value(name).flatMap { Int($0) } ?? 0 }

  // MARK: Remote commands

  /// Answers a command that names a setting, as a 2.6 server does; nil when there is none of that name.
  func run(_ name: String, _ arguments: [String]) -> String? {
    guard let index = settings.firstIndex(where: { $0.commands.contains(name) }) else { return nil }
    let setting = settings[index]
    func failed(_ reason: String) -> String { JSONValue.object([("error", .string("ERR: \(reason)"))]).indented }
    guard arguments.count <= 1 else { return failed("invalid arguments, only one integer argument is acceptable") }
    guard let argument = arguments.first else {
      return JSONValue.object([("error", .string("ok")), (name, .string(values[index] ?? setting.initial))]).indented
    }
    if argument == "DEFAULT", setting.kind != .boolean {
      values[index] = nil
      return JSONValue.object([("error", .string("ok")), (name, .integer(Int64(setting.initial) ?? 0))]).indented
    }
    guard Self.accepts(argument, setting.kind) else {
      return failed("invalid argument '\(argument)', the value is not acceptable")
    }
    values[index] = argument
    return JSONValue.object([("error", .string("ok"))]).indented
  }

  private static func accepts(_ text: String, _ kind: Kind) -> Bool {
    switch kind {
    case .boolean: text == "true" || text == "false"
    case .unsigned: Int32(text).map { $0 >= 0 } ?? false
    case .percentage: Int32(text).map { (0...100).contains($0) } ?? false
    case .copyRate: Int32(text).map { $0 == 0 || $0 >= 5 } ?? false
    case .text: true
    }
  }

  // MARK: Configuration over HTTP

  /// What `/config?name=` tells of a flag; nil when there is none of that name.
  func description(ofFlag name: String) -> JSONValue? {
    guard let index = settings.firstIndex(where: { $0.flag?.name == name }) else { return nil }
    return describe(index)
  }

  /// What `/configs` tells.
  var flags: JSONValue {
    .object(
      settings.indices.compactMap { index in settings[index].flag.map { ($0.name, describe(index)) } }
        .sorted { $0.0 < $1.0 })
  }

  private func describe(_ index: Int) -> JSONValue {
    let setting = settings[index]
    return .object([
      ("name", .string(setting.flag?.name ?? "")), ("section", .string(setting.flag?.section ?? "")),
      ("type", .string(setting.flag?.type ?? "")),
      ("tags", .string(setting.flag?.isMutable == true ? "flag_tag::FT_MUTABLE" : "")),
      ("description", .string(setting.help)), ("value", .string(values[index] ?? setting.initial)),
    ])
  }

  /// Changes a flag as `updateConfig` does; answers its `update_status`.
  func update(_ name: String, _ value: String) -> String {
    guard let index = settings.firstIndex(where: { $0.flag?.name == name }), let flag = settings[index].flag else {
      return "\(ErrorCode.objectNotFound.name): \(name) is not found"
    }
    guard flag.isMutable else { return "\(ErrorCode.invalidParameters.name): \(name) is not mutable" }
    guard Self.accepts(value, settings[index].kind) else {
      return "\(ErrorCode.invalidParameters.name): \(value) is invalid"
    }
    values[index] = value
    return ErrorCode.ok.name
  }
}
