import EventLoop
import Glibc
import JSON
import TestSupport
import Testing

@testable import Jobs

@Suite struct JournalTests {
  private func mode(_ path: String) -> mode_t {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_mode & 0o777 : 0
  }

  @Test @LoopActor func nobodyElseMayReadIt() async throws {
    let fixture = CentreFixture()
    mkdir(fixture.state, 0o755)
    let centre = fixture.centre()
    let job = try await fixture.start(centre, allowed: 3)
    #expect(mode(fixture.state) == 0o700)
    for name in ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm", "locks/1"] {
      #expect(mode("\(fixture.state)/\(name)") == 0o600, "\(name)")
    }
    #expect(mode("\(fixture.state)/locks") == 0o700)
    job.stop()
    _ = await job.outcome()
    await centre.close()
    // One that somebody has opened to others is closed again.
    chmod("\(fixture.state)/journal.sqlite", 0o644)
    _ = try await fixture.centre().list()
    #expect(mode("\(fixture.state)/journal.sqlite") == 0o600)
  }

  @Test @LoopActor func everyCommitIsOnTheDisk() async throws {
    let fixture = CentreFixture()
    let journal = Journal(directory: fixture.state)
    let pragmas = try await journal.perform("look") { (connection) throws(SQLError) in
      (
        try connection.number("PRAGMA synchronous"), try connection.first("PRAGMA journal_mode") { $0.text(0) },
        try connection.number("PRAGMA busy_timeout")
      )
    }
    #expect(pragmas.0 == 2 && pragmas.1 == "wal" && pragmas.2 == 5000)
  }

  @Test @LoopActor func oneOfANewerShellIsRefusedAndLeftAsItIs() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    _ = await (try await fixture.start(centre)).outcome()
    await centre.close()
    try fixture.connection().script("PRAGMA user_version = 99")
    let later = fixture.centre()
    for attempt in 0..<2 {
      let error = await thrown(JournalError.self) {
        if attempt == 0 { _ = try await later.list() } else { try await fixture.start(later) }
      }
      #expect(error?.kind == .tooNew(99))
      #expect(error?.description.contains("use the newer shell") == true)
    }
    #expect(try fixture.connection().number("SELECT count(*) FROM jobs") == 1)
    #expect(try fixture.connection().number("PRAGMA user_version") == 99)
  }

  /// "No job was begun yet" would not be true.
  @Test @LoopActor func oneThatCannotBeLookedAtIsNotTakenForNone() async throws {
    let fixture = CentreFixture()
    #expect(try await fixture.centre().list().isEmpty)
    mkdir(fixture.state, 0o700)
    symlink("journal.sqlite", fixture.state + "/journal.sqlite")
    let error = await thrown(JournalError.self) { _ = try await fixture.centre().list() }
    #expect(error?.kind == .unwritable)
    #expect(error?.description.hasPrefix("cannot open the journal \(fixture.state)/journal.sqlite: ") == true)
  }

  @Test @LoopActor func aDamagedOneIsReportedAndKept() async throws {
    let fixture = CentreFixture()
    mkdir(fixture.state, 0o700)
    let garbage = String(repeating: "this is no database. ", count: 100)
    fixture.directory.write("state/journal.sqlite", garbage)
    let error = await thrown(JournalError.self) { try await fixture.start(fixture.centre()) }
    #expect(error?.kind == .damaged)
    #expect(error?.advice.contains("move it out of the way") == true)
    #expect(fixture.directory.read("state/journal.sqlite") == garbage)
  }

  @Test @LoopActor func damageInTheMiddleIsSeenWhenItIsOpened() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    for _ in 0..<3 { _ = await (try await fixture.start(centre)).outcome() }
    await centre.close()
    let path = "\(fixture.state)/journal.sqlite"
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    let junk = [UInt8](repeating: 0xA5, count: 4096)
    for page in 1..<6 { #expect(pwrite(descriptor, junk, junk.count, off_t(page) * 4096) == 4096) }
    let error = await thrown(JournalError.self) { _ = try await fixture.centre().list() }
    #expect(error?.kind == .damaged, "\(String(describing: error))")
  }

  @Test @LoopActor func theDatabaseOfAnotherProgramIsNotTouched() async throws {
    let fixture = CentreFixture()
    mkdir(fixture.state, 0o700)
    fixture.directory.write("state/journal.sqlite", "")
    try fixture.connection().script("CREATE TABLE songs (name TEXT)")
    let error = await thrown(JournalError.self) { try await fixture.start(fixture.centre()) }
    #expect(error?.kind == .foreign)
    #expect(try fixture.connection().number("SELECT count(*) FROM sqlite_master") == 1)
  }

  @Test @LoopActor func manyMayMakeItAtOnce() async throws {
    for _ in 0..<10 {
      let fixture = CentreFixture()
      let journals = (0..<6).map { _ in Journal(directory: fixture.state) }
      let tasks = journals.map { journal in Task { @LoopActor in try await journal.open() } }
      for task in tasks { try await task.value }
      #expect(try fixture.connection().number("PRAGMA user_version") == JournalSchema.newest)
    }
  }

  @Test(.enabled(if: SmallDisk.isPermitted, "needs the right to mount")) @LoopActor
  func aFullDiskDoesNotEndAJob() async throws {
    let fixture = CentreFixture()
    let disk = try #require(SmallDisk(megabytes: 2))
    let centre = JobCentre(directory: "\(disk.path)/state", tick: .milliseconds(4))
    var warnings: [String] = []
    let job = try await fixture.start(centre, allowed: 3) { job, _ in
      _ = job.subscribe { event in
        if event.kind == "warning" || event.kind == "journal_restored" { warnings.append(event.kind) }
      }
    }
    try await eventually("a checkpoint") { try await centre.checkpoints(of: job.id).first?.position == [3] }
    let filler = "\(disk.path)/filler"
    let descriptor = open(filler, O_WRONLY | O_CREAT, 0o600)
    let block = [UInt8](repeating: 1, count: 4096)
    while write(descriptor, block, block.count) > 0 {}
    close(descriptor)
    // The log is written anew from its start now and then, so that it takes some changes until the disk is needed.
    let ballast = String(repeating: "x", count: 50_000)
    for number in 3...6 {
      fixture.works[0].allowed = number
      job.event("note", ["text": .string(ballast)])
      try await loopSleep(.milliseconds(40))
    }
    try await eventually("the warning") { warnings == ["warning"] }
    #expect(job.state == .running && fixture.works[0].counts == [6, 6])
    unlink(filler)
    try await eventually("the next try") { warnings == ["warning", "journal_restored"] }
    #expect(try await centre.checkpoints(of: job.id).map(\.position) == [[6], [6]])
    fixture.works[0].allowed = 10
    #expect(await job.outcome().state == .done)
    #expect(try await centre.record(job.id).state == .done)
    await centre.close()
  }

  @Test @LoopActor func aJournalOfManyPartsStaysQuick() async throws {
    let fixture = CentreFixture()
    let journal = Journal(directory: fixture.state)
    let id = try await journal.perform("insert") { (connection) throws(SQLError) in
      try connection.insert(CentreFixture.plan(), rate: nil, operatorName: "me", at: 0)
    }
    func write(_ parts: Range<Int32>, _ mark: UInt8) async throws -> (time: Duration, rows: Int64) {
      let start = Monotonic.now()
      let rows = try await journal.perform("write") { (connection) throws(SQLError) in
        let before = try connection.number("SELECT total_changes()")
        var change = JobChange(id)
        for part in parts {
          change.add(Checkpoint(step: "count", part: part, position: Array(repeating: mark, count: 40)))
        }
        try connection.write(change)
        return try connection.number("SELECT total_changes()") - before
      }
      return (Monotonic.now() - start, rows)
    }
    let first = try await write(0..<10_000, 1)
    // Only what moved is written: what a second's work takes does not grow with the number of parts.
    var best = Duration.seconds(10)
    for round in 0..<5 {
      let (time, rows) = try await write(0..<100, UInt8(round))
      #expect(rows == 100)
      best = min(best, time)
    }
    #expect(best < first.time, "\(best.brief), \(first.time.brief)")
    let all = try await journal.perform("read") { (connection) throws(SQLError) in try connection.checkpoints(of: id) }
    #expect(all.count == 10_000)
  }
}
