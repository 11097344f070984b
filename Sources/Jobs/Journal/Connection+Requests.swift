/// What processes ask of each other's jobs.
extension Connection {
  struct StoredRequest: Sendable {
    var id: Int64
    var job: JobID
    var request: JobRequest?
  }

  /// How long an answer waits for an asker that may have died: milliseconds.
  private static let patience: Int64 = 600_000

  func insert(_ request: JobRequest, for job: JobID, asker: String) throws(SQLError) -> Int64 {
    let now = JobClock.now()
    try run("DELETE FROM requests WHERE made_at < ?", .integer(now - Self.patience))
    try run(
      "INSERT INTO requests (job, request, asker, made_at) VALUES (?, ?, ?, ?)", .integer(job.rawValue),
      .text(request.text), .text(asker), .integer(now))
    return lastRowID
  }

  /// Changes whenever another connection has written something.
  func dataVersion() throws(SQLError) -> Int64 { try number("PRAGMA data_version") }

  /// Requests that nobody has taken, oldest first.
  func openRequests() throws(SQLError) -> [StoredRequest] {
    try rows("SELECT id, job, request FROM requests WHERE taken_at IS NULL ORDER BY id") {
      StoredRequest(
        id: $0.integer(0) ?? 0, job: JobID(rawValue: $0.integer(1) ?? 0),
        request: $0.text(2).flatMap(JobRequest.init(text:)))
    }
  }

  /// The answer to a request: nil while there is none; otherwise why it was refused, or an empty text.
  func answer(to request: Int64) throws(SQLError) -> String? {
    try first("SELECT refusal FROM requests WHERE id = ? AND taken_at IS NOT NULL", .integer(request)) {
      $0.text(0) ?? ""
    }
  }

  /// Whether a request, taken or not, is still there: it goes with its job.
  func hasRequest(_ request: Int64) throws(SQLError) -> Bool {
    try number("SELECT count(*) FROM requests WHERE id = \(request)") > 0
  }

  /// Says no to what was asked for an earlier run of a job and never taken. Its asker may have died before taking it back,
  /// and a job must not be cancelled by a wish of last week.
  func refuseRequests(left job: JobID) throws(SQLError) {
    guard try number("SELECT count(*) FROM requests WHERE job = \(job.rawValue) AND taken_at IS NULL") > 0 else {
      return
    }
    try run(
      "UPDATE requests SET taken_at = ?, refusal = ? WHERE job = ? AND taken_at IS NULL", .integer(JobClock.now()),
      .text("it was about to be resumed; ask again"), .integer(job.rawValue))
  }

  /// Takes a request back. Answers false when somebody has taken it before, or when it is not there any more.
  func withdraw(_ request: Int64) throws(SQLError) -> Bool {
    try run("DELETE FROM requests WHERE id = ? AND taken_at IS NULL", .integer(request)) > 0
  }

  func removeRequest(_ request: Int64) throws(SQLError) {
    try run("DELETE FROM requests WHERE id = ?", .integer(request))
  }
}
