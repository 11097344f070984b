import EventLoop

/// Where jobs are written down: one connection, used off the loop, by one statement after the other.
@LoopActor
final class Journal {
  let file: JournalFile
  private let turn = Turn()
  private var connection: Connection?
  /// The file that is open; nil in memory.
  private var identity: JournalFile.FileIdentity?
  private var isClosed = false

  /// - Parameter directory: nil: in memory only
  init(directory: String?) { file = JournalFile(directory: directory) }

  /// Opens it, and makes it when it is not there.
  func open() async throws(JournalError) {
    try await perform("open") { (_) throws(SQLError) in }
  }

  /// Whether there is something to read: a journal that was never written is not made by looking into it.
  func exists() async -> Bool {
    if connection != nil { return true }
    return await BlockingPool.run { [file] in file.exists }
  }

  /// Runs `body` on a thread that may block.
  ///
  /// - Parameter operation: for messages: "write job 7"
  func perform<T: Sendable>(
    _ operation: String, _ body: @escaping @Sendable (Connection) throws(SQLError) -> T
  ) async throws(JournalError) -> T {
    await turn.take()
    defer { turn.pass() }
    if isClosed { throw JournalError(.failed, path: file.path, while: operation, detail: "it was closed") }
    let connection = try await opened()
    let file = file
    return try await BlockingPool.run { () throws(JournalError) in
      try file.attempt(operation) { () throws(SQLError) in try body(connection) }
    }
  }

  private func opened() async throws(JournalError) -> Connection {
    if let connection { return connection }
    let file = file
    let (made, identity) = try await BlockingPool.run { () throws(JournalError) in
      (try file.open(), file.directory == nil ? nil : file.identity)
    }
    connection = made
    self.identity = identity
    return made
  }

  /// Whether the file that is open has been removed: what is written into it, no other process will read.
  func isLost() async -> Bool {
    guard connection != nil, let identity else { return false }
    return await BlockingPool.run { [file] in file.identity } != identity
  }

  /// What is asked of it afterwards fails.
  func close() async {
    await turn.take()
    defer { turn.pass() }
    isClosed = true
    guard let last = connection else { return }
    connection = nil
    // The last one that closes it copies the log into the file.
    await BlockingPool.run { last.close() }
  }
}
