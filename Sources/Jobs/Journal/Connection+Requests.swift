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

  /// Takes a request back. Answers false when somebody has taken it before.
  func withdraw(_ request: Int64) throws(SQLError) -> Bool {
    try run("DELETE FROM requests WHERE id = ? AND taken_at IS NULL", .integer(request)) > 0
  }

  func removeRequest(_ request: Int64) throws(SQLError) {
    try run("DELETE FROM requests WHERE id = ?", .integer(request))
  }
}
