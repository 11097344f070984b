import CommandLineKit
import TestSupport
import Testing

@Suite struct ArgumentParserTests {
  @Test(arguments: ["app -d temp", "app temp -d", "app temp --detailed", "app --det temp", "app temp --detailed=true"])
  func optionsAndWordsMix(line: String) throws {
    let command = try #require(try decode(AppSample.self, line))
    #expect(command.table == "temp" && command.isDetailed && !command.isJSON)
  }

  @Test(arguments: [
    "copy_data -c B -b 16", "copy_data -cB -b16", "copy_data --target_cluster_name=B --max_batch_count 0x10",
    "copy_data --target-cluster-name B --max-batch-count=020", "copy_data --target B --max 16",
    "copy_data --batch 16 -c B",
  ])
  func spellings(line: String) throws {
    let command = try #require(try decode(CopySample.self, line))
    #expect(command.cluster == "B" && command.batch == 16 && command.partition == nil)
  }

  @Test func yesBelongsToCommandsThatMayAsk() throws {
    let registry = CommandRegistry<Transcript>([CommandEntry(CopySample.self), CommandEntry(SetSample.self)])
    func resolve(_ line: String) throws -> BoundCommand<Transcript>? {
      guard case .command(let command) = try registry.resolve(Tokenizer.statement(line).tokens) else { return nil }
      return command
    }
    #expect(try resolve("copy_data -c B --yes")?.assumesYes == true)
    #expect(try resolve("copy_data -c B")?.assumesYes == false)
    #expect((try resolve("set a b --yes")?.command as? SetSample)?.value == Array("--yes".utf8))
    #expect(registry["copy_data"]?.description.usage.hasSuffix("[--yes]") == true)
  }

  @Test func valuesMayBeginWithHyphen() throws {
    let command = try #require(try decode(CopySample.self, "copy_data -x -abc -p -1 -c -- -e"))
    #expect(command.filters.hashKeyPattern == Array("-abc".utf8))
    #expect(command.partition == -1 && command.cluster == "--")
  }

  @Test func joinedFlags() throws {
    let command = try #require(try decode(AppSample.self, "app t -djo out"))
    #expect(command.isDetailed && command.isJSON && command.output == "out")
    #expect(failure("app t -dq")?.kind == .unknownOption)
  }

  @Test func wordsThatLookLikeOptions() throws {
    let set = try #require(try decode(SetSample.self, "set -k -1 -- 5"))
    #expect(set.hashKey == Array("-k".utf8) && set.sortKey == Array("-1".utf8) && set.value == Array("5".utf8))
    let app = try #require(try decode(AppSample.self, "app -d -- -t"))
    #expect(app.table == "-t" && app.isDetailed)
    #expect(try decode(AppSample.self, "app -5")?.table == "-5")
    #expect(try decode(AppSample.self, "app \"-x\"")?.table == "-x")
  }

