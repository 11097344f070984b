import EventLoop
import Glibc
import TestSupport
import Testing

/// A copy by a shell whose wall clock is wrong, or is set while it works. The clusters' clocks are right.
@Suite(.serialized) struct ClockFaultTests {
  /// The seconds that the shell's clock is ahead.
  private struct Clock {
    let path: String

    func set(_ seconds: Int64) throws {
      let file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
      defer { close(file) }
      let written = withUnsafeBytes(of: seconds) { pwrite(file, $0.baseAddress, $0.count, 0) }
      try #require(written == 8)
    }
  }

  private static let library = BuiltPrograms.path("libfake-clock.so")

  private func copy(_ steps: [Int64]) async throws {
    try await ShellFixture.use { fixture in
      let prepared = try await fixture.run(
        """
        create t -p 4 -r 2
        use t
        set_app_envs default_ttl 600
        generate_data --count 12000 -t 0
        cc ClusterB
        create t -p 6 -r 2
        """)
      #expect(prepared.exit == .code(0), "\(prepared)")

      let clock = Clock(path: fixture.directory.file("clock"))
      try clock.set(steps[0])
      let environment = fixture.environment.merging(["LD_PRELOAD": Self.library, "FAKE_CLOCK": clock.path]) { $1 }
      let shell = try ChildProcess(
        ShellFixture.shell, ["--config", fixture.configuration], environment: environment,
        directory: fixture.directory.path)
      shell.write("use t\ncopy_data -c ClusterB -a t --max_rows_per_second 5000\n")
      shell.closeInput()
      for (count, step) in steps.enumerated().dropFirst() {
        try await eventually("the copy runs") { shell.errorOutput.ranges(of: "processed for ").count >= count }
        try clock.set(step)
      }
      #expect(try await shell.wait() == .code(0), "\(shell.errorOutput)")
      #expect(shell.errorOutput.contains("read 12000 = copied 12000 + filtered 0 + expired 0"), "\(shell.errorOutput)")

      let verified = try await fixture.run("use t\nverify_data -c ClusterB -a t")
      #expect(verified.exit == .code(0), "\(verified)")
    }
  }

  @Test func aClockThatIsSetOnTheWayChangesNothing() async throws { try await copy([0, 3600, -7200]) }

  @Test func aClockThatIsAheadExpiresNothing() async throws { try await copy([3600]) }
}
