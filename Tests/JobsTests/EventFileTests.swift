import EventLoop
import Glibc
import JSON
import TestSupport
import Testing

@testable import Jobs

@Suite struct EventFileTests {
  private func lines(_ text: String?) throws -> [JSONValue] {
    try (text ?? "").split(separator: "\n").map { try JSONParser.parse($0.utf8) }
  }

  @Test @LoopActor func everyLineIsAnObjectAndTheLastOneTheSummary() async throws {
    let fixture = CentreFixture()
    let path = fixture.directory.file("events.ndjson")
    let file = try EventFile(path)
    let job = try await fixture.start(fixture.centre(), allowed: 3) { job, _ in file.attach(to: job) }
    try await eventually("progress") { fixture.directory.read("events.ndjson")?.contains("progress") == true }
    fixture.works[0].allowed = 10
    _ = await job.outcome()
    await file.close()
    #expect(file.failure == nil)
    let lines = try lines(fixture.directory.read("events.ndjson"))
    #expect(lines.allSatisfy { $0["version"] == 1 && $0["job"] == 1 && $0["time"]?.whole ?? 0 > 1_600_000_000_000 })
    let kinds = lines.compactMap { $0["event"]?.text }
    #expect(kinds.first == "plan" && kinds[1] == "started")
    #expect(kinds.suffix(2) == ["done", "summary"] && kinds.filter { $0 == "summary" }.count == 1)
    let summary = try #require(lines.last)
    #expect(summary["state"] == "done" && summary["status"] == 0 && summary["headline"] == "Count done, total 20.")
    #expect(summary["progress"]?["done"] == 20)
    #expect(lines[0]["command_line"] == "count -a users")
  }

  @Test @LoopActor func aDescriptorIsWrittenTo() async throws {
    let fixture = CentreFixture()
    let (reader, writer) = try Spawn.pipe()
    let file = try EventFile(String(writer))
    close(writer)
    let job = try await fixture.start(fixture.centre()) { job, _ in file.attach(to: job) }
    _ = await job.outcome()
    await file.close()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(reader, &buffer, buffer.count)
    close(reader)
    #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).contains(#""event":"summary""#))
  }

  @Test @LoopActor func whatCannotBeOpenedIsSaid() throws {
    let directory = TemporaryDirectory()
    #expect(throws: EventFileError.self) { try EventFile(directory.file("no/such/directory")) }
    #expect(throws: EventFileError.self) { try EventFile(String(Int32.max)) }
    let (reader, writer) = try Spawn.pipe()
    #expect(throws: EventFileError.self) { try EventFile(String(reader)) }
    close(reader)
    close(writer)
    mkfifo(directory.file("pipe"), 0o600)
    let error = #expect(throws: EventFileError.self) { try EventFile(directory.file("pipe")) }
    #expect(error?.reason == "nobody reads the pipe")
  }

  @Test @LoopActor func aReaderThatHasGoneDoesNotEndTheJob() async throws {
    signal(SIGPIPE, SIG_IGN)
    let fixture = CentreFixture()
    let (reader, writer) = try Spawn.pipe()
    let file = try EventFile(String(writer))
    close(writer)
    close(reader)
    let centre = fixture.centre()
    let job = try await fixture.start(centre, allowed: 3) { job, _ in file.attach(to: job) }
    try await eventually("the failure") { file.failure?.contains("its reader has gone") == true }
    fixture.works[0].allowed = 10
    #expect(await job.outcome().state == .done)
    await file.close()
    #expect(try await centre.events(of: job.id).filter { $0.kind == "warning" }.count == 1)
  }

  @Test @LoopActor func aReaderThatSleepsIsGivenUp() async throws {
    let fixture = CentreFixture()
    let (reader, writer) = try Spawn.pipe()
    defer { close(reader) }
    let file = try EventFile(String(writer), patience: .milliseconds(150))
    close(writer)
    let job = try await fixture.start(fixture.centre(), allowed: 3) { job, _ in file.attach(to: job) }
    job.event("note", ["text": .string(String(repeating: "x", count: 200_000))])
    try await eventually("the failure") { file.failure?.contains("has not read for") == true }
    fixture.works[0].allowed = 10
    #expect(await job.outcome().state == .done)
    await file.close()
  }

  @Test func fieldsDoNotHideTheLinesOwnNames() {
    let event = JobEvent(time: 5, job: JobID(rawValue: 7), kind: "note", fields: ["job": 9, "x": 1])
    #expect(event.json.text(indent: nil) == #"{"version":1,"time":5,"job":7,"event":"note","its_job":9,"x":1}"#)
  }
}
