import FoundationEssentials
import Glibc

/// Turns Schema/*.json into Sources/PegasusProtocol/Messages/Generated. With `--check` nothing is written: the exit
/// status is 1 when the files in the tree are not what the schema says.
@main
struct Main {
  static func main() {
    do {
      let isCheck = CommandLine.arguments.contains("--check")
      let files = try generate()
      let stale = try isCheck ? compare(files) : write(files)
      for name in stale { print(isCheck ? "stale: \(name)" : "wrote \(name)") }
      if isCheck, !stale.isEmpty { exit(1) }
    } catch {
      print("schema-compiler: \(error)")
      exit(1)
    }
  }

  private static let target = "Sources/PegasusProtocol/Messages/Generated"

  /// File name and contents of everything there is to generate.
  private static func generate() throws -> [String: String] {
    let schema = try JSONDecoder().decode(Schema.self, from: contents(of: "Schema/pegasus.json"))
    let catalogue = try JSONDecoder().decode(Catalogue.self, from: contents(of: "Schema/rpc.json"))
    let results = Set(catalogue.rpcs.map(\.result))
    try checkNames(schema, catalogue)
    var prefixes: [String: String] = [:]
    for source in schema.families.flatMap(\.enums) {
      prefixes[source.enum] = Names.prefix(
        of: source.values.compactMap { Substring($0).cut(at: " = ")?.0 }.map(String.init))
    }
    var files: [String: String] = [:]
    for family in schema.families {
      var enums = SourceText()
      for source in family.enums {
        enums.line()
        try EnumWriter(source: source).write(into: &enums)
      }
      var structs = SourceText()
      for source in family.structs where source.handwritten != true {
        structs.line()
        try StructWriter(source, isResult: results.contains(source.struct), prefixes: prefixes).write(into: &structs)
      }
      files["\(family.family).swift"] =
        SourceText.header("Schema/pegasus.json") + "package import Bytes\nimport Thrift\n" + enums.text
        + structs.text
    }
    let writer = CatalogueWriter(catalogue: catalogue)
    files["Methods.swift"] = try writer.methods()
    files["RPCCode.swift"] = writer.codes()
    return files
  }

  /// Every type that is mentioned exists.
  private static func checkNames(_ schema: Schema, _ catalogue: Catalogue) throws {
    var known = Set<String>()
    for family in schema.families {
      known.formUnion(family.enums.map(\.enum))
      known.formUnion(family.structs.map(\.struct))
    }
    var mentioned: [String] = []
    for structure in schema.families.flatMap(\.structs) {
      mentioned += try structure.fields.flatMap { try Field($0).type.mentioned }
    }
    for rpc in catalogue.rpcs {
      mentioned += try WireType(rpc.argument).mentioned + WireType(rpc.result).mentioned
    }
    if let missing = mentioned.first(where: { !known.contains($0) }) {
      throw CompilerError("the schema has no type \(missing)")
    }
  }

  private static func contents(of path: String) throws -> Data {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CompilerError("cannot read \(path); run it at the top of the project")
    }
    return data
  }

  private static func existing() -> Set<String> {
    Set((try? FileManager.default.contentsOfDirectory(atPath: target)) ?? [])
  }

  private static func compare(_ files: [String: String]) -> [String] {
    let changed = files.filter { name, text in
      FileManager.default.contents(atPath: "\(target)/\(name)") != Data(text.utf8)
    }
    return (Set(changed.keys).union(existing().subtracting(files.keys))).sorted()
  }

  private static func write(_ files: [String: String]) throws -> [String] {
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    let stale = compare(files)
    for name in stale {
      if let text = files[name] {
        try Data(text.utf8).write(to: URL(filePath: "\(target)/\(name)"))
      } else {
        try FileManager.default.removeItem(atPath: "\(target)/\(name)")
      }
    }
    return stale
  }
}
