import CommandLineKit
import PegasusClient
import Testing

@testable import ShellCommands

@Suite struct MutationListTests {
  @Test func linesOfTheOldShell() throws {
    var list = MutationList()
    #expect(try list.add(bytes("set m1 v1")) == .loaded(#"LOAD: set sortkey "m1", value "v1", ttl 0"#))
    #expect(try list.add(bytes("  set m2 v2 100 ")) == .loaded(#"LOAD: set sortkey "m2", value "v2", ttl 100"#))
    #expect(try list.add(bytes("del zz")) == .loaded(#"LOAD: del sortkey "zz""#))
    #expect(try list.add(bytes("")) == .blank)
    #expect(try list.add(bytes("# not a mutation")) == .blank)
    #expect(try list.add(bytes("ok")) == .finished)
    #expect(try list.add(bytes("abort")) == .aborted)
    #expect(
      list.mutations == [
        .set(sortKey: bytes("m1"), value: bytes("v1"), ttl: .none),
        .set(sortKey: bytes("m2"), value: bytes("v2"), ttl: .seconds(100)), .delete(sortKey: bytes("zz")),
      ])
    var echo = ParameterEcho()
    list.add(to: &echo)
    #expect(
      echo.lines.prefix(5) == [
        "mutations:", "  mutation[0].type: SET", #"  mutation[0].sort_key: "m1""#, #"  mutation[0].value: "v1""#,
        "  mutation[0].expire_seconds: 0",
      ])
    #expect(echo.lines.suffix(2) == ["  mutation[2].type: DEL", #"  mutation[2].sort_key: "zz""#])
  }

  @Test func anyBytes() throws {
    var list = MutationList()
    _ = try list.add(bytes(#"set "\x00 k" "\xff""#))
    #expect(list.mutations == [.set(sortKey: [0, 0x20, UInt8(ascii: "k")], value: [0xFF], ttl: .none)])
  }

  @Test(arguments: [
    "bogus", "set a", "set a b c d", "set a b 0", "set a b -1", "set a b x", "del", "del a b", "ok now", "\"open",
  ])
  func wrongLines(line: String) {
    var list = MutationList()
    #expect(throws: UsageError.self) { try list.add(bytes(line)) }
    #expect(list.mutations.isEmpty)
  }
}
