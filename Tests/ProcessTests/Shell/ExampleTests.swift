import EventLoop
import Foundation
import TestSupport
import Testing

/// The script that the README begins with, on fewer rows.
@Suite struct ExampleTests {
  @Test func theExampleMovesATable() async throws {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let script = try String(contentsOf: package.appending(path: "examples/move-a-table.txt"), encoding: .utf8)
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
