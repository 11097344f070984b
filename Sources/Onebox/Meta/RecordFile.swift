internal import FoundationEssentials
internal import StorageEngine

/// Something the meta server keeps in a file of its own, replaced as a whole.
struct RecordFile<Record: Codable & Sendable>: Sendable {
  let path: String

  /// Nil when there is none. Throws `FileError` or `MetaStore.Damaged`.
  func load() throws -> Record? {
    guard let bytes = try Files.read(path) else { return nil }
    do {
      return try JSONDecoder().decode(Record.self, from: Data(bytes))
    } catch {
      throw MetaStore.Damaged(path: path, reason: "\(error)")
    }
  }

  /// Durable when it returns.
  func save(_ record: Record) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try Files.replace(path, with: [UInt8](try encoder.encode(record)))
  }

  func remove() { Files.removeTree(path) }
}
