import EventLoop
import PegasusClient
import PegasusProtocol

/// Which table a command means: by its name, by its id, or the chosen one.
@LoopActor
enum TableChoice {
  /// - Parameter word: as typed; nil: the chosen table
  /// - Throws: `ShellError` that names the tables there are
  static func find(_ word: String?, in session: Session) async throws -> AppInfo {
    guard let word = word ?? session.tableName else {
      throw ShellError(
        "no table is named, and none is chosen", advice: "name one, or 'use <table>' first", status: .usage)
    }
    return try find(word, among: try await session.cluster().listTables(), in: session)
  }

  /// As `find`, for many words and one question to the cluster.
  static func ids(_ words: [String], in session: Session) async throws -> [Int32] {
    guard !words.isEmpty else { return [] }
    let tables = try await session.cluster().listTables()
    var ids: [Int32] = []
    for word in words {
      let id = try find(word, among: tables, in: session).appId
      if !ids.contains(id) { ids.append(id) }
    }
    return ids
  }

  private static func find(_ word: String, among tables: [AppInfo], in session: Session) throws -> AppInfo {
    let id = Int32(word)
    // An id is what the old commands took; a name of digits alone comes second.
    if let id, let table = tables.first(where: { $0.appId == id }) { return table }
    if let table = tables.first(where: { $0.appName == word }) { return table }
    if let id {
      let known = tables.sorted { $0.appId < $1.appId }.prefix(20).map { "\($0.appId) \($0.appName)" }
      throw ShellError(
        "cluster '\(session.clusterName)' has no table with the id \(id)",
        advice: known.isEmpty ? "it has no tables" : "there are: " + known.joined(separator: ", "))
    }
    throw Session.missing(word, in: session.clusterName, among: tables.map(\.appName).sorted())
  }
}
