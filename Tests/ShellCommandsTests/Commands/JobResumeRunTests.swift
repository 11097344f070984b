import CommandLineKit
import Configuration
import EventLoop
import Glibc
import Jobs
import Onebox
import PegasusClient
import TestSupport
import Testing

@testable import ShellCommands

/// When a job may go on, when not, and what is said about it.
@Suite(.serialized) struct JobResumeRunTests {
  /// A bench with job 2, a copy of `t1` into `t2` that was stopped on its way.
  @LoopActor
  private func withStoppedCopy(
    _ options: String = "", _ body: @LoopActor (CommandBench) async throws -> Void
  ) async throws {
    try await JobCommandRunTests.withJobs { bench in
      try await JobCommandRunTests.beginSlowly(bench, options)
      #expect(await bench.run("stop 2").output == "job 2 is stopped\n")
      try await body(bench)
    }
  }

  @Test @LoopActor
  func anotherTableUnderTheSameNameIsNotTheTarget() async throws {
    try await withStoppedCopy { bench in
      let cluster = try bench.session.cluster()
      try await cluster.dropTable("t2", reserveSeconds: 1)
      let gone = await bench.run("resume 2")
      #expect(gone.error?.status == .refused)
      #expect(gone.error?.message.contains("the target table 't2' of A does not exist any more") == true)
      _ = try await cluster.createTable("t2", partitionCount: 5, replicaCount: 3)
      let changed = await bench.run("resume 2").error
      #expect(changed?.message.contains("the target table 't2' of A was dropped and created again (id ") == true)
      #expect(changed?.message.contains("the target table 't2' of A had 3 partitions, now 5") == true)
      #expect(changed?.advice == "copy_data begins anew with the tables as they are now")
      #expect(try await JobCommandRunTests.state(bench) == "stopped")
    }
  }

  @Test @LoopActor
  func whatHasComeToStandInTheWayIsNamed() async throws {
    try await withStoppedCopy { bench in
      bench.session.tableName = "t2"
      #expect(await bench.run("set_app_envs replica.deny_client_request reconfig*write").error == nil)
      bench.session.tableName = "t1"
      let events = bench.directory.write("events.ndjson", "of the first run\n")
      for line in ["resume 2 --events \(events)", "copy_data -c A -a t2 --resume"] {
        let refused = await bench.run(line)
        #expect(refused.error?.status == .refused)
        #expect(refused.error?.message.hasPrefix("the copy does not go on: A:t2 refuses writes") == true)
        #expect(refused.error?.advice.contains("del_app_envs replica.deny_client_request") == true)
      }
      let state = try await JobCommandRunTests.state(bench)
      #expect(state == "stopped")
      #expect(bench.directory.read("events.ndjson") == "of the first run\n", "nothing has happened")

      bench.session.tableName = "t2"
      #expect(await bench.run("del_app_envs replica.deny_client_request").error == nil)
      #expect(await bench.run("rate 2 off").error == nil)
      #expect(await bench.run("resume 2 --events \(events)").error == nil)
      #expect(bench.directory.read("events.ndjson")?.hasPrefix(#"{"version":1,"#) == true)
    }
  }

  @Test @LoopActor
  func aTargetThatWasClearedHasLostWhatWasCopied() async throws {
    try await withStoppedCopy { bench in
      bench.session.tableName = "t2"
      #expect(await bench.run("clear_data --force").error == nil)
      bench.session.tableName = "t1"
      let error = await bench.run("resume 2").error
      #expect(error?.status == .refused)
      #expect(error?.message.contains("the target table 't2' of A was cleared (job 3)") == true)
    }
  }

