import CommandLineKit
import Synchronization
import Testing

@Suite struct LazyDeclarationTests {
  private static let asked = Mutex<[String]>([])

  private struct Counted: ShellCommand {
    static let name = "counted"
    static let summary = "says when its parameters are asked for"
    static let group = "Test"
    static let effect = CommandEffect.local
    static var parameters: [Parameter<Self>] {
      asked.withLock { $0.append(name) }
      return [.flag(\.isOn, "-x", "--on", help: "on")]
    }
    var isOn = false
    func run(in context: Transcript) async throws {}
  }

  /// A list of a hundred commands is made at every start, of which few are used.
  @Test func parametersAreMadeWhenTheyAreAskedFor() throws {
    let registry = CommandRegistry<Transcript>([CommandEntry(Counted.self)])
    let descriptions = registry.descriptions
    let completer = Completer(commands: descriptions)
    #expect(descriptions.map(\.name) == ["counted"] && registry["counted"] != nil)
    #expect(completer.complete(Array("cou".utf8), cursor: 3).candidates.map(\.text) == ["counted"])
    #expect(Self.asked.withLock { $0 } == [])
    #expect(descriptions[0].usage == "counted [-x|--on]" && descriptions[0].parameters.count == 1)
    #expect(Self.asked.withLock { $0 } == ["counted"], "and kept")
  }
}
