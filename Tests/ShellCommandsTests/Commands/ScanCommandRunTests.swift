import EventLoop
import Onebox
import TestSupport
import Testing

@testable import ShellCommands

/// The scans against an embedded cluster.
@Suite struct ScanCommandRunTests {
  @LoopActor private func fill(_ bench: CommandBench) async {
    await bench.run("multi_set h2 a 100 b 2 c 3 d 4 zz new")
    await bench.run("multi_set h1 s1 v1 s2 v2 s3 v3")
    await bench.run(#"set h3 "k with space" "v \"quoted\" \x00\x01\xff end""#)
    await bench.run("set c1 n 8")
  }

  @Test func hashScan() async throws {
    try await withBench { bench in
      await fill(bench)
      let all = await bench.run(#"hash_scan h2 "" """#)
      #expect(
        all.output == """
          "h2" : "a" => "100"
          "h2" : "b" => "2"
          "h2" : "c" => "3"
          "h2" : "d" => "4"
          "h2" : "zz" => "new"

          """)
      #expect(all.messages.hasSuffix("\n\n5 key-value pairs got.\n"))
      #expect(all.messages.contains("\ntimeout_ms: 5000\n"))
      let detailed = await bench.run("hash_scan h2 a c -d")
      #expect(detailed.lines.count == 2)
      #expect(detailed.lines.first?.hasPrefix(#""h2" : "a" => "100" {app_id="#) == true)
      #expect(detailed.lines.first?.contains(", server=127.0.0.1:") == true)
      #expect(await bench.run(#"hash_scan h2 "" "" -i -n 2"#).lines == [#""h2" : "a""#, #""h2" : "b""#])
      #expect(await bench.run(#"hash_scan h2 b d -a false -b true"#).lines.count == 2)
      #expect(await bench.run(#"hash_scan h2 "" "" -v exact -z 2"#).lines == [#""h2" : "b" => "2""#])
      #expect(await bench.run(#"hash_scan h2 "" "" -v anywhere -z 0"#).lines == [#""h2" : "a" => "100""#])
      #expect(await bench.run(#"hash_scan h2 "" "" -s prefix -y z"#).lines == [#""h2" : "zz" => "new""#])
      #expect(await bench.run(#"hash_scan nosuch "" """#).output == "")
      #expect(await bench.run("hash_scan h2 d a").output == "")
    }
  }

  @Test func hashKeysThatShareABeginning() async throws {
    try await withBench(partitions: 1) { bench in
      for key in [#""\xff\xff""#, #""\xff\xff\x00""#, "a", "ab", "b"] { await bench.run("multi_set \(key) s v") }
      #expect(await bench.run(#"hash_scan "\xff\xff" "" """#).lines == [#""\xFF\xFF" : "s" => "v""#])
      #expect(await bench.run(#"hash_scan a "" """#).lines == [#""a" : "s" => "v""#])
    }
  }

  @Test func fullScan() async throws {
    try await withBench { bench in
      await fill(bench)
      let all = await bench.run("full_scan")
      #expect(all.lines.count == 10)
      #expect(all.messages.hasPrefix("partition: all\nhash_key_filter_type: no_filter\n"))
      #expect(all.messages.hasSuffix("\n\n10 key-value pairs got.\n"))
      #expect(await bench.run("full_scan -h prefix -x h").lines.count == 9)
      #expect(await bench.run("full_scan -n 3").lines.count == 3)
      #expect(await bench.run("full_scan -n 10").lines.count == 10)
      #expect(await bench.run("full_scan -s exact -y s").lines.isEmpty)
      #expect(await bench.run("full_scan -s exact -y s1").lines == [#""h1" : "s1" => "v1""#])
      #expect(await bench.run("full_scan -s prefix -y s").lines.count == 3)
      #expect(await bench.run(#"full_scan -v anywhere -z "\x00""#).lines.count == 1)
      #expect(await bench.run("full_scan -v prefix -z v -n 2").lines.count == 2)
      #expect(await bench.run("full_scan -i").lines.contains(#""h3" : "k with space""#))
    }
  }

  @Test func onePartition() async throws {
    try await withBench { bench in
      await fill(bench)
      var count = 0
      for partition in 0..<4 {
        let scan = await bench.run("full_scan -d -p \(partition)")
        #expect(scan.lines.allSatisfy { $0.contains("partition_index=\(partition), ") })
        count += scan.lines.count
      }
      #expect(count == 10)
      let outside = await bench.run("full_scan -p 4")
      #expect(outside.error?.message == "partition 4 out of range, should be in range of [0,3]")
      #expect(await bench.run("full_scan -p -1").error != nil)
    }
  }

  @Test func file() async throws {
    try await withBench { bench in
      await fill(bench)
      let path = bench.directory.write("rows", "what was there before\n")
      let scan = await bench.run("full_scan -o \(path)")
      #expect(scan.output == "")
      #expect(scan.messages.hasSuffix("10 key-value pairs got.\n"))
      #expect(bench.directory.read("rows")?.split(separator: "\n").count == 10)
      #expect(bench.directory.read("rows")?.contains("before") == false)
      #expect(await bench.run("full_scan -o \(path) -p 99").error != nil)
      #expect(bench.directory.read("rows")?.isEmpty == false)
      #expect(
        await bench.run("full_scan -o /nosuch/rows").error?.message.contains("cannot open '/nosuch/rows'") == true)
      #expect(await bench.run("hash_scan nosuch \"\" \"\" -o \(path)").error == nil)
      #expect(bench.directory.read("rows") == "")
    }
  }

  @Test func timeLeft() async throws {
    try await withBench { bench in
      await bench.run("set h a v 1000")
      await bench.run("set h b v")
      let lines = await bench.run("full_scan --ttl").lines
      #expect(lines.contains(#""h" : "b" => "v" ttl=Infinite"#))
      #expect(
        lines.contains { $0.hasPrefix(#""h" : "a" => "v" ttl="#) && ($0.hasSuffix("=1000") || $0.hasSuffix("=999")) })
    }
  }

  @Test func jsonLines() async throws {
    try await withBench { bench in
      await fill(bench)
      let lines = await bench.run("full_scan --json --ttl").lines
      #expect(lines.count == 12)
      #expect(lines.first == #"{"version":1,"command":"full_scan","cluster":"A","table":"t1","partitions":[0,1,2,3]}"#)
      #expect(lines.last == #"{"end":true,"rows":10,"complete":true}"#)
      #expect(lines.contains(#"{"hash_key":"c1","sort_key":"n","value":"8","ttl_seconds":null}"#))
      #expect(await bench.run("full_scan -j -n 1").lines.last == #"{"end":true,"rows":1,"complete":false}"#)
    }
  }

  @Test func failureEndsTheScan() async throws {
    try await withBench { bench in
      await fill(bench)
      await bench.server.stop()
      let scan = await bench.run("full_scan -t 300 -j")
      #expect(scan.error != nil)
      #expect(scan.lines.last?.contains("\"complete\":false,\"error\":") == true)
      #expect(await bench.run("get h1 s1").error != nil)
    }
  }

  @Test func cancelledScan() async throws {
    try await withBench { bench in
      await fill(bench)
      let task = Task { @LoopActor in await bench.run("full_scan") }
      task.cancel()
      #expect(await task.value.error?.status == .interrupted)
      #expect(await bench.run("full_scan").lines.count == 10)
    }
  }

  @Test func generatedRows() async throws {
    try await withBench { bench in
      let result = await bench.run("generate_data -n 5000 --seed 3")
      #expect(result.error == nil)
      #expect(result.output.hasPrefix("5000 rows written below "))
      let rows = await bench.run("full_scan --ttl").lines
      #expect(rows.count == 5000)
      let expiring = rows.count { !$0.hasSuffix("ttl=Infinite") }
      #expect((800...1200).contains(expiring))
      #expect(await bench.run("exist user00000042 profile").output == "True\n")
      let before = await bench.run("full_scan").output
      await bench.run("generate_data -n 5000 --seed 3")
      #expect(await bench.run("full_scan").output == before)
      #expect(await bench.run("full_scan -h prefix -x user00000001").lines.count < 5000)
    }
  }
}
