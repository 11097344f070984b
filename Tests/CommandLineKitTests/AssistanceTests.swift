import CommandLineKit
import Testing

struct SampleSource: CompletionSource {
  func candidates(for kind: CompletionKind, prefix: String) -> [String] {
    switch kind {
    case .cluster: return ["ClusterA", "ClusterB"]
    case .table: return ["temp", "test table", "stat"]
    case .file: return ["out.txt", "outdir/"]
    case .node: return ["a:1", "b:2"]
    default: return []
    }
  }
}

@Suite struct AssistanceTests {
  let completer = Completer(commands: sampleRegistry.descriptions, source: SampleSource())
  let hinter = Hinter(commands: sampleRegistry.descriptions)

  @Test(
    arguments: [
      ("", ["app", "copy_data", "set", "multi_set", "remote_command"]), ("co", ["copy_data"]), ("CO", ["copy_data"]),
      ("app ", ["temp", "\"test table\"", "stat"]), ("app t", ["temp", "\"test table\""]),
      ("app \"te", ["\"temp\"", "\"test table\""]),
      ("app 'test", ["'test table'"]), ("app temp ", []), ("app temp -o ou", ["out.txt", "outdir/"]),
      ("app -", ["--detailed", "--json", "--output"]), ("app -d --", ["--json", "--output"]),
      ("app -d", ["--detailed"]),
      ("app -- --", []), ("copy_data --target_cluster_name=Cl", ["ClusterA", "ClusterB"]),
      ("copy_data --target-cl", ["--target_cluster_name"]), ("copy_data -c ", ["ClusterA", "ClusterB"]),
      ("copy_data -h p", ["prefix", "postfix"]), ("rc -l a:1,b", ["a:1,b:2"]), ("nothing ", []), ("# app ", []),
    ] as [(String, [String])])
  func completion(line: String, expected: [String]) {
    #expect(completer.complete(Array(line.utf8), cursor: line.utf8.count).candidates.map(\.text) == expected)
  }

  @Test func completionReplacesTheWordAtTheCursor() {
    let line = Array("copy_data -c Clu -b 3".utf8)
    let result = completer.complete(line, cursor: 16)
    #expect(result.replaced == 13..<16)
    #expect(result.commonPrefix == "Cluster")
    #expect(completer.complete(Array("app -o out".utf8), cursor: 10).candidates.map(\.isFinal) == [true, false])
  }

  @Test(arguments: [
    ("", ""), ("se", "t <hash_key> <sort_key> <value> [ttl_in_seconds]"),
    ("set", " <hash_key> <sort_key> <value> [ttl_in_seconds]"),
    ("set ", "<hash_key> <sort_key> <value> [ttl_in_seconds]"),
    ("set a", " <sort_key> <value> [ttl_in_seconds]"), ("set a b ", "<value> [ttl_in_seconds]"),
    ("set a b c 5", ""), ("app t", " [-d|--detailed] [-j|--json] [-o|--output file_name]"),
    ("app t -d -o", " file_name"), ("app t -d -o ", "file_name [-j|--json]"), ("app t --js", "on"),
    ("app --output", " file_name"),
    ("multi_set h a ", "[sort_key value...]"), ("x", ""), ("unknown ", ""), ("app \"t", ""), ("app -q", ""),
  ])
  func hints(line: String, expected: String) {
    #expect(hinter.hint(for: Array(line.utf8)) == expected)
  }

  @Test func helpPages() {
    let renderer = HelpRenderer(width: 80)
    let overview = renderer.overview(sampleRegistry.descriptions)
    #expect(overview.contains("Data\n"))
    #expect(overview.contains("  copy_data       copy the current table to another cluster\n"))
    let copy = sampleRegistry["copy_data"].map { renderer.page($0.description) } ?? ""
    #expect(copy.contains("copy_data: copy the current table to another cluster  [writes]"))
    #expect(copy.contains("Usage: copy_data <-c|--target_cluster_name str>"))
    #expect(copy.contains("(default: 500)"))
    #expect(copy.contains("  copy_data -c ClusterB\n      copies everything"))
    #expect(!copy.contains("--batch "))
    #expect(copy.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func documents() {
    let program = ProgramDescription(
      name: "pegasus-shell", version: "1.0", summary: "operator's shell", discussion: "One.\n\n.Two",
      options: Filters.self,
      commands: sampleRegistry.descriptions, exitStatus: [(0, "done")], examples: [CommandExample("a -b", "c")])
    let page = ManualPage.render(program)
    #expect(page.contains(".TH PEGASUS-SHELL 1"))
    #expect(page.contains("\\&.Two"))
    #expect(page.contains(".B \\-x, \\-\\-hash_key_filter_pattern str"))
    #expect(
      CompletionScripts.bash(program).contains(
        "-h|--hash_key_filter_type) COMPREPLY=($(compgen -W 'anywhere prefix postfix'"))
    #expect(CompletionScripts.zsh(program).contains("(-h --hash_key_filter_type)-h[how the hash key is matched]"))
    #expect(CompletionScripts.fish(program).contains("-s h -l hash_key_filter_type -r -f -a 'anywhere prefix postfix'"))
  }

  @Test(arguments: [("abc", "abc", 0), ("abc", "acb", 1), ("", "ab", 2), ("kitten", "sitting", 3), ("LS", "ls", 0)])
  func distance(a: String, b: String, expected: Int) {
    #expect(EditDistance.between(a, b) == expected)
  }
}
