import BackupLayout
import EventLoop

/// What reading a document has come to.
enum DocumentReading<Document: StoredDocument> {
  case found(Document)
  case missing
  case damaged(StorageProblem)
}

extension BlockService {
  /// A document that may be missing or damaged.
  func document<Document: StoredDocument>(
    _: Document.Type, at path: String, advice: String, reading contents: [UInt8]?
  ) -> DocumentReading<Document> {
    guard let contents else { return .missing }
    do throws(DocumentError) {
      return .found(try Document(contents: contents))
    } catch {
      return .damaged(StorageProblem(error, at: path, advice: advice))
    }
  }

  /// A small file; nil when it is not there, or servers would not see it.
  func contentsIfThere(_ path: String) async throws(BlockServiceError) -> [UInt8]? {
    do throws(BlockServiceError) {
      return try await contents(path)
    } catch {
      if error.kind == .notFound { return nil }
      throw error
    }
  }

  /// What is in a directory; nothing when it is not there.
  func listIfThere(_ path: String) async throws(BlockServiceError) -> [BlockEntry] {
    do throws(BlockServiceError) {
      return try await list(path)
    } catch {
      if error.kind == .notFound { return [] }
      throw error
    }
  }
}

extension BackupReader {
  func contents(_ path: String) async throws(BlockServiceError) -> [UInt8]? { try await service.contentsIfThere(path) }

  func document<Document: StoredDocument>(
    _ type: Document.Type, at path: String, advice: String
  ) async throws(BlockServiceError) -> DocumentReading<Document> {
    service.document(type, at: path, advice: advice, reading: try await contents(path))
  }
}
