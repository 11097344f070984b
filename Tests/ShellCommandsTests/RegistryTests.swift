import CommandLineKit
import Configuration
import ShellCommands
import Testing

/// Every command of the list, as declared.
@Suite
struct RegistryTests {
  @Test func namesAreUnique() {
    let names = shellCommands.descriptions.flatMap { [$0.name] + $0.aliases }
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: shellCommands.descriptions.map(\.name))
  func isWellDescribed(_ name: String) throws {
    let command = try #require(shellCommands[name]).description
    #expect(!command.summary.isEmpty && !command.summary.hasSuffix("."))
    #expect(command.summary.first?.isUppercase == false || command.summary.first?.isNumber == true)
    #expect(!command.group.isEmpty)
    #expect(!command.examples.isEmpty, "examples come first in help")
    for parameter in command.parameters where !parameter.isHidden {
      #expect(!parameter.help.isEmpty, "\(parameter.displayName)")
    }
    let page = HelpRenderer(width: 100).page(command)
    #expect(page.contains(command.summary) && page.contains(command.name))
    #expect(page.split(separator: "\n").allSatisfy { $0.count <= 120 || $0.contains("|") })
  }

  @Test func whateverDestroysTakesAYesBeforehand() throws {
    let dangerous = shellCommands.descriptions.filter { $0.effect == .destroys }
    #expect(dangerous.count >= 8)
    for command in dangerous {
      #expect(command.parameters.contains { $0.names.contains("--yes") }, "\(command.name)")
    }
    // One of its actions does.
    #expect(shellCommands["onebox"]?.description.parameters.contains { $0.names.contains("--yes") } == true)
  }

  @Test(arguments: shellCommands.descriptions.map(\.name))
  func itsExamplesCanBeTyped(_ name: String) throws {
    let command = try #require(shellCommands[name]).description
    for example in command.examples {
      let statement = try Tokenizer.statement(example.line)
      #expect(statement.tokens.first?.text == name)
      #expect(throws: Never.self) { try shellCommands.resolve(statement.tokens) }
    }
  }

  @Test(arguments: [
    ("query-backup-status 4", "query_backup_status"), ("bulk-load start -a t -c C -p p -r r", "start_bulk_load"),
    ("bulk-load query -a t", "query_bulk_load_status"), ("bulk-load cancel -a t -f", "cancel_bulk_load"),
    ("remote-command -t replica-server help", "remote_command"),
  ])
  func takesTheNamesOfTheOtherTool(_ line: String, _ name: String) throws {
    guard case .command(let command) = try shellCommands.resolve(Tokenizer.statement(line).tokens) else {
      return #expect(Bool(false), "help was answered")
    }
    #expect(type(of: command.command).name == name)
  }

  @Test func groupsStandTogether() {
    let groups = shellCommands.descriptions.map(\.group)
    let runs = zip(groups, groups.dropFirst()).count { $0 != $1 } + 1
    #expect(runs == Set(groups).count)
  }

  @Test func theOverviewNamesEachCommandOnce() {
    let overview = HelpRenderer(width: 100).overview(shellCommands.descriptions)
    for command in shellCommands.descriptions {
      #expect(overview.split(separator: "\n").count { $0.hasPrefix("  \(command.name) ") } == 1)
    }
  }

