import Bytes
import EventLoop

/// Where the lines of a scan go: a file, or standard output. Lines are collected and written in large pieces.
@LoopActor
final class RowSink {
  private let output: ShellOutput
  private let file: OutputFile?
  /// Append lines here, then call `flushIfLarge`.
  var buffer = ByteBuffer(capacity: 160 * 1024)
  private let limit = 128 * 1024

  init(output: ShellOutput, file: OutputFile?) {
    self.output = output
    self.file = file
  }

  var isFile: Bool { file != nil }

  func flushIfLarge() throws {
    if buffer.count >= limit { try flush() }
  }

  func flush() throws {
    guard !buffer.isEmpty else { return }
    try buffer.withUnsafeBytes { raw in
      let bytes = RawSpan(_unsafeBytes: raw)
      if let file {
        try file.write(bytes)
      } else {
        output.write(bytes)
      }
    }
    buffer.removeAll()
  }

  /// Writes what is left and closes the file.
  func finish() throws {
    try flush()
    try file?.finish()
  }
}
