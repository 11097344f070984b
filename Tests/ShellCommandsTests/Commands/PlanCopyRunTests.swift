import CommandLineKit
import EventLoop
import Onebox
import PegasusClient
import Testing

@testable import ShellCommands

@Suite(.serialized) struct PlanCopyRunTests {
  @Test @LoopActor
  func everyShellGetsACommandLineThatCanBeTyped() async throws {
    try await withBench(partitions: 8) { bench in
      _ = try await bench.session.cluster().createTable("t2", partitionCount: 8, replicaCount: 3)
      await bench.run("generate_data --count 2000 --seed 7")
      let line = "plan_copy -c 127.0.0.1:\(bench.server.metaPort) -a t2 --shells 3"
      let result = await bench.run(line)
      #expect(result.error == nil)
      #expect(result.output.contains("[shells]") && result.output.contains("decided_by"))
      let commands = result.lines.filter { $0.hasPrefix("pegasus-shell ") }
      #expect(commands.count == 3)
      for command in commands {
        #expect(command.hasPrefix("pegasus-shell --cluster A -c 'use t1; copy_data -c 127.0.0.1:"))
        let inside = command.split(separator: "'")[1].split(separator: ";")[1].drop { $0 == " " }
        #expect(throws: Never.self) { try shellCommands.resolve(Tokenizer.statement(String(inside)).tokens) }
      }
      let document = await bench.run(line + " -j --mb_per_second_per_server 0.5")
      #expect(document.output.contains(#""decided_by": "--mb_per_second_per_server"#))
      #expect(document.output.contains(#""partition_count": "#))
      let size = await bench.run(line + " --table_gb 800")
      #expect(size.output.contains("800 GB"))
    }
  }

  @Test(arguments: [
    (1_048_576 * 118.87, "118.8"), (1_048_576 * 3.14159, "3.141"), (1_048_576 * 0.05, "0.050000"), (0.5, "0.000001"),
  ])
  func aRateIsNotRoundedAboveThePlan(_ rate: Double, _ text: String) {
    #expect(PlanPage.megabytes(rate) == text)
  }

  @Test @LoopActor
  func anEmptyTableCannotBePlanned() async throws {
    try await withBench(partitions: 2) { bench in
      _ = try await bench.session.cluster().createTable("t2", partitionCount: 2, replicaCount: 3)
      let result = await bench.run("plan_copy -c 127.0.0.1:\(bench.server.metaPort) -a t2")
      #expect(result.error?.status == .problem)
      #expect(await bench.run("plan_copy -c A -a t2 --shells 0").error?.status == .usage)
    }
  }
}
