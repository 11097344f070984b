import EventLoop
import JSON
import Jobs
import PegasusClient
import TestSupport
import Testing

@testable import ShellCommands

/// The commands that list, steer and resume jobs.
@Suite(.serialized) struct JobCommandRunTests {
  static let rows = 400

  /// A journaled bench with 400 rows in `t1` and an empty `t2`.
  @LoopActor
  static func withJobs(
    isInteractive: Bool = false, _ body: @LoopActor (CommandBench) async throws -> Void
  ) async throws {
    try await withBench(isInteractive: isInteractive, isJournaled: true) { bench in
      _ = try await bench.session.cluster().createTable("t2", partitionCount: 3, replicaCount: 3)
      #expect(await bench.run("generate_data -n \(rows) -t 0").error == nil)
      try await body(bench)
    }
  }

  /// A copy that takes long enough to be looked at, in the background; job 2.
  @LoopActor
  static func beginSlowly(_ bench: CommandBench, _ options: String = "") async throws {
    let begun = await bench.run("copy_data -c A -a t2 --max_rows_per_second 20 \(options) &")
    #expect(begun.error == nil)
    #expect(begun.messages.contains("#2 copy_data A:t1 -> A:t2 runs in the background; 'attach 2' shows it"))
    try await eventually("some rows are copied") { @LoopActor in
      try await bench.session.jobs.record(JobID(rawValue: 2)).progress.map { $0.done > 5 } ?? false
    }
  }

  @LoopActor
  static func state(_ bench: CommandBench, _ number: Int64 = 2) async throws -> String {
    try await bench.session.jobs.record(JobID(rawValue: number)).stateName
  }

  @Test @LoopActor
  func aJobIsListedPausedHurriedStoppedAndResumed() async throws {
    try await Self.withJobs { bench in
      try await Self.beginSlowly(bench)
      let list = await bench.run("jobs")
      #expect(list.lines.count == 4)
      #expect(list.lines[2].hasPrefix("1   done     100.0%"))
      #expect(list.lines[3].hasPrefix("2   running  "))

      #expect(await bench.run("pause").output == "job 2 is paused\n")
      #expect(await bench.run("pause").error?.message == "there is no job to pause")
      let paused = await bench.run("job 2 -d")
      #expect(paused.output.contains("state            : paused"))
      #expect(paused.output.contains("[steps]") && paused.output.contains("[partitions]"))
      #expect(await bench.run("resume").output == "job 2 is running\n")

      #expect(await bench.run("rate").output == "job 2: 20 rows/s\n")
      #expect(await bench.run("rate 30 rows/s").output == "job 2: 30 rows/s\n")
      #expect(await bench.run("rate 2").output == "job 2: 30 rows/s\n")
      #expect(await bench.run("rate 2 fast").error?.status == .usage)

      #expect(await bench.run("stop").output == "job 2 is stopped\n")
      #expect(await bench.run("stop").error?.status == .usage)
      let kept = try await bench.session.jobs.record(JobID(rawValue: 2)).progress?.done ?? 0
      #expect(kept > 0 && kept < Int64(Self.rows))

      #expect(await bench.run("rate 2 off").output == "job 2: no limit\n")
      let end = await bench.run("resume 2")
      #expect(end.error == nil)
      #expect(end.messages.contains("job 2 goes on after \(kept) rows"))
      #expect(end.output == "Copy done, total \(Self.rows) rows.\n")
      #expect(end.messages.contains("read \(Self.rows) = copied \(Self.rows) + filtered 0"))
      #expect(await bench.run("verify_data -c A -a t2 --delay 0").error == nil)
      #expect(await bench.run("resume 2").error?.message == "job 2 is done: it cannot be resumed")
    }
  }

  @Test @LoopActor
  func wrongNumbersNameTheRightOnes() async throws {
    try await withBench(isJournaled: true) { bench in
      #expect(await bench.run("jobs").output == "No job was begun yet.\n")
      #expect(await bench.run("job 3").error?.advice == "no job was begun yet")
      await bench.run("generate_data -n 10")
      await bench.run("count_data -c")
      let wrong = await bench.run("attach 9")
      #expect(wrong.error?.message == "there is no job 9; did you mean 2?")
      #expect(wrong.error?.advice == "there are 1, 2")
      #expect(wrong.error?.status == .usage)
      #expect(await bench.run("attach 1").error?.status == .refused)
      #expect(await bench.run("attach").error?.message == "there is no job to attach to")
      #expect(bench.session.names.candidates(for: .job, prefix: "") == [])
      await bench.run("jobs -a")
      #expect(bench.session.names.candidates(for: .job, prefix: "") == ["1", "2"])
      #expect(bench.session.names.candidates(for: .resumableJob, prefix: "") == [])
    }
  }

