import BackupLayout
import EventLoop

/// Compares a document's list of files with what lies beside it.
@LoopActor
enum FileListCheck {
  /// Names, sizes and their sum; MD5s are not looked at.
  static func problems(
    _ files: [FileRecord], total: Int64, document: String, in directory: String, of service: any BlockService,
    advice: String
  ) async throws(BlockServiceError) -> [StorageProblem] {
    var problems: [StorageProblem] = []
    let entries = try await service.listIfThere(directory)
    var sizes: [String: Int64] = [:]
    for entry in entries where !entry.isDirectory { sizes[entry.name] = entry.size }
    for file in files {
      guard file.hasPlainName, file.size >= 0 else {
        problems.append(
          StorageProblem(
            .damagedDocument, document, "it lists '\(file.name.prefix(80))' with \(file.size) bytes", advice: advice))
        continue
      }
      let place = StoragePath.join(directory, file.name)
      guard let size = sizes[file.name] else {
        problems.append(
          StorageProblem(.missingFile, place, try await absence(place, service), advice: advice))
        continue
      }
      if size != file.size {
        problems.append(
          StorageProblem(.wrongSize, place, "\(size) bytes instead of \(file.size)", advice: advice))
      }
    }
    let sum = files.reduce(Int64(0)) { $0 &+ $1.size }
    if sum != total {
      problems.append(
        StorageProblem(
          .wrongTotal, document, "a total of \(total) bytes is written there, but its files have \(sum)",
          advice: advice))
    }
    return problems
  }

  /// Why a file is not in the listing: it may be there without its mark.
  private static func absence(_ place: String, _ service: any BlockService) async throws(BlockServiceError) -> String {
    do throws(BlockServiceError) {
      _ = try await service.stat(place)
      return "the file is not listed"
    } catch {
      if error.kind == .damaged { return error.detail }
      guard error.kind == .notFound else { throw error }
      return service.localPath(place) == nil || !error.detail.contains("the file is there")
        ? "the file is not there" : error.detail
    }
  }
}
