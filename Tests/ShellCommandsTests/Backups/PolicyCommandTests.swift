import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import ShellCommands

@Suite(.serialized) struct PolicyCommandTests {
  @Test @LoopActor
  func policiesAreAddedShownAndChanged() async throws {
    try await withBench { bench in
      let id = try #require(try await bench.session.cluster().tableInfo("t1")).appId
      let added = await bench.run("add_backup_policy -p p1 -b local_service -a \(id) -i 86400 -s 24:0 -c 3")
      #expect(added.output == "add backup policy succeed, policy_name = p1\n")
      let list = await bench.run("ls_backup_policy")
      #expect(
        list.output.hasPrefix(
          """
          [p1]
          backup_provider_type  : local_service
          backup_interval       : 86400s       
          app_ids               : {\(id)}          
          start_time            : 24:00        
          status                : enabled      
          backup_history_count  : 3            

          """))
      // The first backup begins at once.
      try await eventually("the policy has made a backup") {
        await bench.run("query_backup_policy -p p1").output.contains("[p1_backup_info]")
      }
      let query = await bench.run("query_backup_policy -p p1 -j")
      #expect(query.output.contains(#""app_ids": "{\#(id)}""#) && query.output.contains(#""p1_backup_info""#))
      #expect(
        await bench.run("query_backup_policy -p nosuch").error?.message.contains("ERR_INVALID_PARAMETERS") == true)

      #expect(await bench.run("modify_backup_policy -p p1 -c 5 -s 2:30").output == "Modify policy result: ERR_OK\n")
      #expect(await bench.run("disable_backup_policy -p p1 -f").output == "disable policy result: ERR_OK\n")
      let after = await bench.run("ls_backup_policy").output
      #expect(after.contains("start_time            : 02:30") && after.contains("disabled") && after.contains(" 5 "))
      #expect(await bench.run("enable_backup_policy -p p1").output == "enable policy result: ERR_OK\n")
    }
  }

  @Test(arguments: [
    ("add_backup_policy -p 1x -b s -a 1 -i 86400 -c 3", "invalid policy_name: '1x'"),
    ("add_backup_policy -p p -b s -a 0 -i 86400 -c 3", "invalid app_id, 0"),
    ("add_backup_policy -p p -b s -a 1 -i 0 -c 3", "invalid backup_interval_seconds: 0, should > 0"),
    ("add_backup_policy -p p -b s -a 1 -i 86400 -c 0", "invalid backup_history_cnt: 0, should > 0"),
    (
      "add_backup_policy -p p -b s -a 1 -i 86400 -c 1 -s 25:00",
      "invalid start time: 25:00, should like this hour:minute"
    ),
    (
      "add_backup_policy -p p -b s -a 1 -i 86400 -c 1 -s 24:01",
      "invalid start time: 24:01, should like this hour:minute"
    ),
    ("query_backup_policy -p a,a", "duplicate policy_name"), ("modify_backup_policy -p p", "nothing is to be changed"),
  ])
  @LoopActor
  func whatCannotBeMeantIsRefused(_ line: String, _ message: String) async throws {
    do {
      _ = try shellCommands.resolve(Tokenizer.statement(line).tokens)
      Issue.record("'\(line)' was taken")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }

  @Test @LoopActor
  func aServersRefusalIsNamed() async throws {
    try await withBench { bench in
      let short = await bench.run("add_backup_policy -p p1 -b local_service -a t1 -i 100 -s 24:0 -c 3")
      #expect(short.error?.message.hasPrefix("add backup policy failed, err = ERR_INVALID_PARAMETERS: ") == true)
      let absent = await bench.run("disable_backup_policy -p nosuch")
      #expect(absent.error?.message.hasPrefix("disable backup policy failed, err = ") == true)
    }
  }
}