  @Test @LoopActor
  func twoThatFitAreBothNamed() async throws {
    try await Self.withJobs { bench in
      try await Self.beginSlowly(bench)
      _ = try await bench.session.cluster().createTable("t3", partitionCount: 2, replicaCount: 3)
      #expect(await bench.run("copy_data -c A -a t3 --max_rows_per_second 20 &").error == nil)
      let which = await bench.run("pause")
      #expect(
        which.error?.message
          == "there are 2 jobs to pause: 2 (copy_data A:t1 -> A:t2, running); 3 (copy_data A:t1 -> A:t3, running)")
      #expect(try await Self.state(bench) == "running")
    }
  }

  @Test @LoopActor
  func twoJobsDoNotWriteIntoOneTableUnasked() async throws {
    try await withBench(assumesYes: false, isJournaled: true) { bench in
      _ = try await bench.session.cluster().createTable("t2", partitionCount: 3, replicaCount: 3)
      #expect(await bench.run("generate_data -n \(Self.rows) -t 0").error == nil)
      try await Self.beginSlowly(bench, "-p 0,1")
      let other = bench.anotherSession()
      // The other half of the same copy meets no row of the first one.
      let half = await bench.run("copy_data -c A -a t2 -p 2,3 --no_overwrite", in: other)
      #expect(half.error == nil)
      let refused = await bench.run("copy_data -c A -a t2 -p 1-3 --no_overwrite", in: other)
      #expect(refused.error?.status == .refused)
      #expect(
        refused.error?.message.hasPrefix(
          "Job 2 (copy_data A:t1 -> A:t2, running) writes into A:t2 as well. Write into it from two sides?") == true)
      #expect(refused.error?.message.contains("--yes") == true)
      other.tableName = "t2"
      #expect(await bench.run("generate_data -n 10", in: other).error?.message.hasPrefix("Job 2 (") == true)
      #expect(await bench.run("generate_data -n 10 --yes", in: other).error == nil)
      #expect(await bench.run("stop 2", in: other).error == nil)
      #expect(await bench.run("generate_data -n 10", in: other).error == nil)
      await other.jobs.close()
    }
  }

  @Test @LoopActor
  func aDryRunNamesAnotherWriter() async throws {
    try await withBench(assumesYes: false, isJournaled: true) { bench in
      _ = try await bench.session.cluster().createTable("t2", partitionCount: 3, replicaCount: 3)
      #expect(await bench.run("generate_data -n \(Self.rows) -t 0").error == nil)
      try await Self.beginSlowly(bench, "-p 0,1")
      // However long the looks take.
      #expect(await bench.run("pause 2").error == nil)
      let other = bench.anotherSession()
      try await eventually("the other shell knows") { @LoopActor in
        try await other.jobs.record(JobID(rawValue: 2)).state == .paused
      }
      let line = "copy_data -c A -a t2 --no_overwrite --dry_run"
      let shown = await bench.run("\(line) -p 1-3", in: other)
      let what = "job 2 (copy_data A:t1 -> A:t2, paused) writes into A:t2 as well"
      #expect(shown.error?.status == .refused && shown.error?.message == "the copy would ask: \(what)")
      #expect(shown.output.contains(what), "\(shown)")
      let document = try JSONParser.parse(await bench.run("\(line) -p 1-3 -j --yes", in: other).output.utf8)
      #expect(document["verdict"] == "asks")
      #expect(document["findings"]?.elements.contains { $0["check"] == "activity" && $0["asks"] == true } == true)
      // What the real copy would not ask about, it does not mention either.
      let half = await bench.run("\(line) -p 2,3", in: other)
      #expect(half.error == nil && !half.output.contains("as well"), "\(half)")
      #expect(await bench.run("stop 2", in: other).error == nil)
      #expect(await bench.run("\(line) -p 1-3", in: other).error == nil)
      await other.jobs.close()
    }
  }

  @Test @LoopActor
  func onlyJobsRunInTheBackground() async throws {
    try await withBench { bench in
      let refused = await bench.run("ls &")
      #expect(refused.error?.status == .usage)
      #expect(
        refused.error?.message.contains("'ls' does not run in the background; these do: copy_data, clear_data,") == true
      )
    }
  }

  @Test @LoopActor
  func cancellingAsksAndIsForGood() async throws {
    try await Self.withJobs { bench in
      try await Self.beginSlowly(bench)
      #expect(await bench.run("cancel 2").output == "job 2 is cancelled\n")
      #expect(await bench.run("resume 2").error?.status == .refused)
      let again = await bench.run("cancel 2")
      #expect(again.error?.status == .refused && again.error?.message == "job 2 is cancelled, not running")
      #expect(await bench.run("pause 2").error?.advice == "'report 2' tells what it did")
    }
    try await withBench(isInteractive: true, assumesYes: false, isJournaled: true) { bench in
      await bench.run("generate_data -n 10")
      bench.input.set(["no"])
      _ = try await bench.session.cluster().createTable("t2", partitionCount: 3, replicaCount: 3)
      await bench.run("copy_data -c A -a t2 --max_rows_per_second 1 &")
      #expect(await bench.run("cancel 2").error?.status == .refused)
      #expect(try await Self.state(bench) == "running")
    }
  }

  @Test @LoopActor
  func theirAnswersAreJSONWhereThatIsWanted() async throws {
    try await withBench(isJSON: true, isJournaled: true) { bench in
      _ = try await bench.session.cluster().createTable("t2", partitionCount: 3, replicaCount: 3)
      await bench.run("generate_data -n 400 -t 0")
      await bench.run("copy_data -c A -a t2 --max_rows_per_second 20 &")
      for (command, state) in [
        ("pause", "paused"), ("resume", "running"), ("stop", "stopped"), ("cancel", "cancelled"),
      ] {
        let answer = try JSONParser.parse(await bench.run("\(command) 2").output.utf8)
        #expect(answer["job"] == 2 && answer["state"]?.text == state)
      }
    }
  }

  @Test @LoopActor
  func countingAndGeneratingBeginAnew() async throws {
    try await Self.withJobs { bench in
      #expect(await bench.run("generate_data -n 200000 &").error == nil)
      #expect(await bench.run("pause 2").output == "job 2 is paused\n")
      #expect(await bench.run("stop 2").output == "job 2 is stopped\n")
      #expect(await bench.run("job 2").output.contains("'resume 2' begins anew: the same rows are written again"))
      let again = await bench.run("resume 2 &")
      #expect(again.messages.contains("job 2 begins anew: the same rows are written again"))
      #expect(await bench.run("stop 2").error == nil)
    }
  }

  @Test @LoopActor
  func whatHappensIsAlsoWrittenForPrograms() async throws {
    try await Self.withJobs { bench in
      let file = bench.directory.file("events.ndjson")
      #expect(await bench.run("copy_data -c A -a t2 --events \(file)").error == nil)
      let lines = (bench.directory.read("events.ndjson") ?? "").split(separator: "\n")
      let events = try lines.map { try JSONParser.parse($0.utf8) }
      #expect(events.allSatisfy { $0["version"] == 1 && $0["job"] == 2 })
      #expect(events.prefix(2).map { $0["event"]?.text } == ["plan", "started"])
      #expect(events.contains { $0["event"]?.text == "step_done" })
      #expect(events.last?["event"]?.text == "summary")
      let nowhere = await bench.run("copy_data -c A -a t2 --events \(bench.directory.file("no/such/file"))")
      #expect(nowhere.error?.status == .usage)
      #expect(try await bench.session.jobs.list().count == 2, "nothing was begun")
    }
  }

  @Test @LoopActor
  func programsGetDocuments() async throws {
    try await Self.withJobs { bench in
      try await Self.beginSlowly(bench)
      func document(_ line: String) async throws -> JSONValue {
        try JSONParser.parse(await bench.run(line).output.utf8)
      }
      let list = try await document("jobs -j")
      #expect(list["version"] == 1)
      #expect(list["jobs"]?.elements.map { $0["state"] } == ["done", "running"])
      #expect(list["jobs"]?.elements.last?["progress"]?["unit"] == "rows")
      #expect(await bench.run("stop 2").error == nil)
      let job = try await document("job 2 -d -j")
      #expect(job["parameters"]?["target"]?["table"] == "t2" && job["resumable"] == true)
      #expect(job["checkpoints"]?.elements.allSatisfy { $0["step"] == "transfer" } == true)
      await bench.run("jobs -j -o \(bench.directory.file("jobs.json"))")
      #expect(bench.directory.read("jobs.json")?.contains("\"resumable\": true") == true)
    }
  }

  @Test @LoopActor
  func whatIsOverCanBeForgotten() async throws {
    try await Self.withJobs { bench in
      try await Self.beginSlowly(bench)
      #expect(await bench.run("jobs --forget_after 1").messages.contains("0 jobs forgotten"))
      #expect(await bench.run("jobs --forget_after 0").messages.contains("1 jobs forgotten"))
      #expect(try await bench.session.jobs.list().map(\.id.rawValue) == [2], "what is not over stays")
    }
  }

  @Test @LoopActor
  func aReportCanBeHandedOver() async throws {
    try await Self.withJobs { bench in
      let text = await bench.run("report").output
      #expect(text.hasPrefix("# Job 1: A:t1\n") && text.contains("generate_data -n 400 -t 0"))
      #expect(!text.contains("INFO:"))
      #expect(await bench.run("report 1 -j").output.contains("\"version\": 1"))
      await bench.run("report 1 --html -o \(bench.directory.file("r.html"))")
      #expect(bench.directory.read("r.html")?.contains("</html>") == true)
      #expect(await bench.run("report 1 --html --json").error?.status == .usage)
    }
  }
}
