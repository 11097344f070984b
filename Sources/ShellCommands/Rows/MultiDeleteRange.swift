import JSON
import Terminal
import Bytes
import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol

/// `multi_del_range`: deletes a range of the rows of one hash key.
struct MultiDeleteRange: ShellCommand {
  static let name = "multi_del_range"
  static let summary = "delete a range of the rows of one hash key"
  static let discussion = """
    The range begins at the start sort key and ends before the stop sort key; an empty stop sort key means: to the end. \
    The keys are read first and deleted 100 at a time; when that fails in the middle, the keys deleted so far are shown.
    """
  static let group = "Data"
  static let effect = CommandEffect.destroys
  static let mayAsk = true
  static let parameters: [Parameter<Self>] =
    SortKeyRangeOptions.parameters.nested(in: \.range) + [
      .option(
        \.file, "-o", "--output", value: "file_name", help: "write the deleted keys to this file", completion: .file),
      .flag(\.isSilent, "-i", "--silent", help: "do not show the deleted keys"),
    ]
  static let examples = [
    CommandExample("multi_del_range user42 order: order;", "delete the rows whose sort key begins with order:")
  ]

  var range = SortKeyRangeOptions()
  var file: String?
  var isSilent = false

  func validate() throws(UsageError) { try range.validate() }

  var echo: ParameterEcho {
    var echo = range.echo
    echo.add("silent", isSilent)
    return echo
  }

  @LoopActor func run(in session: Session) async throws {
    let file = try self.file.map { try OutputFile(path: $0) }
    session.show(echo)
    let table = try session.table()
    let bounds = try HashKeyBounds(hashKey: range.hashKey, range: range.sortKeyRange)
    try await session.requireConfirmation(
      "Delete these rows of hash key \(quoted(range.hashKey)) in table '\(table.name)'?", effect: Self.effect)
    let partition = try await table.partitions().index(for: bounds.partitionHash)
    var options = ScanOptions()
    bounds.apply(to: &options)
    options.noValue = true
    options.sortKeyFilter = range.sortKeyRange.filter
    options.sortKeyPattern = range.sortKeyRange.pattern
    options.pageLimit = session.timeout
    let scanner = PartitionScanner(table: table, partition: partition, options: options)
    let sink = RowSink(output: session.output, file: file)
    var deleted = 0
    var keys: [JSONValue] = []
    do {
      while let page = try await scanner.next() {
        for first in stride(from: 0, to: page.rows.count, by: 100) {
          let sortKeys = try (first..<min(first + 100, page.rows.count)).map {
            try PegasusKey(encoded: page.key(at: $0)).sortKey
          }
          try Task.checkCancellation()
          _ = try await table.multiDelete(hashKey: range.hashKey, sortKeys: sortKeys, limit: session.timeout)
          deleted += sortKeys.count
          if isSilent { continue }
          if session.output.isJSON && !sink.isFile {
            keys += sortKeys.map(sortKeyObject)
            continue
          }
          for sortKey in sortKeys {
            sink.buffer.append("Deleted: ")
            sink.buffer.append(quoting: sortKey.span.bytes, all: session.escapesAll)
            sink.buffer.append("\n")
          }
          try sink.flushIfLarge()
        }
      }
      try sink.finish()
    } catch {
      scanner.close()
      try? sink.finish()
      if !session.output.isJSON {
        session.output.line()
        session.output.line("Terminated for error, \(deleted) sort keys deleted.")
      }
      throw error
    }
    var report = DataReport()
    report.lines = isSilent || sink.isFile ? [] : [""]
    report.lines.append("OK, \(deleted) sort keys deleted.")
    report.fields = ["deleted": .int(deleted)]
    if !isSilent && !sink.isFile { report.fields["sort_keys"] = .array(keys) }
    session.show(report)
  }
}
