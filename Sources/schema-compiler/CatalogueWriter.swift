/// Writes one empty enum for each RPC, and the enumeration of all of them.
struct CatalogueWriter {
  var catalogue: Catalogue

  private func swiftName(_ rpc: Catalogue.RPC) -> String {
    rpc.swift ?? Names.type(Names.method(rpc.code))
  }

  private func caseName(_ rpc: Catalogue.RPC) -> String {
    rpc.swift?.lowercased() ?? Names.member(Names.method(rpc.code))
  }

  func methods() throws -> String {
    var text = SourceText()
    for (index, rpc) in catalogue.rpcs.enumerated() {
      if index > 0 { text.line() }
      text.comment("`\(rpc.code)`" + (rpc.since.map { ", since \($0)." } ?? "."))
      let kind =
        switch rpc.kind {
        case .meta: "MetaMethod"
        case .server: "ServerMethod"
        case .partition: "PartitionMethod"
        }
      let request = try WireType(rpc.argument).swift
      let response = try WireType(rpc.result).swift
      text.block("package enum \(swiftName(rpc)): \(kind)") { text in
        text.line("package typealias Request = \(request)")
        text.line("package typealias Response = \(response)")
        text.line("package static var code: RPCCode { .\(caseName(rpc)) }")
        text.line("package static var name: StaticString { \"\(rpc.code)\" }")
        if rpc.kind == .partition {
          text.line("package static var isWrite: Bool { \(rpc.writes ?? false) }")
          text.line("package static var isIdempotent: Bool { \(rpc.idempotent ?? true) }")
        }
      }
    }
    return SourceText.header("Schema/rpc.json") + text.text
  }

  func codes() -> String {
    var text = SourceText()
    text.line("/// Every RPC of the catalogue, as a number to switch over.")
    text.block("package enum RPCCode: UInt8, CaseIterable, Sendable") { text in
      for rpc in catalogue.rpcs { text.line("case \(caseName(rpc))") }
      text.line()
      text.line("/// As on the wire.")
      text.block("package var name: StaticString") { text in
        text.line("switch self {")
        for rpc in catalogue.rpcs { text.line("case .\(caseName(rpc)): \"\(rpc.code)\"") }
        text.line("}")
      }
      text.line()
      text.line("/// Types of its argument and result.")
      text.block("package var method: any RPCMethod.Type") { text in
        text.line("switch self {")
        for rpc in catalogue.rpcs { text.line("case .\(caseName(rpc)): \(swiftName(rpc)).self") }
        text.line("}")
      }
    }
    return SourceText.header("Schema/rpc.json") + text.text
  }
}
