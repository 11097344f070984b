import Glibc

/// The lines typed before, one per line in a file that only its owner can read.
///
/// Several shells may use it at the same time: each appends its own lines under a lock.
package struct HistoryFile: Sendable {
  private let path: String
  private let limit: Int

  /// Keeps at most `limit` lines; 0 keeps none.
  package init(path: String, limit: Int) {
    self.path = path
    self.limit = limit
  }

  /// The lines to begin with, oldest first, without repeats: of equal lines the latest counts. Shortens a file that has
  /// grown to twice the limit. A file that cannot be read counts as empty.
  package func load() -> [String] {
    guard limit > 0 else { return [] }
    let all = lines()
    let kept = Self.condensed(all, limit: limit)
    if all.count > limit * 2 { rewrite() }
    return kept
  }

  /// Adds a line. Failure is silent: a history is not worth an error.
  package func append(_ line: String) {
    guard limit > 0, !line.isEmpty, !line.utf8.contains(0x0A) else { return }
    locked {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else { return }
      defer { close(descriptor) }
      fchmod(descriptor, 0o600)
      DescriptorWriter.write(line + "\n", to: descriptor)
    }
  }

  /// The last `limit` lines without earlier repeats.
  static func condensed(_ lines: [String], limit: Int) -> [String] {
    var seen: Set<String> = []
    var kept: [String] = []
    for line in lines.reversed() where kept.count < limit {
      if seen.insert(line).inserted { kept.append(line) }
    }
    return kept.reversed()
  }

  private func lines() -> [String] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < 64 << 20 {
      let count = read(descriptor, &chunk, chunk.count)
      if count <= 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    return bytes.split(separator: 0x0A).compactMap { String(validating: $0, as: UTF8.self) }
  }

  private func rewrite() {
    locked {
      let text = Self.condensed(lines(), limit: limit).map { $0 + "\n" }.joined()
      let temporary = path + ".new"
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else { return }
      let written: Void? = try? DescriptorWriter.write(Array(text.utf8), to: descriptor, target: temporary)
      close(descriptor)
      if written != nil { rename(temporary, path) } else { unlink(temporary) }
    }
  }

  private func locked(_ body: () -> Void) {
    let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0 else { return }
    defer { close(lock) }
    guard flock(lock, LOCK_EX) == 0 else { return }
    body()
  }
}
