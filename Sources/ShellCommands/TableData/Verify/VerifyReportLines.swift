import Bytes
import EventLoop
import Glibc
import Terminal

/// The lines of a verify's report, some at a time, read and parsed on another thread.
@LoopActor
final class VerifyReportLines {
  /// A line, its number from 1, and a checksum of its bytes.
  typealias Line = (number: Int64, content: VerifyReportLine, checksum: UInt64)

  /// An open file. It is read by one thread at a time.
  private final class File: Sendable {
    let descriptor: Int32
    let reader: LineReader

    init(_ descriptor: Int32) {
      self.descriptor = descriptor
      reader = LineReader(descriptor: descriptor, limit: longestLine)
    }

    deinit { close(descriptor) }
  }

  /// Bytes: the longest key twice over, with escapes, and some room.
  private nonisolated static let longestLine = 1 << 20
  private nonisolated static let batch = 256

  private let path: String
  private let file: File
  private var number: Int64 = 0

  /// - Throws: `ShellError` when it is not a file that can be opened
  init(_ path: String) throws(ShellError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    let code = errno
    guard descriptor >= 0 else {
      throw ShellError("cannot read \(path): \(String(cString: strerror(code)))", status: .refused)
    }
    file = File(descriptor)
    self.path = path
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw ShellError("\(path) is not a file", advice: "a report is read twice", status: .refused)
    }
  }

  /// The next lines; none at the end.
  ///
  /// - Throws: `ShellError` with status `refused` that names the first line that is not one of a report
  func next() async throws(ShellError) -> [Line] {
    let (file, first, path) = (file, number, path)
    let lines = try await BlockingPool.run { () throws(ShellError) -> [Line] in
      var lines: [Line] = []
      var number = first
      while lines.count < Self.batch {
        let bytes: [UInt8]?
        do throws(InputError) {
          bytes = try file.reader.next()
        } catch {
          throw ShellError("cannot read \(path): \(error.reason)")
        }
        guard let bytes else { break }
        number += 1
        do throws(VerifyReportLine.Malformed) {
          lines.append((number, try VerifyReportLine(bytes, number: number), CRC64.checksum(bytes)))
        } catch {
          throw Self.refusal(path, number, error.reason)
        }
      }
      return lines
    }
    number += Int64(lines.count)
    return lines
  }

  nonisolated static func refusal(_ path: String, _ number: Int64, _ reason: String) -> ShellError {
    ShellError("line \(number) of \(path): \(reason)", advice: "nothing was done", status: .refused)
  }
}
