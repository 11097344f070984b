import Copying
import EventLoop

/// Reads the report of a verify line by line, in bounded memory: once as a whole, to see that it is one before anything is
/// written because of it, and once more for its findings.
@LoopActor
final class VerifyReportReader: RepairFindings {
  /// What a whole report holds.
  struct Contents: Sendable, Equatable {
    var heading: VerifyReportHeading
    /// Lines, heading and summary included.
    var lines: Int64 = 0
    var rows: Int64 = 0
    /// Rows that agreed in the end.
    var settled: Int64 = 0
    /// Rows that only the target had.
    var extra: Int64 = 0
    /// Keys that differed and are not listed.
    var unlisted: Int64 = 0
    var isComplete = false
    /// Changes with every byte.
    var fingerprint: UInt64 = 0

    fileprivate mutating func count(_ line: Int64, _ checksum: UInt64) {
      lines = line
      fingerprint = fingerprint &* 0x9e37_79b9_7f4a_7c15 ^ checksum
    }
  }

  private let source: VerifyReportLines
  private var ready: [RepairFinding] = []
  private var isAtEnd = false

  /// - Throws: `ShellError` when the file cannot be opened
  init(path: String) throws(ShellError) {
    source = try VerifyReportLines(path)
  }

  /// Reads a report from beginning to end.
  ///
  /// - Throws: `ShellError` with status `refused` that names the first line that is not one of a report
  static func check(_ path: String) async throws -> Contents {
    let source = try VerifyReportLines(path)
    var contents: Contents?
    var hasSummary = false
    while true {
      try Task.checkCancellation()
      let batch = try await source.next()
      if batch.isEmpty { break }
      for (number, line, checksum) in batch {
        func refused(_ reason: String) -> ShellError { VerifyReportLines.refusal(path, number, reason) }
        if hasSummary { throw refused("nothing is expected behind the summary") }
        contents?.count(number, checksum)
        switch line {
        case .heading(let heading):
          guard contents == nil else { throw refused("a second heading") }
          contents = Contents(heading: heading)
          contents?.count(number, checksum)
        case .row(let finding):
          guard contents != nil else { throw refused("a report begins with its heading") }
          contents?.rows += 1
          if finding.agrees { contents?.settled += 1 }
          if finding.verdict == .extra { contents?.extra += 1 }
        case .summary(let isComplete, let unlisted):
          guard contents != nil else { throw refused("a report begins with its heading") }
          hasSummary = true
          contents?.isComplete = isComplete
          contents?.unlisted = unlisted
        }
      }
    }
    guard let contents, hasSummary else {
      throw VerifyReportLines.refusal(path, (contents?.lines ?? 0) + 1, "the report ends before its summary")
    }
    return contents
  }

  func next() async throws(RepairInputError) -> RepairFinding? {
    while ready.isEmpty, !isAtEnd {
      let batch: [VerifyReportLines.Line]
      do {
        batch = try await source.next()
      } catch {
        throw RepairInputError(error.message)
      }
      isAtEnd = batch.isEmpty
      for case (_, .row(let finding), _) in batch.reversed() { ready.append(finding) }
    }
    return ready.popLast()
  }
}
