import EventLoop
import TestSupport
import Testing

@testable import ShellCommands

/// The data commands against an embedded cluster.
@Suite struct RowCommandRunTests {
  @Test func oneRow() async throws {
    try await withBench { bench in
      let set = await bench.run("set h1 s1 v1")
      #expect(set.error == nil)
      #expect(set.output == "OK\n")
      let block = set.messages.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      #expect(block.count == 6)
      #expect(block[0] == "")
      #expect(block[1].hasPrefix("app_id          : "))
      #expect(block[2].hasPrefix("partition_index : "))
      #expect(block[3].hasPrefix("decree          : "))
      #expect(block[4].hasPrefix("server          : 127.0.0.1:"))
      let get = await bench.run("get h1 s1")
      #expect(get.output == "\"v1\"\n")
      #expect(!get.messages.contains("decree"))
      #expect(await bench.run("get h1 s9").output == "Not found\n")
      #expect(await bench.run("exist h1 s1").output == "True\n")
      #expect(await bench.run("exist h1 s9").output == "False\n")
      #expect(await bench.run("ttl h1 s1").output == "Infinite\n")
      #expect(await bench.run("ttl h1 s9").output == "Not found\n")
      #expect(await bench.run("del h1 s1").output == "OK\n")
      #expect(await bench.run("del h1 s1").output == "OK\n")
      #expect(await bench.run("get h1 s1").output == "Not found\n")
    }
  }

  @Test func timeToLive() async throws {
    try await withBench { bench in
      await bench.run("set h s v 1000")
      let left = try #require(Int(await bench.run("ttl h s").lines.first ?? ""))
      #expect((990...1000).contains(left))
      await bench.run("set h s v")
      #expect(await bench.run("ttl h s").output == "Infinite\n")
      #expect(await bench.run("set h s v 0").error?.status == .usage)
      await bench.run("set h short v 1")
      #expect(await bench.run("incr h n 5").output == "5\n")
    }
  }

  @Test func anyBytes() async throws {
    try await withBench { bench in
      await bench.run(#"set h3 "k with space" "v \"quoted\" \x00\x01\xff end""#)
      #expect(
        await bench.run(#"get h3 "k with space""#).output == #""v \"quoted\" \x00\x01\xFF end""# + "\n")
      bench.session.escapesAll = true
      #expect(
        await bench.run(#"get h3 "k with space""#).output
          == #""\x76\x20\x22\x71\x75\x6F\x74\x65\x64\x22\x20\x00\x01\xFF\x20\x65\x6E\x64""# + "\n")
      bench.session.escapesAll = false
      #expect(await bench.run(#"set "\x00\xff" "" """#).output == "OK\n")
      #expect(await bench.run(#"get "\x00\xff" """#).output == "\"\"\n")
      #expect(await bench.run(#"multi_get "\x00\xff""#).lines.first == #""\x00\xFF" : "" => """#)
      #expect(await bench.run(#"set "" "" nowhere"#).output == "OK\n")
      #expect(await bench.run(#"get "" """#).output == "\"nowhere\"\n")
      #expect(await bench.run(#"set -h -d -x"#).output == "OK\n")
      #expect(await bench.run("get -h -d").output == "\"-x\"\n")
      // What is printed can be pasted back.
      let line = try #require(await bench.run(#"multi_get h3"#).lines.first)
      let pasted = line.replacing(" : ", with: " ").replacing(" => ", with: " ")
      #expect(await bench.run("set \(pasted)").output == "OK\n")
      #expect(await bench.run("count h3").output == "1\n")
    }
  }

  @Test func emptyHashKeyOfMultiCommands() async throws {
    try await withBench { bench in
      for line in [#"multi_set "" a 1"#, #"multi_get """#, #"count """#, #"hash_scan "" "" """#, #"multi_del "" a"#] {
        let result = await bench.run(line)
        #expect(result.error?.message.contains("the hash key is empty") == true, "\(line)")
      }
    }
  }

  @Test func hashKeyThatIsTooLong() async throws {
    try await withBench { bench in
      let long = String(repeating: "k", count: 65535)
      #expect(await bench.run("set \(long) s v").error?.message.contains("65535 bytes") == true)
      let longest = String(repeating: "k", count: 65534)
      #expect(await bench.run("set \(longest) s v").output == "OK\n")
      #expect(await bench.run("count \(longest)").output == "1\n")
    }
  }

  @Test func severalRows() async throws {
    try await withBench { bench in
      #expect(await bench.run("multi_set h2 a 1 b 2 c 3 d 4").output == "OK\n")
      #expect(await bench.run("count h2").output == "4\n")
      #expect(
        await bench.run("multi_get h2").output == """
          "h2" : "a" => "1"
          "h2" : "b" => "2"
          "h2" : "c" => "3"
          "h2" : "d" => "4"

          4 key-value pairs got, fetch completed.

          """)
      #expect(
        await bench.run("multi_get h2 c a zz").lines == [
          #""h2" : "c" => "3""#, #""h2" : "a" => "1""#, "", "2 key-value pairs got, fetch completed.",
        ])
      #expect(await bench.run("multi_get nosuch").lines == ["", "0 key-value pairs got, fetch completed."])
      #expect(
        await bench.run("multi_get_sortkeys h2").lines == [
          #""a""#, #""b""#, #""c""#, #""d""#, "", "4 sort keys got, fetch completed.",
        ])
      #expect(await bench.run("multi_del h2 a zz").output == "2 key-value pairs deleted.\n")
      #expect(await bench.run("count h2").output == "3\n")
    }
  }

