import EventLoop
import Foundation
import PegasusClient
import TestSupport
import Testing

/// The public Python client, unmodified, against the onebox. `scripts/test` installs it and names its interpreter.
@Suite struct PythonClientTests {
  static let interpreter = ProcessInfo.processInfo.environment["PYPEGASUS_PYTHON"]

  @Test(.enabled(if: interpreter != nil, "PYPEGASUS_PYTHON names no interpreter with pypegasus3"))
  @LoopActor
  func pypegasus3Works() async throws {
    let python = try #require(Self.interpreter)
    let script = try #require(Bundle.module.path(forResource: "pypegasus_client", ofType: "py", inDirectory: "Scripts"))
    let onebox = try await OneboxProcess("python")
    let client = onebox.client()
    _ = try await client.createTable("python", partitionCount: 4, replicaCount: 3)
    client.close()
    let scratch = TemporaryDirectory()
    let outcome = try await ChildProcess.run(
      "/usr/bin/env", ["-C", scratch.path, python, script, "127.0.0.1:\(onebox.metaPort)", "python"])
    #expect(outcome.output.contains("pypegasus3: 0 failed"), "\(outcome.output)\(outcome.errorOutput)")
    #expect(outcome.exit == .code(0))
  }
}
