import JSON
import Jobs
import Testing

@Suite struct JobReportTests {
  private static let evil = "a|b<script>alert(1)</script>`c`_d_*e*&amp;[x](y)\n# \u{1B}[31m\u{202E}"

  private func report(_ name: String) -> JobReport {
    let plan = JobPlan(
      kind: "copy_data", title: "A:\(name) -> B:\(name)", commandLine: "copy_data -c B -a '\(name)' ```",
      parameters: .object(["source": .object(["table": .string(name)]), "parts": .array([1, 2])]),
      steps: [StepPlan(name: "copy", title: "Copy \(name)")])
    var progress = JobProgress(step: "copy", verb: "Copy", unit: "rows")
    progress.elapsed = .seconds(3725)
    progress.done = 7450
    progress.bytes = 3_145_728
    progress.account = [.init(name: "read", count: 7450)]
    progress.retries = 4
    progress.lastRetryReason = name
    let id = JobID(rawValue: 7)
    let record = JobRecord(
      id: id, plan: plan, state: .done, isHeld: false, owner: "process 12 on host", createdAt: 1_700_000_000_000,
      startedAt: 1_700_000_001_000, endedAt: 1_700_003_726_000,
      steps: [
        StepRecord(
          plan: plan.steps[0], state: .done, startedAt: 1_700_000_001_000, endedAt: 1_700_003_726_000,
          detail: .object(["id": "b-1"]))
      ], progress: progress,
      outcome: JobOutcome(
        isComplete: true, headline: "Copy done, total 7450 rows.", lines: ["line of \(name)"],
        advice: "Run verify_data.",
        result: .object(["undo": .string("clear_data \(name)")])), operatorName: "ann",
      rate: JobRate(unitsPerSecond: 5000))
    let events = [
      JobEvent(time: 1_700_000_001_000, job: id, kind: "started", fields: ["owner": "process 12 on host"]),
      JobEvent(time: 1_700_000_002_000, job: id, kind: "warning", fields: ["message": .string("odd: \(name)")]),
    ]
    return JobReport(record: record, events: events)
  }

  @Test func markdownHasAllThatAReaderAsksFor() {
    let text = report("users").markdown
    for part in [
      "# Job 7: A:users -> B:users\n", "````\ncopy_data -c B -a 'users' ```\n````", "| State | done |",
      "| Planned by | ann |", "| Begun | 2023-11-14 22:13:21 UTC |", "| Working time | 1 h 02 min |",
      "| Limit | 5000 rows/s |", "Copy done, total 7450 rows.", "## What to do next\n\nRun verify_data.",
      "## How to undo it\n\nclear_data users", "- 2023-11-14 22:13:22 UTC warning: odd: users",
      "| source.table | users |",
      "| read | 7450 |", "3145728 (3.0 MiB)", "| rows per second, on average | 2.0 |", "| retries | 4 |",
      "| Copy users | done | 2023-11-14 22:13:21 UTC | 1 h 02 min |",
    ] {
      #expect(text.contains(part), "\(part)\n\(text)")
    }
  }

  @Test func nothingInANameBreaksTheMarkdown() {
    let text = report(Self.evil).markdown
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
    var isCode = false
    var cells: [Int] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isCode.toggle()
        continue
      }
      if isCode { continue }
      #expect(!line.replacing("\\<", with: "").contains("<"), "\(line)")
      #expect(!line.replacing("\\`", with: "").contains("`"), "\(line)")
      #expect(!line.replacing("\\[", with: "").contains("["), "\(line)")
      guard line.hasPrefix("|") else {
        cells = []
        continue
      }
      let count = line.replacing("\\|", with: "").filter { $0 == "|" }.count
      cells.append(count)
      #expect(count == cells[0], "\(line)")
    }
    #expect(text.contains(#"A:a\|b\<script>alert(1)\</script>\`c\`\_d\_\*e\*\&amp;\[x\](y) # "#), "\(text)")
  }

  @Test func namesKeepTheirUnderscores() {
    #expect(report("user_profile_2").markdown.contains("# Job 7: A:user_profile_2 -> B:user_profile_2"))
    #expect(report("x").markdown.contains("| Kind | copy_data |"))
  }

  @Test func nothingInANameBreaksThePage() {
    let page = report(Self.evil + "\"'").html
    #expect(!page.contains("<script"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;`c`_d_*e*&amp;amp;[x](y) # "))
    #expect(page.contains("&quot;&#39;"))
    #expect(!page.contains("http:") && !page.contains("https:") && !page.contains("src="))
    for tag in ["table", "tr", "td", "ul", "li", "pre", "p", "h1", "h2"] {
      #expect(page.count("<\(tag)>") == page.count("</\(tag)>"), "\(tag)")
    }
  }

  @Test func theJSONIsTheRecordWithItsEvents() throws {
    let json = try JSONParser.parse(report(Self.evil).json.text().utf8)
    #expect(json["job"] == 7 && json["version"] == 1 && json["state"] == "done" && json["interrupted"] == false)
    #expect(json["parameters"]?["source"]?["table"]?.text == Self.evil)
    #expect(json["events"]?.elements.compactMap { $0["event"]?.text } == ["started", "warning"])
    #expect(json["steps"]?.elements.first?["detail"]?["id"] == "b-1")
    #expect(json["rate"] == "5000 rows/s")
  }

  @Test func whatDidNotEndSaysSo() {
    var report = report("users")
    report.record.outcome = nil
    report.record.state = .running
    #expect(report.markdown.contains("| State | interrupted |"))
    #expect(report.markdown.contains("It can be resumed: resume 7"))
    report.record.isHeld = true
    #expect(report.markdown.contains("It is not at its end."))
    report.record.isHeld = false
    report.record.outcome = JobOutcome(isComplete: false, headline: "", advice: "switch it on; then 'resume'")
    #expect(report.markdown.contains("switch it on; then 'resume 7'"))
    #expect(!report.markdown.contains("It can be resumed"), "that was said")
    report.record.state = .failed
    report.record.outcome = nil
    report.record.error = "table dropped"
    #expect(report.markdown.contains("It failed: table dropped"))
  }
}

extension String {
  fileprivate func count(_ part: String) -> Int { ranges(of: part).count }
}