  @Test func batch() async throws {
    try await withBench { bench in
      for key in 1...6 { await bench.run("set k\(key) s v\(key)") }
      #expect(
        await bench.run("batch_get k5 s nosuch s k1 s k3 s").lines == [
          #""k5" : "s" => "v5""#, #""k1" : "s" => "v1""#, #""k3" : "s" => "v3""#, "", "3 key-value pairs got.",
        ])
    }
  }

  @Test func ranges() async throws {
    try await withBench { bench in
      await bench.run("multi_set h2 a 1 b 2 c 3 d 4")
      let range = await bench.run("multi_get_range h2 a d")
      #expect(
        range.lines == [
          #""h2" : "a" => "1""#, #""h2" : "b" => "2""#, #""h2" : "c" => "3""#, "",
          "3 key-value pairs got, fetch completed.",
        ])
      #expect(range.messages.hasPrefix("hash_key: \"h2\"\nstart_sort_key: \"a\"\nstart_inclusive: true\n"))
      #expect(await bench.run("multi_get_range h2 a d -b true -a false").lines.count == 5)
      #expect(
        await bench.run(#"multi_get_range h2 "" "" -r -n 2"#).lines == [
          #""h2" : "c" => "3""#, #""h2" : "d" => "4""#, "", "2 key-value pairs got, fetch not completed.",
        ])
      #expect(await bench.run(#"multi_get_range h2 "" "" -r -n 4"#).lines.last?.hasSuffix("fetch completed.") == true)
      #expect(await bench.run(#"multi_get_range h2 "" "" -i"#).lines.first == #""h2" : "a""#)
      #expect(await bench.run("multi_get_range h2 d a").lines == ["", "0 key-value pairs got, fetch completed."])
      #expect(await bench.run(#"multi_get_range h2 "" "" -s anywhere -y c"#).lines.first == #""h2" : "c" => "3""#)
    }
  }

  @Test func deletedRange() async throws {
    try await withBench { bench in
      await bench.run("multi_set h2 a 1 b 2 c 3 d 4")
      let result = await bench.run("multi_del_range h2 c d -b true")
      #expect(result.output == "Deleted: \"c\"\nDeleted: \"d\"\n\nOK, 2 sort keys deleted.\n")
      #expect(
        await bench.run("multi_del_range h2 c d -b true -i").output == "OK, 0 sort keys deleted.\n")
      let file = bench.directory.file("deleted")
      #expect(await bench.run("multi_del_range h2 a b -o \(file)").output == "OK, 1 sort keys deleted.\n")
      #expect(bench.directory.read("deleted") == "Deleted: \"a\"\n")
      #expect(await bench.run("count h2").output == "1\n")
      #expect(
        await bench.run("multi_del_range h2 a b -o /nosuch/dir/file").error?.message.contains("cannot open") == true)
    }
  }

  @Test func deletedRangeWantsConfirmation() async throws {
    try await withBench(assumesYes: false, statesProduction: true) { bench in
      await bench.run("multi_set h2 a 1 b 2")
      #expect(await bench.run(#"multi_del_range h2 "" """#).error?.status == .refused)
      #expect(await bench.run("count h2").output == "2\n")
    }
  }

  @Test func increment() async throws {
    try await withBench { bench in
      #expect(await bench.run("incr c1 n").output == "1\n")
      #expect(await bench.run("incr c1 n 10").output == "11\n")
      #expect(await bench.run("incr c1 n -3").output == "8\n")
      await bench.run("set h1 s1 text")
      let wrong = await bench.run("incr h1 s1 1")
      #expect(wrong.error?.message.contains("invalid argument") == true)
      #expect(wrong.error?.status == .problem)
      #expect(wrong.output == "")
      #expect(await bench.run("incr c1 n 9223372036854775807").error != nil)
      #expect(await bench.run("get c1 n").output == "\"8\"\n")
    }
  }

  @Test func checkAndSet() async throws {
    try await withBench { bench in
      await bench.run("multi_set h2 a 1")
      let passed = await bench.run("check_and_set h2 -c a -t bytes_equal -o 1 -s a -v 100 -r")
      #expect(passed.output == "Set succeed.\n\nCheck value: \"1\"\n")
      let failed = await bench.run("check_and_set h2 -c a -t bytes_equal -o 1 -s a -v 200 -r")
      #expect(failed.output == "Set failed, because check not passed.\n\nCheck value: \"100\"\n")
      #expect(failed.error == nil)
      let new = await bench.run("check_and_set h2 -c zz -t not_exist -s zz -v new -l 500")
      #expect(new.output == "Set succeed.\n")
      #expect(["499", "500"].contains(await bench.run("ttl h2 zz").lines.first))
      let missing = await bench.run("check_and_set h2 -c no -t exist -s no -v x -r")
      #expect(missing.output == "Set failed, because check not passed.\n\nCheck value not exist.\n")
      let text = await bench.run("check_and_set h2 -c zz -t int_less -o 5 -s zz -v x")
      #expect(text.error?.message.contains("invalid argument") == true)
    }
  }

  @Test func checkAndMutate() async throws {
    try await withBench { bench in
      await bench.run("set h2 zz new")
      bench.input.set(["set m1 v1", "set m2 v2 100", "del zz", "ok"])
      let result = await bench.run("check_and_mutate h2 -c zz -t exist -r")
      #expect(result.output == "Mutate succeed.\n\nCheck value: \"new\"\n")
      #expect(result.messages.contains("LOAD: set sortkey \"m2\", value \"v2\", ttl 100\n"))
      #expect(result.messages.contains("load mutations done."))
      #expect(
        await bench.run("multi_get h2").lines.prefix(2) == [#""h2" : "m1" => "v1""#, #""h2" : "m2" => "v2""#])
      bench.input.set(["set m3 v3", "ok"])
      #expect(
        await bench.run("check_and_mutate h2 -c m1 -t not_exist").output
          == "Mutate failed, because check not passed.\n")
      bench.input.set(["set m3 v3", "abort"])
      #expect(await bench.run("check_and_mutate h2 -c m1 -t exist").error == nil)
      #expect(await bench.run("exist h2 m3").output == "False\n")
    }
  }

  @Test func wrongMutationsOfAScript() async throws {
    try await withBench { bench in
      await bench.run("set h m1 v")
      bench.input.set(["bogus", "set a b", "ok", "left over"])
      let wrong = await bench.run("check_and_mutate h -c m1 -t exist")
      #expect(wrong.error?.message.contains("invalid mutation 'bogus'") == true)
      #expect(await bench.input.followingLine(prompt: "") == Array("left over".utf8))
      bench.input.set(["set a b"])
      #expect(await bench.run("check_and_mutate h -c m1 -t exist").error?.message.contains("ended before 'ok'") == true)
      bench.input.set(["ok"])
      #expect(await bench.run("check_and_mutate h -c m1 -t exist").error != nil)
      #expect(await bench.run("count h").output == "1\n")
    }
  }

  @Test func wrongMutationsAtThePrompt() async throws {
    try await withBench(isInteractive: true) { bench in
      await bench.run("set h m1 v")
      bench.input.set(["bogus", "set a b", "ok"])
      let result = await bench.run("check_and_mutate h -c m1 -t exist")
      #expect(result.error == nil)
      #expect(result.messages.contains("Load mutations, like\n"))
      #expect(result.messages.contains("print \"ok\" to finish loading"))
      #expect(await bench.run("get h a").output == "\"b\"\n")
    }
  }

  @Test func manyRowsOfOneHashKey() async throws {
    try await withBench { bench in
      let count = 7000
      for first in stride(from: 0, to: count, by: 500) {
        let rows = (first..<first + 500).map { "s\(100_000 + $0) v" }.joined(separator: " ")
        #expect(await bench.run("multi_set big \(rows)").error == nil)
      }
      let all = await bench.run("multi_get big")
      #expect(all.lines.count == count + 2)
      #expect(all.lines.last == "\(count) key-value pairs got, fetch completed.")
      #expect(all.lines.prefix(count).sorted() == Array(all.lines.prefix(count)))
      #expect(
        await bench.run("multi_get_sortkeys big").lines.last == "\(count) sort keys got, fetch completed.")
      let last = await bench.run(#"multi_get_range big "" "" -r -n 5000 -i"#)
      #expect(last.lines.first == #""big" : "s102000""#)
      #expect(last.lines.last == "5000 key-value pairs got, fetch not completed.")
      // One row in seven thousand: the server gives up before it finds it.
      let rare = await bench.run(#"multi_get_range big "" "" -s postfix -y 6999"#)
      #expect(rare.lines == [#""big" : "s106999" => "v""#, "", "1 key-value pairs got, fetch completed."])
      let rareReverse = await bench.run(#"multi_get_range big "" "" -s postfix -y 100003 -r -n 3"#)
      #expect(rareReverse.lines == [#""big" : "s100003" => "v""#, "", "1 key-value pairs got, fetch completed."])
      let deleted = await bench.run("multi_del_range big s100000 s106000 -i")
      #expect(deleted.output == "OK, 6000 sort keys deleted.\n")
      #expect(await bench.run("count big").output == "1000\n")
    }
  }

  @Test func typedJSON() async throws {
    try await withBench(isJSON: true) { bench in
      await bench.run("set h s v 1000")
      let get = await bench.run("get h s").output
      #expect(get.contains("\"version\": 1"))
      #expect(get.contains("\"found\": true"))
      #expect(get.contains("\"value\": \"v\""))
      #expect(await bench.run("get h none").output.contains("\"found\": false"))
      await bench.run(#"set h b "\xff""#)
      #expect(await bench.run("get h b").output.contains(#""value_escaped": "\\xFF""#))
      let all = await bench.run("multi_get h")
      #expect(all.output.contains("\"count\": 2"))
      #expect(all.output.contains("\"complete\": true"))
      #expect(all.messages == "")
    }
  }

  @Test func tableThatIsNotThere() async throws {
    try await withBench { bench in
      bench.session.tableName = "nosuch"
      #expect(await bench.run("get h s").error?.message.contains("table 'nosuch' does not exist") == true)
      bench.session.tableName = nil
      #expect(await bench.run("get h s").error?.status == .usage)
    }
  }
}
