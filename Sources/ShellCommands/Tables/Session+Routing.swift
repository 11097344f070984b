import EventLoop
import PegasusClient

extension Session {
  /// Where the partitions of a table of this cluster are now.
  ///
  /// - Throws: `ShellError` that names the table that may be meant, `ClientError`
  func routing(of table: String) async throws -> PartitionTable {
    do {
      return try await cluster().table(table).router.refresh()
    } catch let error as ClientError {
      if case .noSuchTable = error.reason { try await requireTable(table) }
      throw error
    }
  }
}
