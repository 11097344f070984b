import JSON
import Glibc
import Testing

@testable import Terminal

@Suite struct OutputTests {
  @Test func columnsThatMeetBackToBackStandApart() {
    var table = TextTable("t", columns: [TextTable.Column("id", .right), TextTable.Column("state")])
    table.add(row: [.text("12"), .text("running")])
    #expect(table.text() == "[t]\n  id  state    \n  12  running  \n")
  }

  @Test(arguments: [
    ("abc", 3), ("é", 1), ("e\u{301}", 1), ("中文", 4), ("👍", 2), ("\u{1B}[31mred\u{1B}[0m", 3), ("a\u{200B}b", 2),
    ("한글", 4), ("", 0),
  ])
  func widths(text: String, columns: Int) { #expect(DisplayWidth.of(text) == columns) }

  @Test func cutting() {
    #expect(DisplayWidth.cut("abcdef", to: 3) == "abc")
    #expect(DisplayWidth.cut("中文", to: 3) == "中")
    #expect(DisplayWidth.cut("\u{1B}[31mabcd\u{1B}[0m", to: 2) == "\u{1B}[31mab\u{1B}[0m")
    #expect(DisplayWidth.padded("中", to: 4, onLeft: true) == "  中")
  }

  @Test(
    arguments: [
      (1.005, 2, "1.00"), (0, 2, "0.00"), (0.0000001, 2, "0.00"), (-0.001, 2, "0.00"), (12.345, 3, "12.345"),
      (-1.5, 2, "-1.50"),
      (99.999, 2, "100.00"), (3, 0, "3"), (0.05, 1, "0.1"), (1e18, 2, "1e+18"),
    ] as [(Double, Int, String)])
  func decimals(value: Double, count: Int, expected: String) {
    #expect(Format.fixed(value, decimals: count) == expected)
  }

  @Test func numbersForPeople() {
    let rough = [4, 14, 44, 57, 100, 3500, 3571, 7700, 86_000, 100_000].map { Format.roughDuration(.seconds($0)) }
    #expect(
      rough == ["10 s", "10 s", "40 s", "1 m", "2 m", "58 m", "1 h 00 m", "2 h 10 m", "23 h 50 m", "1 d 04 h"])
    #expect(Format.duration(.milliseconds(420)) == "420 ms")
    #expect(Format.duration(.milliseconds(4200)) == "4.2 s")
    #expect(Format.duration(.seconds(65)) == "1 m 05 s")
    #expect(Format.duration(.seconds(7380)) == "2 h 03 m")
    #expect(Format.duration(.seconds(86400 * 3 + 4 * 3600)) == "3 d 04 h")
    #expect(Format.duration(.seconds(-5)) == "0 s")
    #expect(Format.rate(123_456) == "123 k rows/s")
    #expect(Format.count(999) == "999" && Format.count(1234) == "1.23 k" && Format.count(999_999) == "1.00 M")
    #expect(Format.size(1_288_490_189) == "1.20 GB" && Format.size(0) == "0 B" && Format.size(512) == "512 B")
    #expect(Format.grouped(-1_234_567) == "-1,234,567" && Format.grouped(12) == "12")
    #expect(Format.percent(999_999, of: 1_000_000) == "99.9%" && Format.percent(2, of: 2) == "100%")
  }

  /// The layouts that the old shell printed.
  @Test func layouts() {
    var general = TextTable("general_info", columns: ["app_id", "status", "app_name"])
    general.add(row: [1, "AVAILABLE", "stat"])
    general.add(row: [12, "AVAILABLE", "t"])
    var summary = TextTable("summary")
    summary.add("total_app_count", 2)
    var healthy = TextTable("healthy", pairs: [("app_name", "t1"), ("detailed", false)])
    healthy.add("drop_time", .missing)
    let report = Report([general, TextTable("empty", columns: ["a"]), summary, healthy])
    #expect(
      report.text() == """
        [general_info]
        app_id  status     app_name  \n1       AVAILABLE  stat      \n12      AVAILABLE  t         \n
        [summary]
        total_app_count  : 2

        [healthy]
        app_name   : t1   \ndetailed   : false\ndrop_time  : -    \n

        """)
    #expect(Report(summary).text() == "[summary]\ntotal_app_count  : 2\n")
    var right = TextTable("", columns: [.init("node"), .init("mb", .right)], json: .list)
    right.add(row: ["a", .number(1.5)])
    right.add(row: [""])
    #expect(right.text() == "node      mb\na       1.50\n            \n")
  }

  @Test func jsonOfReports() {
    var table = TextTable("nodes", columns: ["node", "total", "share", "since"])
    table.add(row: ["a:1", 4, .number(0.5), .missing])
    table.add(row: ["", 4, .number(1), .typed("x", .bool(true))])
    table.add(row: ["a:1"])
    let text = Report([table, TextTable("summary", pairs: [("ok", true)])]).json.text(indent: nil)
    #expect(
      text == #"{"version":1,"nodes":{"a:1":{"node":"a:1","total":4,"share":0.5,"since":null},"#
        + #""total":{"node":"","total":4,"share":1.0,"since":true},"a:1#2":{"node":"a:1","total":"","share":"","since":""}},"#
        + #""summary":{"ok":true}}"#)
    #expect(
      JSONValue.object(["a": .array([.integer(1)]), "b": .array([])]).text() == """
        {
            "a": [
                1
            ],
            "b": []
        }
        """)
    #expect(JSONValue.string("\"\\\n\u{1}é").text() == #""\"\\\n\u0001é""#)
    #expect(JSONValue.number(.nan).text() == "null")
  }

  @Test func streams() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let stream = OutputStream(descriptor: ends[1], target: "pipe")
    try stream.line("hello")
    try stream.flush()
    var bytes = [UInt8](repeating: 0, count: 16)
    #expect(read(ends[0], &bytes, 16) == 6)
    close(ends[0])
    signal(SIGPIPE, SIG_IGN)
    #expect(throws: OutputError.closed) {
      try stream.write("x")
      try stream.flush()
    }
    close(ends[1])
    let error = #expect(throws: OutputError.self) { try OutputStream(path: "/nowhere/file") }
    #expect(error?.description.contains("/nowhere/file") == true)
  }

  @Test func styles() {
    #expect(Style(isOn: true)(.error, "x") == "\u{1B}[31mx\u{1B}[0m")
    #expect(Style.plain(.error, "x") == "x")
    #expect(ProgressBar.text(fraction: 0.5, width: 10) == "[====>   ]")
    #expect(ProgressBar.text(fraction: 2, width: 4) == "[==]")
    #expect(ProgressBar.text(fraction: .nan, width: 4) == "[  ]")
  }
}
