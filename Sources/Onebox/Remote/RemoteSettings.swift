internal import JSON
internal import EventLoop

/// The settings of one server that remote commands read and change. They live as long as the process.
@LoopActor
final class RemoteSettings {
  nonisolated enum Kind: Sendable {
    case boolean
    case unsigned
    case percentage
  }

  nonisolated struct Setting: Sendable {
    let kind: Kind
    let initial: String
    let help: String
    let arguments: String
  }

  private let settings: [String: Setting]
  private var values: [String: String] = [:]

  nonisolated init(_ settings: [String: Setting]) { self.settings = settings }

  var names: [String] { settings.keys.sorted() }
  func setting(_ name: String) -> Setting? { settings[name] }
  func value(_ name: String) -> String? { values[name] ?? settings[name]?.initial }
  func isOn(_ name: String) -> Bool { value(name) == "true" }

  /// Answers a command that names a setting, as a 2.6 server does; nil when there is none of that name.
  func run(_ name: String, _ arguments: [String]) -> String? {
    guard let setting = settings[name] else { return nil }
    func failed(_ reason: String) -> String { JSONValue.object([("error", .string("ERR: \(reason)"))]).indented }
    guard arguments.count <= 1 else { return failed("invalid arguments, only one integer argument is acceptable") }
    guard let argument = arguments.first else {
      return JSONValue.object([("error", .string("ok")), (name, .string(value(name) ?? ""))]).indented
    }
    if argument == "DEFAULT", setting.kind != .boolean {
      values[name] = nil
      return JSONValue.object([("error", .string("ok")), (name, .integer(Int64(setting.initial) ?? 0))]).indented
    }
    guard Self.accepts(argument, setting.kind) else {
      return failed("invalid argument '\(argument)', the value is not acceptable")
    }
    values[name] = argument
    return JSONValue.object([("error", .string("ok"))]).indented
  }

  private static func accepts(_ text: String, _ kind: Kind) -> Bool {
    switch kind {
    case .boolean: text == "true" || text == "false"
    case .unsigned: Int32(text).map { $0 >= 0 } ?? false
    case .percentage: Int32(text).map { (0...100).contains($0) } ?? false
    }
  }

  private nonisolated static func flag(_ help: String) -> Setting {
    Setting(kind: .boolean, initial: "false", help: help, arguments: "[true|false]")
  }

  private nonisolated static func count(_ initial: Int, _ help: String) -> Setting {
    Setting(kind: .unsigned, initial: "\(initial)", help: help, arguments: "[num | DEFAULT]")
  }

  /// What a meta server has.
  nonisolated static let meta: [String: Setting] = [
    "meta.live_percentage": Setting(
      kind: .percentage, initial: "65", help: "node live percentage threshold for update",
      arguments: "[num | DEFAULT]"),
    "meta.lb.assign_delay_ms": count(300_000, "control the replica_assign_delay_ms_for_dropouts config"),
    "meta.lb.add_secondary_max_count_for_one_node": count(
      10, "control the max count to add secondary for one node"),
    "meta.lb.add_secondary_enable_flow_control": flag("control whether enable add secondary flow control"),
    "meta.lb.balancer_in_turn": flag("control whether do app balancer in turn"),
    "meta.lb.only_primary_balancer": flag("control whether do only primary balancer"),
    "meta.lb.only_move_primary": flag("control whether only move primary in balancer"),
  ]

  /// What a replica server has.
  nonisolated static let replica: [String: Setting] = [
    "nfs.max_copy_rate_megabytes_per_disk": count(
      0, "The maximum bandwidth (MB/s) of writing data per local disk when copying from remote node, 0 means no limit"),
    "nfs.max_send_rate_megabytes_per_disk": count(
      0,
      "The maximum bandwidth (MB/s) of reading data per local disk when transferring data to remote node, "
        + "0 means no limit"),
    "replica.deny-client": flag("control if deny client read & write request"),
    "replica.disable-empty-write": flag("whether to disable empty writes"),
    "replica.load-replica-max-wait-time-ms": count(10, "The max waiting time for replica loading to complete."),
    "replica.max-concurrent-bulk-load-downloading-count": count(
      5, "The maximum concurrent bulk load downloading replica count."),
    "replica.max-replicas-on-load-for-each-disk": count(
      256, "The max number of replicas that are allowed to be loaded simultaneously for each disk dir."),
    "replica.verbose-client-log": flag("control if print verbose error log when reply read & write request"),
    "replica.verbose-commit-log": flag("control if print verbose log when commit mutation"),
  ]
}
