import EventLoop
import Foundation
import TestSupport
import Testing

/// The scripts that the README names, on fewer rows.
@Suite struct ExampleTests {
  private func script(_ name: String) throws -> String {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: package.appending(path: "examples/\(name)"), encoding: .utf8)
  }

  @Test func aTableMovesByABackup() async throws {
    let script = try script("move-by-backup.txt")
    #expect(script.contains("--count 200000"))
    try await ShellFixture.use { fixture in
      let smaller = script.replacing("--count 200000", with: "--count 3000")
        .replacing(/create (orders\w*)/) { "create \($0.1) -r 2" }.replacing("-p 16", with: "-p 6")
      // A second run finds what the first one has left.
      for _ in 0..<2 {
        let outcome = try await fixture.run(smaller)
        #expect(outcome.exit == .code(0), "\(outcome)")
        #expect(outcome.output.contains("every size and MD5 is right"))
        #expect(outcome.output.contains("Restored table 'orders_restored'"))
        #expect(outcome.output.contains("written 3000 + expired 0 + misplaced 0"))
        #expect(outcome.output.split(separator: "\n").count { $0 == "Verify done, same: 3000 rows." } == 2)
      }
    }
  }

  @Test func theExampleMovesATable() async throws {
    let script = try script("move-a-table.txt")
    #expect(script.contains("--count 1000000"))
    try await ShellFixture.use { fixture in
      // The clusters of this fixture have two replica servers each.
      let smaller = script.replacing("--count 1000000", with: "--count 3000")
        .replacing("create users", with: "create users -r 2")
      let outcome = try await fixture.run(smaller)
      #expect(outcome.exit == .code(0), "\(outcome)")
      #expect(outcome.output.contains("Copy done, total 3000 rows."))
      #expect(outcome.output.split(separator: "\n").count { $0 == "Count done, total 3000 rows." } == 2)
      #expect(outcome.errorOutput.contains("read 3000 = copied 3000 + filtered 0 + expired 0 + existing 0 + failed 0"))
      #expect(outcome.output.contains(" ttl="))
    }
  }
}