  @Test func remoteCommandKeepsItsArguments() throws {
    let command = try #require(
      try decode(RemoteSample.self, "remote_command -r server-info -1 --all -t meta-server -x"))
    #expect(command.resolve && command.command == "server-info" && command.nodeType == "meta-server")
    #expect(command.arguments == ["-1", "--all", "-x"])
    let list = try #require(try decode(RemoteSample.self, "rc -l a:1,b:2 -l c:3 help"))
    #expect(list.nodes == ["a:1", "b:2", "c:3"])
  }

  @Test func restAndValidation() throws {
    #expect(try decode(MultiSetSample.self, "multi_set h a 1 b 2")?.pairs.count == 4)
    #expect(failure("multi_set h a 1 b")?.message == "a value is missing for the last sort key")
    #expect(failure("multi_set h a")?.kind == .missingParameter)
  }

  @Test(
    arguments: [
      ("app", .missingParameter, "missing <app_name>", nil),
      ("app a b", .unexpectedArgument, "unexpected argument 'b': only 1 argument is taken", nil),
      ("app a --detaled", .unknownOption, "unknown option --detaled", "--detailed"),
      ("app a -x", .unknownOption, "unknown option -x", nil),
      ("app a -o", .missingValue, "-o needs a value: file_name", nil),
      ("copy_data", .missingParameter, "missing --target_cluster_name", nil),
      ("copy_data -c B -e -k", .conflict, "-e and -k exclude each other", nil),
      ("copy_data -c B -b abc", .invalidValue, "'abc' is not a valid -b: an integer is expected", nil),
      (
        "copy_data -c B -b 09", .invalidValue,
        "'09' is not a valid -b: an integer is expected (a leading 0 means octal)", nil
      ),
      (
        "copy_data -c B -p 99999999999", .invalidValue,
        "'99999999999' is not a valid -p: an integer from -2147483648 to 2147483647 is expected", nil
      ),
      (
        "copy_data -c B -h prefx", .invalidValue,
        "'prefx' is not a valid -h: one of anywhere, prefix, postfix is expected", "prefix"
      ),
      (
        "copy_data -c B --hash x", .ambiguousOption,
        "--hash is ambiguous: --hash_key_filter_type, --hash_key_filter_pattern", nil
      ),
      (
        "copy_data -c B --no_ttl=maybe", .invalidValue, "'maybe' is not a valid --no_ttl: true or false is expected",
        nil
      ),
      ("set a b c d", .invalidValue, "'d' is not a valid <ttl_in_seconds>: an integer is expected", nil),
      ("ap", .unknownCommand, "unknown command 'ap'", "app"),
      ("SET a b", .unknownCommand, "unknown command 'SET'", "set"),
      ("coyp_data", .unknownCommand, "unknown command 'coyp_data'", "copy_data"),
    ] as [(String, UsageError.Kind, String, String?)])
  func errors(line: String, kind: UsageError.Kind, message: String, suggestion: String?) {
    let error = failure(line)
    #expect(error?.kind == kind)
    #expect(error?.message == message)
    #expect(error?.suggestion == suggestion)
    if kind != .unknownCommand { #expect(error?.usage != nil) }
  }

  @Test func helpAndWarnings() throws {
    guard case .help(let description) = try sampleRegistry.resolve(Tokenizer.statement("app t --help").tokens) else {
      Issue.record("no help")
      return
    }
    #expect(description.name == "app")
    guard case .command(let bound) = try sampleRegistry.resolve(Tokenizer.statement("copy_data -c B --batch 1").tokens)
    else { return }
    #expect(bound.warnings == ["--batch is deprecated: use --max_batch_count"])
  }

  @Test func runs() async throws {
    let transcript = Transcript()
    guard case .command(let bound) = try sampleRegistry.resolve(Tokenizer.statement("copy_data -c B").tokens) else {
      return
    }
    try await bound.run(in: transcript)
    #expect(await transcript.lines == ["copy B 500"])
  }

  @Test func secrets() {
    #expect(sampleRegistry.carriesSecret(Array("copy_data -c B --pass geheim".utf8)))
    #expect(!sampleRegistry.carriesSecret(Array("copy_data -c B".utf8)))
    #expect(failure("copy_data -c B --password \"\\x00\"")?.message.contains("x00") == false)
  }

  @Test func randomBytesNeverTrap() {
    var random = SplitMix(state: 42)
    let alphabet = Array("-=\"'\\# ;&x0aAtbcdpo,:_\n\t".utf8) + [0x00, 0xFF, 0xC3]
    let names = sampleRegistry.descriptions.map(\.name)
    let completer = Completer(commands: sampleRegistry.descriptions, source: SampleSource())
    let hinter = Hinter(commands: sampleRegistry.descriptions)
    for round in 0..<4000 {
      var line = round % 3 == 0 ? [] : Array((names[Int(random.next() % UInt64(names.count))] + " ").utf8)
      for _ in 0..<Int(random.next() % 24) { line.append(alphabet[Int(random.next() % UInt64(alphabet.count))]) }
      _ = completer.complete(line, cursor: Int(random.next() % 40))
      _ = hinter.hint(for: line)
      _ = sampleRegistry.carriesSecret(line)
      if let statement = try? Tokenizer.statement(line) { _ = try? sampleRegistry.resolve(statement.tokens) }
      _ = try? Tokenizer.statements(String(decoding: line, as: UTF8.self))
    }
  }
}