  /// The options that the C++ shell of 2.6 declares; scripts written for it have to be understood.
  private static let oldOptions: [String: String] = [
    "cluster_info": "-r --resolve_ip -o --output -j --json",
    "app": "-d --detailed -r --resolve_ip -o --output -j --json",
    "ls": "-a --all -d --detailed -j --json -o --output -s --status -p --app_name_pattern -m --match_type",
    "nodes": """
    -d --detailed -j --json -r --resolve_ip -u --resource_usage -o --output -s --status -q --qps -i \
    --sample_interval_ms
    """,
    "create": """
    -p --partition_count -r --replica_count -f --fail_if_exist -i --atomic_idempotent -e --envs
    """,
    "drop": "-r --reserve_seconds", "get_app_envs": "-j --json", "clear_app_envs": "-a --all -p --prefix",
    "remote_command": "-t -r --resolve_ip -l -i --sample_interval_ms", "server_info": "-t -l -r --resolve_ip",
    "flush_log": "-t -l -r --resolve_ip", "get_replica_count": "-j --json", "get_atomic_idempotent": "-j --json",
    "multi_get_range": """
    -a --start_inclusive -b --stop_inclusive -s --sort_key_filter_type -y --sort_key_filter_pattern -n --max_count \
    -i --no_value -r --reverse
    """,
    "hash_scan": """
    -a --start_inclusive -b --stop_inclusive -s --sort_key_filter_type -y --sort_key_filter_pattern \
    -v --value_filter_type -z --value_filter_pattern -o --output -n --max_count -t --timeout_ms -d --detailed \
    -i --no_value
    """,
    "full_scan": """
    -h --hash_key_filter_type -x --hash_key_filter_pattern -s --sort_key_filter_type -y --sort_key_filter_pattern \
    -v --value_filter_type -z --value_filter_pattern -o --output -n --max_count -t --timeout_ms -d --detailed \
    -i --no_value -p --partition
    """,
    "copy_data": """
    -c --target_cluster_name -a --target_app_name -p --partition -b --max_batch_count -t --timeout_ms \
    -h --hash_key_filter_type -x --hash_key_filter_pattern -s --sort_key_filter_type -y --sort_key_filter_pattern \
    -v --value_filter_type -z --value_filter_pattern -m --max_multi_set_concurrency -o --scan_option_batch_size \
    -e --no_ttl -n --no_overwrite -i --no_value -g --geo_data -u --use_multi_set
    """,
    "clear_data": """
    -p --partition -b --max_batch_count -t --timeout_ms -h --hash_key_filter_type -x --hash_key_filter_pattern \
    -s --sort_key_filter_type -y --sort_key_filter_pattern -v --value_filter_type -z --value_filter_pattern -f --force
    """,
    "count_data": """
    -c --precise -p --partition -b --max_batch_count -t --timeout_ms -h --hash_key_filter_type \
    -x --hash_key_filter_pattern -s --sort_key_filter_type -y --sort_key_filter_pattern -v --value_filter_type \
    -z --value_filter_pattern -d --diff_hash_key -a --stat_size -n --top_count -r --run_seconds
    """,
    "add_backup_policy": """
    -p --policy_name -b --backup_provider_type -a --app_ids -i --backup_interval_seconds -s --start_time \
    -c --backup_history_cnt
    """,
    "ls_backup_policy": "-j --json", "query_backup_policy": "-p --policy_name -b --backup_info_cnt -j --json",
    "modify_backup_policy": """
    -p --policy_name -a --add_app -r --remove_app -i --backup_interval_seconds -c --backup_history_count \
    -s --start_time
    """,
    "disable_backup_policy": "-p --policy_name -f --force", "enable_backup_policy": "-p --policy_name",
    "restore_app": """
    -c --old_cluster_name -p --old_policy_name -a --old_app_name -i --old_app_id -t --timestamp \
    -b --backup_provider_type -n --new_app_name -s --skip_bad_partition -r --restore_path
    """,
    "query_restore_status": "-d --detailed",
    "start_bulk_load": "-a --app_name -c --cluster_name -p --file_provider_type -r --root_path -i --ingest_behind",
    "query_bulk_load_status": "-a --app_name -i --partition_index -d --detailed",
    "pause_bulk_load": "-a --app_name", "restart_bulk_load": "-a --app_name",
    "cancel_bulk_load": "-a --app_name -f --forced", "clear_bulk_load": "-a --app_name",
  ]

  @Test(arguments: oldOptions.keys.sorted())
  func hasTheOptionsOfTheOldShell(_ name: String) {
    guard let command = shellCommands[name]?.description, let options = Self.oldOptions[name] else { return }
    let declared = Set(command.parameters.flatMap(\.names))
    for option in options.split(separator: " ") { #expect(declared.contains(String(option)), "\(option)") }
  }

  /// As in the configuration: one rule for both.
  @Test(arguments: ["user@h:1", "h%25:1", "h", "h:0", "h:65536", "::1:80", "a b:1"])
  func anAddressIsTypedAsItIsConfigured(_ text: String) {
    #expect(ServerAddress(text) == nil)
    let error = #expect(throws: UsageError.self) {
      try shellCommands.resolve([Token("remote_command"), Token("-l"), Token(text), Token("help")])
    }
    #expect(error?.message == "'\(text)' is not a valid -l: host:port is expected")
  }
}
