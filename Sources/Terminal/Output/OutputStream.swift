import Glibc

/// Why output could not be written.
package enum OutputError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Whoever read it has gone (`… | head`): end quietly.
  case closed
  case failed(target: String, reason: String)

  package var description: String {
    switch self {
    case .closed: return "nobody reads the output any more"
    case .failed(let target, let reason): return "cannot write to \(target): \(reason)"
    }
  }
}

/// A buffer in front of a descriptor. Not for more than one thread at a time.
package final class OutputStream {
  /// What it writes to, for messages.
  package let target: String
  private let descriptor: Int32
  private let closesDescriptor: Bool
  private let isLineBuffered: Bool
  private var buffer: [UInt8] = []
  private static let limit = 1 << 16

  /// Writes to an open descriptor. Line-buffered where it is a terminal: what is complete is shown at once.
  package init(descriptor: Int32, target: String) {
    self.descriptor = descriptor
    self.target = target
    closesDescriptor = false
    isLineBuffered = isatty(descriptor) == 1
  }

  /// Makes a file, or empties one that exists.
  package init(path: String) throws(OutputError) {
    let opened = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard opened >= 0 else { throw OutputError.failed(target: path, reason: String(cString: strerror(errno))) }
    descriptor = opened
    target = path
    closesDescriptor = true
    isLineBuffered = false
  }

  deinit {
    try? flush()
    if closesDescriptor { close(descriptor) }
  }

  package static func standardOutput() -> OutputStream {
    OutputStream(descriptor: STDOUT_FILENO, target: "standard output")
  }
  package static func standardError() -> OutputStream {
    OutputStream(descriptor: STDERR_FILENO, target: "standard error")
  }

  package func write(_ text: String) throws(OutputError) {
    buffer.append(contentsOf: text.utf8)
    try drain(endsLine: text.utf8.last == 0x0A)
  }

  package func write(bytes: some Collection<UInt8>) throws(OutputError) {
    buffer.append(contentsOf: bytes)
    try drain(endsLine: true)
  }

  package func line(_ text: String = "") throws(OutputError) {
    buffer.append(contentsOf: text.utf8)
    buffer.append(0x0A)
    try drain(endsLine: true)
  }

  private func drain(endsLine: Bool) throws(OutputError) {
    if buffer.count >= Self.limit || (isLineBuffered && endsLine) { try flush() }
  }

  /// Writes what is buffered. After an error the buffer is empty: nothing is written twice.
  package func flush() throws(OutputError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    try DescriptorWriter.write(buffer, to: descriptor, target: target)
  }
}

/// Writes all bytes to a descriptor, blocking or not.
enum DescriptorWriter {
  static func write(_ bytes: [UInt8], to descriptor: Int32, target: String) throws(OutputError) {
    var offset = 0
    while offset < bytes.count {
      let (count, code) = bytes.withUnsafeBytes { all -> (Int, Int32) in
        let rest = UnsafeRawBufferPointer(rebasing: all[offset...])
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        return (count, errno)
      }
      if count >= 0 {
        offset += count
        continue
      }
      switch code {
      case EINTR: continue
      case EAGAIN:
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, -1)
      case EPIPE: throw OutputError.closed
      default: throw OutputError.failed(target: target, reason: String(cString: strerror(code)))
      }
    }
  }

  /// Writes what it can: for the terminal, where an error has nobody to be told to.
  static func write(_ text: String, to descriptor: Int32) {
    try? write(Array(text.utf8), to: descriptor, target: "")
  }
}
