import CommandLineKit
import EventLoop
import JSON
import Onebox
import PegasusClient
import RPC
import TestSupport
import Testing

@testable import ShellCommands

@Suite(.serialized) struct RateLimitTests {
  @Test @LoopActor
  func limitsAreShownSetAndReadBack() async throws {
    try await withBench { bench in
      let shown = await bench.run("rate_limit show")
      #expect(shown.error == nil)
      let upload = try #require(shown.lines.first { $0.hasPrefix("upload ") })
      #expect(
        upload.contains(" 200 ") && upload.contains("MB/s") && upload.contains("hdfs_write_limit_rate_mb_per_sec"))
      #expect(shown.output.contains("[table 't1']") && !shown.output.contains("[by_server]"))

      let set = await bench.run("rate_limit set upload 50")
      #expect(set.error == nil)
      #expect(set.lines.count == 5 && set.lines[2].contains(" 200 ") && set.lines[2].contains(" 50 "))
      #expect(set.messages.contains("'rate_limit set upload 200' sets it back"))
      #expect(await bench.run("rate_limit show hdfs_write_limit_rate_mb_per_sec").output.contains(" 50 "))

      let one = bench.server.replicaPorts[0]
      #expect(await bench.run("rate_limit set nfs_send 70 -l 127.0.0.1:\(one)").error == nil)
      let differs = await bench.run("rate_limit show nfs_send -j")
      let json = try JSONParser.parse(differs.output.utf8)
      #expect(json["rate_limits"]?["nfs_send"]?["value"]?.text == "differs")
      #expect(json["by_server"]?.elements.map { $0["value"]?.whole }.sorted { ($0 ?? 0) < ($1 ?? 0) } == [0, 0, 70])

      #expect(await bench.run("rate_limit set nfs_send default").error == nil)
      #expect(await bench.run("rate_limit set ingest_partitions 2").error == nil)
      #expect(await bench.run("rate_limit show ingest_partitions").output.contains(" 2 "))
      #expect(await bench.run("rate_limit set load_replicas 3").error == nil)

      #expect(await bench.run("rate_limit set write_throttling 2000*delay*100").error == nil)
      #expect(
        try await bench.session.cluster().environment(table: "t1")["replica.write_throttling"] == "2000*delay*100")
      #expect(await bench.run("rate_limit show").output.contains("2000*delay*100"))
      #expect(await bench.run("rate_limit set write_throttling default").error == nil)
      #expect(try await bench.session.cluster().environment(table: "t1")["replica.write_throttling"] == nil)
    }
  }

  @Test @LoopActor
  func bothSpellingsOfTheRemoteCommandWork() async throws {
    try await withBench { bench in
      for name in ["nfs.max_send_rate_megabytes", "nfs.max_send_rate_megabytes_per_disk"] {
        let set = await bench.run("remote_command -t replica-server \(name) 50")
        #expect(set.error == nil && set.output.contains(#""succeed_count": 3"#))
        #expect(await bench.run("rate_limit show nfs_send").output.contains(" 50 "))
        #expect(await bench.run("remote_command -t replica-server \(name) DEFAULT").error == nil)
      }
      // What servers refuse is an answer like any other; the status tells.
      let refused = await bench.run("remote_command -t replica-server nfs.max_copy_rate_megabytes_per_disk 3")
      #expect(refused.output.contains(#""succeed_count": 3"#) && refused.error?.status == .problem, "\(refused)")
      #expect(refused.error?.message.hasPrefix("3 of 3 servers refused it: ERR: invalid argument '3'") == true)
      #expect(refused.error?.advice.contains("rate_limit set nfs_copy 3") == true)
      let unknown = await bench.run("remote_command -t replica-server no.such 3")
      #expect(unknown.error?.message == "3 of 3 servers refused it: unknown command 'no.such'")
    }
  }

  @Test(arguments: [
    ("rate_limit set nfs_copy 3", "0 (no limit) or 5 and more"), ("rate_limit set upload fast", "a whole number"),
    ("rate_limit set upload default", "give the number"), ("rate_limit set upload_files 3", "configuration only"),
    ("rate_limit set upload", "a limit and a value are expected"),
    ("rate_limit show uplod", "no limit is called 'uplod'"),
  ])
  func whatNoServerTakesIsRefused(_ line: String, _ message: String) {
    do {
      _ = try shellCommands.resolve(Tokenizer.statement(line).tokens)
      Issue.record("'\(line)' was taken")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }
}