  @Test @LoopActor
  func anotherClusterUnderTheSameNameIsNotTheSource() async throws {
    try await withStoppedCopy { bench in
      let other = try ShellConfiguration(
        path: bench.directory.write("other.ini", "[pegasus.clusters]\nA = 127.0.0.1:1,127.0.0.1:2\n"))
      let session = Session(
        configuration: other, options: bench.session.options, output: bench.session.output, registry: shellCommands,
        jobsDirectory: bench.directory.file("jobs"))
      let error = await bench.run("resume 2", in: session).error
      #expect(error?.status == .refused)
      let servers = "127.0.0.1:\(bench.server.metaPort), now 127.0.0.1:1,127.0.0.1:2"
      #expect(error?.message.contains("the meta servers of the source cluster 'A' were \(servers)") == true)
      #expect(error?.message.contains("the meta servers of the target cluster 'A' were \(servers)") == true)
      let none = Session(
        configuration: ShellConfiguration(), output: bench.session.output, registry: shellCommands,
        jobsDirectory: bench.directory.file("jobs"))
      #expect(
        await bench.run("resume 2", in: none).error?.message
          .contains("the source cluster 'A' is not configured any more") == true)
    }
  }

  @Test @LoopActor
  func theSameLineWithResumeGoesOn() async throws {
    try await withStoppedCopy("-e") { bench in
      let other = await bench.run("copy_data -c A -a t2 --resume -t 777 -h prefix -x user")
      #expect(other.error?.status == .refused)
      #expect(other.error?.message.contains("job 2 cannot go on, because it was begun with other options:") == true)
      #expect(other.error?.message.contains("timeout_ms was 5000, now 777") == true)
      #expect(other.error?.message.contains("no_ttl was true, now false") == true)
      #expect(other.error?.message.contains("hash_key_filter was not set, now 'prefix user'") == true)

      let unknown = await bench.run("copy_data -c A -a t9 --resume")
      #expect(unknown.error?.message == "no unfinished copy of A:t1 -> A:t9 is known")

      let done = await bench.run("copy_data -c A -a t2 -e --resume --max_rows_per_second 1000000")
      #expect(done.error == nil)
      #expect(done.messages.contains("job 2 goes on after "))
      #expect(done.output == "Copy done, total \(JobCommandRunTests.rows) rows.\n")
      let all = try await bench.session.jobs.list()
      #expect(all.count == 2)
    }
  }

  @Test @LoopActor
  func aCopyThatBeginsAnewSaysThatThereIsAnother() async throws {
    try await withStoppedCopy { bench in
      let anew = await bench.run("copy_data -c A -a t2")
      #expect(anew.error == nil)
      #expect(anew.messages.contains("this copy begins anew; job 2 of the same tables is stopped"))
      #expect(anew.messages.contains("'resume 2' would go on with it"))
      // Nothing is left to be done.
      let again = await bench.run("copy_data -c A -a t2 --resume")
      #expect(again.error?.message == "no unfinished copy of A:t1 -> A:t2 is known")
    }
  }

  @Test @LoopActor
  func aRemovedJournalIsSaid() async throws {
    try await withStoppedCopy { bench in
      #expect(rename(bench.directory.file("jobs"), bench.directory.file("gone")) == 0)
      let list = await bench.run("jobs")
      #expect(list.messages.hasPrefix("WARNING: the journal "))
      #expect(list.messages.contains("none can be resumed once this shell has ended"))
      #expect(list.output.contains("2   stopped"))
      #expect(await bench.run("rate 2 off").error == nil)
      let end = await bench.run("resume 2")
      #expect(end.error == nil && end.messages.contains("none can be resumed once this shell has ended"))
    }
  }

  @Test @LoopActor
  func aNewerShellsJobIsLeftAlone() async throws {
    try await withBench(isJournaled: true) { bench in
      let table = try bench.session.table()
      let here = try #require(bench.session.definition)
      let plan = GeneratePlan(
        table: try await TableIdentity(of: table, in: here), count: 1, seed: 1, ttlPercent: 0, valueSize: 0, prefix: [])
      for (kind, version) in [("generate_data", 99), ("teleport_data", 1)] {
        let job = try await bench.session.jobs.start(
          JobPlan(version: version, kind: kind, title: "t", commandLine: "", parameters: plan.parameters, steps: [])
        ) { IdleWork($0) }
        job.stop()
        _ = await job.outcome()
        let error = await bench.run("resume \(job.id)").error
        #expect(error?.status == .refused)
        #expect(error?.message == "this shell does not know how to do '\(kind)' jobs of version \(version)")
      }
    }
  }

  @Test @LoopActor
  func twoShellsShareTheJobsAndNeverRunOneTwice() async throws {
    try await JobCommandRunTests.withJobs { bench in
      try await JobCommandRunTests.beginSlowly(bench)
      let other = bench.anotherSession()
      #expect(await bench.run("jobs", in: other).output.contains("2   running  "))
      let twice = await bench.run("resume 2", in: other)
      #expect(twice.error?.status == .refused)
      #expect(twice.error?.message.hasPrefix("job 2 is being worked on by process ") == true)
      #expect(await bench.run("copy_data -c A -a t2 --resume", in: other).error?.status == .refused)

      #expect(await bench.run("pause 2", in: other).output == "job 2 is paused\n")
      #expect(bench.session.jobs.running.first?.state == .paused)
      #expect(await bench.run("rate 2 55", in: other).output == "job 2: 55 rows/s\n")
      #expect(await bench.run("resume 2", in: other).output == "job 2 is running\n")
      #expect(bench.session.jobs.running.first?.rate == JobRate(unitsPerSecond: 55))

      #expect(await bench.run("rate 2 250", in: other).error == nil)
      let seen = await bench.run("attach 2", in: other)
      #expect(seen.error == nil)
      #expect(seen.output == "Copy done, total \(JobCommandRunTests.rows) rows.\n")
      await other.jobs.close()
    }
  }

  @Test @LoopActor
  func aJobCanBeStoppedFromElsewhereAndGoOnThere() async throws {
    try await JobCommandRunTests.withJobs { bench in
      try await JobCommandRunTests.beginSlowly(bench)
      let other = bench.anotherSession()
      #expect(await bench.run("stop 2", in: other).output == "job 2 is stopped\n")
      #expect(await bench.run("rate 2 off", in: other).error == nil)
      let end = await bench.run("resume 2", in: other)
      #expect(end.error == nil && end.output == "Copy done, total \(JobCommandRunTests.rows) rows.\n")
      #expect(await bench.run("jobs").output.contains("2   done "))
      await other.jobs.close()
    }
  }
}

/// Waits until it is stopped.
@LoopActor
private final class IdleWork: JobWork {
  init(_ job: Job) {}

  func run(in job: Job) async throws -> JobOutcome {
    try await loopSleep(.seconds(600))
    return JobOutcome(isComplete: true, headline: "")
  }
}
