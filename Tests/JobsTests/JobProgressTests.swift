import JSON
import Testing

@testable import Jobs

@Suite struct JobProgressTests {
  private static var full: JobProgress {
    var progress = JobProgress(step: "copy", verb: "Copy", unit: "rows")
    progress.elapsed = .milliseconds(61_500)
    progress.account = [.init(name: "read", count: 12), .init(name: "copied", count: 10)]
    progress.done = 12
    progress.doneBefore = 4
    progress.total = 100
    progress.fraction = 0.12
    progress.bytes = 4096
    progress.rate = 2.5
    progress.lastSecond = 3
    progress.secondsLeft = 35
    progress.parts = [.init(number: 3, state: "running", done: 7, note: "a \"note\"")]
    progress.finishedParts = 1
    progress.partCount = 8
    progress.slowestPart = .init(number: 3, state: "running", done: 7)
    progress.retries = 2
    progress.lastRetryReason = "busy"
    progress.limit = "5000 rows/s"
    progress.slowed = "target p99 84 ms > 50 ms"
    progress.ending = "stopping"
    progress.isWatched = true
    return progress
  }

  @Test func itsJSONStaysAsItIs() {
    #expect(
      Self.full.json.text(indent: nil) == #"""
        {"step":"copy","verb":"Copy","unit":"rows","elapsed_ms":61500,"account":{"read":12,"copied":10},"done":12,\#
        "done_before":4,"total":100,"fraction":0.12,"bytes":4096,"rate":2.5,"last_second":3,"seconds_left":35.0,"steady":true,\#
        "finished_parts":1,"part_count":8,"slowest_part":{"number":3,"state":"running","done":7,"note":""},\#
        "parts":[{"number":3,"state":"running","done":7,"note":"a \"note\""}],"retries":2,"last_retry_reason":"busy",\#
        "limit":"5000 rows/s","slowed":"target p99 84 ms > 50 ms","ending":"stopping","watched":true}
        """#)
  }

  @Test func itIsReadBackAsItWasWritten() throws {
    let empty = JobProgress(step: "", verb: "", unit: "")
    for progress in [Self.full, empty] {
      let text = progress.json.text(indent: nil)
      #expect(JobProgress(json: try JSONParser.parse(text.utf8)) == progress)
    }
  }

  @Test func whatIsMissingIsNothingAndWhatIsStrangeIsNoProgress() throws {
    let small = try JSONParser.parse(#"{"step":"a","verb":"b","unit":"c","done":"many","total":1.5,"parts":[1]}"#.utf8)
    #expect(JobProgress(json: small) == JobProgress(step: "a", verb: "b", unit: "c"))
    #expect(JobProgress(json: .array([])) == nil)
    #expect(JobProgress(json: .object([:])) == nil)
  }

  @Test func theJournalKeepsOnlySomeParts() {
    var progress = Self.full
    progress.parts = (0..<10_000).map { .init(number: $0, state: "running", done: 0) }
    #expect(progress.trimmed.parts.count == JobProgress.journaledParts)
    #expect(progress.trimmed.partCount == 8)
  }

  @Test func outcomesAreReadBack() throws {
    let outcome = JobOutcome(
      isComplete: false, status: 3, headline: "12 rows failed", lines: ["a", "b"], advice: "resume 7",
      result: .object(["failed": 12]))
    #expect(JobOutcome(json: try JSONParser.parse(outcome.json.text().utf8)) == outcome)
    #expect(JobOutcome(json: .null) == nil)
  }
}
