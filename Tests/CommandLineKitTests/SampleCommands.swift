import CommandLineKit

/// What the sample commands write to.
actor Transcript {
  private(set) var lines: [String] = []
  func add(_ line: String) { lines.append(line) }
}

enum MatchType: String, CaseIterable, ParameterValue {
  case anywhere, prefix, postfix
}

struct Filters: ParameterSet {
  static let parameters: [Parameter<Self>] = [
    .option(\.hashKeyType, "-h", "--hash_key_filter_type", help: "how the hash key is matched"),
    .option(
      \.hashKeyPattern, "-x", "--hash_key_filter_pattern", value: "str", help: "what the hash key has to contain"),
  ]
  var hashKeyType: MatchType?
  var hashKeyPattern: [UInt8] = []
}

struct CopySample: ShellCommand {
  static let name = "copy_data"
  static let summary = "copy the current table to another cluster"
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let mayAsk = true
  static let parameters: [Parameter<Self>] =
    [
      .option(
        \.cluster, "-c", "--target_cluster_name", value: "str", help: "where to", isRequired: true, completion: .cluster
      ),
      .option(\.partition, "-p", "--partition", value: "num", help: "only this partition"),
      .option(\.batch, "-b", "--max_batch_count", value: "num", help: "rows of one batch"),
      .flag(\.noTTL, "-e", "--no_ttl", help: "drop expiry times", exclusionGroup: "ttl"),
      .flag(\.keepTTL, "-k", "--keep_ttl", help: "keep expiry times", exclusionGroup: "ttl"),
      .option(\.batch, "--batch", help: "old name", deprecated: "use --max_batch_count"),
      .option(\.password, "--password", value: "str", help: "secret", isSecret: true),
    ] + Filters.parameters.nested(in: \.filters)
  static let examples = [CommandExample("copy_data -c ClusterB", "copies everything")]
  var cluster = ""
  var partition: Int32?
  var batch = 500
  var noTTL = false
  var keepTTL = false
  var password: String?
  var filters = Filters()
  func run(in context: Transcript) async throws { await context.add("copy \(cluster) \(batch)") }
}

struct SetSample: ShellCommand {
  static let name = "set"
  static let summary = "write a value"
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "hash key"), .argument(\.sortKey, "sort_key", help: "sort key"),
    .argument(\.value, "value", help: "value"), .argument(\.ttl, "ttl_in_seconds", help: "seconds until it expires"),
  ]
  var hashKey: [UInt8] = []
  var sortKey: [UInt8] = []
  var value: [UInt8] = []
  var ttl: Int32?
  func run(in context: Transcript) async throws { await context.add("set") }
}

struct RemoteSample: ShellCommand {
  static let name = "remote_command"
  static let aliases = ["rc"]
  static let summary = "run a command on servers"
  static let group = "Cluster"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] = [
    .option(\.nodeType, "-t", value: "all|meta-server|replica-server", help: "which servers"),
    .flag(\.resolve, "-r", "--resolve_ip", help: "show names"),
    .option(\.nodes, "-l", value: "host:port,host:port...", help: "only these", completion: .node),
    .argument(\.command, "command", help: "the command"),
    .rest(\.arguments, "arguments", help: "its arguments", takesUnknownOptions: true),
  ]
  var nodeType = "all"
  var resolve = false
  var nodes: [String] = []
  var command = ""
  var arguments: [String] = []
  func run(in context: Transcript) async throws { await context.add("remote \(command)") }
}

struct AppSample: ShellCommand {
  static let name = "app"
  static let summary = "show a table"
  static let group = "Table"
  static let effect = CommandEffect.reads
  static let parameters: [Parameter<Self>] = [
    .argument(\.table, "app_name", help: "the table", completion: .table),
    .flag(\.isDetailed, "-d", "--detailed", help: "one line for each partition"),
    .flag(\.isJSON, "-j", "--json", help: "as JSON"),
    .option(\.output, "-o", "--output", value: "file_name", help: "write to a file", completion: .file),
  ]
  var table = ""
  var isDetailed = false
  var isJSON = false
  var output: String?
  func run(in context: Transcript) async throws { await context.add("app \(table)") }
}

struct MultiSetSample: ShellCommand {
  static let name = "multi_set"
  static let summary = "write several values"
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "hash key"),
    .rest(\.pairs, "sort_key value", help: "pairs", minimum: 2),
  ]
  var hashKey: [UInt8] = []
  var pairs: [[UInt8]] = []
  func validate() throws(UsageError) {
    if pairs.count % 2 != 0 { throw UsageError("a value is missing for the last sort key") }
  }
  func run(in context: Transcript) async throws { await context.add("multi_set \(pairs.count)") }
}

let sampleRegistry = CommandRegistry<Transcript> {
  AppSample.self
  CopySample.self
  SetSample.self
  MultiSetSample.self
  RemoteSample.self
}

/// Parses a line with the sample registry and gives the decoded command.
func decode<Command: ShellCommand>(_ type: Command.Type, _ line: String) throws -> Command? {
  switch try sampleRegistry.resolve(Tokenizer.statement(line).tokens) {
  case .command(let bound): return bound.command as? Command
  case .help: return nil
  }
}

/// The error that a line gives.
func failure(_ line: String) -> UsageError? {
  do {
    _ = try sampleRegistry.resolve(Tokenizer.statement(line).tokens)
    return nil
  } catch {
    return error
  }
}
