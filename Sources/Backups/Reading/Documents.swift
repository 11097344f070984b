import BackupLayout
import EventLoop

/// What reading a document has come to.
enum DocumentReading<Document> {
  case found(Document)
  case missing
  case damaged(StorageProblem)
}

extension BlockService {
  /// A document that may be missing or damaged.
  func document<Document: StoredDocument>(
    _: Document.Type, at path: String, advice: String
  ) async throws(BlockServiceError) -> DocumentReading<Document> {
    let contents: [UInt8]
    switch try await text(at: path, advice: advice) {
    case .missing: return .missing
    case .damaged(let problem): return .damaged(problem)
    case .found(let bytes): contents = bytes
    }
    do throws(DocumentError) {
      return .found(try Document(contents: contents))
    } catch {
      return .damaged(StorageProblem(error, at: path, advice: advice))
    }
  }

  /// A small file that may be missing, or be something else than servers write.
  func text(at path: String, advice: String) async throws(BlockServiceError) -> DocumentReading<[UInt8]> {
    do throws(BlockServiceError) {
      return .found(try await contents(path))
    } catch {
      switch error.kind {
      case .notFound: return .missing
      case .damaged: return .damaged(StorageProblem(.damagedDocument, path, error.detail, advice: advice))
      default: throw error
      }
    }
  }

  /// What is in a directory; nothing when it is not there. Throws `BlockServiceError`.
  package func listIfThere(_ path: String) async throws(BlockServiceError) -> [BlockEntry] {
    do throws(BlockServiceError) {
      return try await list(path)
    } catch {
      if error.kind == .notFound { return [] }
      throw error
    }
  }
}
