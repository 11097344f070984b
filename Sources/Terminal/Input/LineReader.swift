import Glibc
import Synchronization

/// Lines of bytes from a descriptor that nobody edits: a script on standard input, a pipe, a file.
package final class LineReader: Sendable {
  private struct State: Sendable {
    var buffer: [UInt8] = []
    var start = 0
    var isAtEnd = false
  }

  private let descriptor: Int32
  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: lines of more bytes are cut into several
  package init(descriptor: Int32, limit: Int = 64 << 20) {
    self.descriptor = descriptor
    self.limit = limit
  }

  /// The next line without its line feed; nil at the end. Blocks until there is one. A last line needs no line feed.
  package func next() throws(InputError) -> [UInt8]? {
    let result: Result<[UInt8]?, InputError> = state.withLock { state in
      while true {
        if let line = Self.takeLine(&state, limit: limit) { return .success(line) }
        if state.isAtEnd { return .success(nil) }
        if let error = fill(&state) { return .failure(error) }
      }
    }
    return try result.get()
  }

  /// The next line when it has been read already, with its line feed; nil when `next` has to be asked. Never blocks for
  /// long.
  package func readAhead() -> [UInt8]? { state.withLock { $0.isAtEnd ? nil : Self.takeLine(&$0, limit: limit) } }

  private static func takeLine(_ state: inout State, limit: Int) -> [UInt8]? {
    let rest = state.buffer[state.start...]
    if let end = rest.firstIndex(of: 0x0A) {
      state.start = end + 1
      return Array(rest[..<end])
    }
    guard rest.count >= limit || (state.isAtEnd && !rest.isEmpty) else { return nil }
    state.start = state.buffer.count
    return Array(rest)
  }

  private func fill(_ state: inout State) -> InputError? {
    state.buffer.removeSubrange(..<state.start)
    state.start = 0
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(descriptor, &chunk, chunk.count)
    let code = errno
    if count > 0 {
      state.buffer.append(contentsOf: chunk[..<count])
    } else if count == 0 {
      state.isAtEnd = true
    } else if code == EAGAIN {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&entry, 1, -1)
    } else if code != EINTR {
      return InputError(reason: String(cString: strerror(code)))
    }
    return nil
  }
}

/// Why input could not be read.
package struct InputError: Error, Equatable, Sendable, CustomStringConvertible {
  package let reason: String
  package var description: String { "cannot read the input: \(reason)" }
}
