import Bytes
import EventLoop
import FoundationEssentials
import Onebox
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import ShellCommands

@Suite(.serialized) struct VerifyCommandRunTests {
  @LoopActor
  private func line(_ bench: CommandBench, _ options: String = "", table: String = "t2") -> String {
    "verify_data -c 127.0.0.1:\(bench.server.metaPort) -a \(table) --delay 0 \(options)"
  }

  @Test @LoopActor
  func theExitStatusTellsSameFromDifferentFromUnknown() async throws {
    try await withBench(partitions: 5) { bench in
      _ = try await bench.session.cluster().createTable("t2", partitionCount: 7, replicaCount: 3)
      for number in 0..<20 { await bench.run("set key\(number) sort v") }
      await bench.run("copy_data -c 127.0.0.1:\(bench.server.metaPort) -a t2")

      let same = await bench.run(line(bench))
      #expect(same.error == nil)
      #expect(same.output == "Verify done, same: 20 rows.\n")
      #expect(same.messages.contains("keys 20 = same 20 + missing 0 + extra 0 + different 0"))

      let sample = await bench.run(line(bench, "--sample 1000000000"))
      // The row with the smallest key takes part, whatever the sample is.
      #expect(sample.output == "Verify done, same: 1 rows (a sample of about one row in 1000000000).\n")

      await bench.run("del key3 sort")
      await bench.run("set key4 sort other")
      await bench.run("set new sort v")
      let different = await bench.run(line(bench))
      #expect(different.error?.status.rawValue == 1)
      #expect(
        Set(different.lines.dropLast()) == [
          #"- "key3" : "sort" on the target only"#, #"* "key4" : "sort" different: value (5 and 1 bytes)"#,
          #"+ "new" : "sort" missing on the target"#,
        ])
      #expect(different.lines.last == "Verify done, different: 3 of 21 rows.")

      let absent = await bench.run(line(bench, table: "absent"))
      #expect(absent.error?.status.rawValue == 2)
      #expect(absent.error?.message.contains("absent") == true)
      #expect(await bench.run(line(bench, table: "t1")).error?.status.rawValue == 2)
    }
  }

  @Test @LoopActor
  func whatComparedNothingDoesNotSaySame() async throws {
    try await withBench(partitions: 2) { bench in
      _ = try await bench.session.cluster().createTable("t2", partitionCount: 2, replicaCount: 3)
      let empty = await bench.run(line(bench, "--sample 1000000000"))
      #expect(empty.error == nil && empty.output == "Verify done, same: both are empty.\n")

      await bench.run("set key sort v")
      let lacking = await bench.run(line(bench, "--sample 1000000000"))
      #expect(lacking.error?.status.rawValue == 1)
      #expect(lacking.lines.first == #"+ "key" : "sort" missing on the target"#)

      let filtered = await bench.run(line(bench, "-h prefix -x nobody"))
      #expect(filtered.error?.status.rawValue == 2)
      #expect(filtered.error?.message == "nothing was compared: no row of either table passes the filters")
      #expect(filtered.output == "Verify could not tell: nothing was compared.\n")
    }
  }

  @Test @LoopActor
  func theReportNamesEveryRowReversibly() async throws {
    try await withBench(partitions: 2) { bench in
      _ = try await bench.session.cluster().createTable("t2", partitionCount: 3, replicaCount: 3)
      await bench.run(#"set "k\x00\xff\"" "\n" value"#)
      let path = bench.directory.file("report.ndjson")
      let result = await bench.run(line(bench, "--report \(path) -j"))
      #expect(result.error?.status.rawValue == 1)
      #expect(result.output.contains("\"missing\": 1"))
      #expect(result.output.contains("\"conclusion\": \"different\""))

      let lines = (bench.directory.read("report.ndjson") ?? "").split(separator: "\n").map(String.init)
      #expect(lines.count == 3)
      #expect(lines[0].hasPrefix(#"{"type":"verify","version":1,"source":"A:t1""#))
      struct Row: Decodable {
        var sign, verdict, hash_key, sort_key, key_hex: String
      }
      let row = try JSONDecoder().decode(Row.self, from: Data(lines[1].utf8))
      #expect(row.sign == "+" && row.verdict == "missing")
      #expect(row.hash_key == #"k\x00\xFF\""# && row.sort_key == #"\n"#)
      let key = try PegasusKey(encoded: try #require(Hex.decode(row.key_hex)))
      #expect(key.hashKey == [0x6B, 0, 0xFF, 0x22] && key.sortKey == [0x0A])
      #expect(lines[2].hasPrefix(#"{"type":"summary","conclusion":"different","complete":true"#))

      let unwritable = await bench.run(line(bench, "--report \(bench.directory.file("no/such/place"))"))
      #expect(unwritable.error?.status.rawValue == 2)
    }
  }
}
