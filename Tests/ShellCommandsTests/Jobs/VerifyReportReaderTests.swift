import Bytes
import Copying
import EventLoop
import JSON
import PegasusProtocol
import TestSupport
import Testing

@testable import ShellCommands

@Suite struct VerifyReportReaderTests {
  private static let heading =
    #"{"type":"verify","version":1,"source":"A:t","target":"B:u","source_table":{"cluster":"A","meta_list":"127.0.0.1:1","table":"t","app_id":2,"partition_count":4},"target_table":{"cluster":"B","meta_list":"127.0.0.1:2","table":"u","app_id":3,"partition_count":8},"partitions":null,"sample":1,"no_ttl":false,"ttl_tolerance":5}"#
  private static let summary = #"{"type":"summary","complete":true,"unlisted":0}"#

  private static func row(_ sign: String, _ verdict: String, _ key: String) -> String {
    #"{"type":"row","sign":"\#(sign)","verdict":"\#(verdict)","key_hex":"\#(key)","source":{"value_bytes":3,"value_crc64":"00000000000000ff","expires_at":1451606407},"target":null}"#
  }

  private let directory = TemporaryDirectory("report")

  private func file(_ lines: [String]) -> String {
    directory.write("r.ndjson", lines.joined(separator: "\n") + "\n")
  }

  @LoopActor
  private func findings(_ path: String) async throws -> [RepairFinding] {
    let reader = try VerifyReportReader(path: path)
    var findings: [RepairFinding] = []
    while let next = try await reader.next() { findings.append(next) }
    return findings
  }

  @Test @LoopActor
  func aReportIsReadTwice() async throws {
    // More than is read at once.
    var lines = [Self.heading]
    for number in 0..<1000 {
      lines.append(
        Self.row(
          number % 4 == 0 ? "-" : "+", number % 4 == 0 ? "extra" : "missing", "0001\(Hex.encode([UInt8(number % 200)]))"
        ))
    }
    lines += [Self.row("=", "expired", "000131"), Self.row("!", "changed_meanwhile", "000132"), Self.summary]
    let path = file(lines)
    let contents = try await VerifyReportReader.check(path)
    #expect(contents.lines == 1004 && contents.rows == 1002 && contents.settled == 1 && contents.extra == 250)
    #expect(contents.isComplete && contents.unlisted == 0)
    #expect(contents.heading.source.title == "A:t" && contents.heading.target.partitionCount == 8)
    #expect(contents.heading.expiry == ExpiryRule(isIgnored: false, tolerance: 5))

    let rows = try await findings(path)
    #expect(rows.map(\.line) == Array(2...1003))
    #expect(rows[1].verdict == .missing && rows[1].key.encoded == [0, 1, 1])
    #expect(rows[1].source == RowLook(valueLength: 3, valueChecksum: 255, expiry: 7) && rows[1].target == nil)
    #expect(rows[1000].agrees && !rows[1001].agrees && rows[1001].verdict == .changedMeanwhile)

    // Every byte counts, and every place.
    var swapped = lines
    swapped.swapAt(2, 3)
    #expect(try await VerifyReportReader.check(file(swapped)).fingerprint != contents.fingerprint)
  }

  @Test(
    arguments: [
      (["x"], 1, "not JSON"), ([""], 1, "not JSON"), ([heading, "{}", summary], 2, "type"),
      ([heading, row("+", "extra", "0000"), summary], 2, "sign"),
      ([heading, row("+", "missing", "0000"), row("+", "missing", "00"), summary], 3, "key_hex"),
      ([heading, row("+", "missing", "0005aa"), summary], 2, "key_hex"),
      ([row("+", "missing", "0000"), summary], 1, "heading"), ([summary], 1, "heading"),
      ([heading, heading], 2, "heading"),
      ([heading, row("+", "missing", "0000")], 3, "summary"), ([heading, summary, summary], 3, "summary"),
      ([heading.replacing("\"version\":1", with: "\"version\":2")], 1, "version"),
      ([heading.replacing("source_table", with: "source_tab")], 1, "both tables"),
      ([heading.replacing("no_ttl", with: "ttl")], 1, "expiries"),
      ([heading, row("+", "missing", "0000").replacing("00000000000000ff", with: "ff"), summary], 2, "row held"),
      (
        [heading, row("+", "missing", "0000").replacing("1451606407", with: "-9223372036854775808"), summary], 2,
        "expires_at"
      ),
      ([heading, String(repeating: "[", count: 1 << 21)], 2, "not JSON"),
    ] as [([String], Int, String)])
  @LoopActor
  func aMalformedLineIsNamed(_ lines: [String], _ number: Int, _ reason: String) async throws {
    let path = file(lines)
    let error = await #expect(throws: ShellError.self) { try await VerifyReportReader.check(path) }
    #expect(error?.status == .refused)
    #expect(error?.message.hasPrefix("line \(number) of \(path): ") == true, "\(error?.message ?? "")")
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test @LoopActor
  func whatIsNoFileIsRefused() async throws {
    for path in [directory.path, directory.file("absent"), "/dev/null"] {
      await #expect(throws: ShellError.self) { try await VerifyReportReader.check(path) }
    }
  }

  @Test @LoopActor
  func thePlanComesBack() async throws {
    let contents = try await VerifyReportReader.check(file([Self.heading, Self.summary]))
    var options = RepairOptions()
    options.expiry = contents.heading.expiry
    options.deletesExtra = true
    options.isUnconditional = true
    options.maxConcurrentRows = 7
    options.timeout = .milliseconds(300)
    let plan = RepairPlan(report: "/r", contents: contents, options: options)
    let read = try RepairPlan(plan.parameters)
    #expect(read.parameters == plan.parameters)
    #expect(read.options.expiry == options.expiry && read.options.deletesExtra && !read.options.isDryRun)
    #expect(read.options.maxConcurrentRows == 7 && read.options.timeout == options.timeout)
    #expect(throws: ShellError.self) { try RepairPlan(.object([:])) }
  }
}
