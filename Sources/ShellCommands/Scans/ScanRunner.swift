import Bytes
import Copying
import EventLoop
import PegasusClient
import PegasusProtocol

/// What `hash_scan` and `full_scan` have in common: the file, the lines around the rows, the count, and the end.
@LoopActor
struct ScanRunner {
  let session: Session
  let output: ScanOutputOptions
  let filter: RowFilter
  private let sink: RowSink

  /// Opens the file, before anything else is done.
  ///
  /// - Throws: `ShellError` when that fails
  init(session: Session, output: ScanOutputOptions, filter: RowFilter) throws {
    self.session = session
    self.output = output
    self.filter = filter
    sink = RowSink(output: session.output, file: try output.file.map { try OutputFile(path: $0) })
  }

  private var isJSON: Bool { output.isJSON || session.output.isJSON }

  func show(_ echo: ParameterEcho) {
    if !isJSON { session.show(echo) }
  }

  /// - Parameters:
  ///   - command: its name, for the first JSON line
  ///   - bounds: keys to read within; `nil` for everything
  /// - Throws: `ClientError` when a partition cannot be read to its end
  func run(_ command: String, table: Table, partitions: [Int32], bounds: HashKeyBounds? = nil) async throws {
    var options = ScanOptions()
    options.noValue = output.noValue
    options.pageLimit = output.pageLimit(in: session)
    options.hashKeyFilter = filter.hashKey?.serverType ?? .noFilter
    options.hashKeyPattern = filter.hashKey?.pattern ?? []
    options.sortKeyFilter = filter.sortKey?.serverType ?? .noFilter
    options.sortKeyPattern = filter.sortKey?.pattern ?? []
    bounds?.apply(to: &options)
    var layout = RowLayout()
    layout.isJSON = isJSON
    layout.escapesAll = session.escapesAll
    layout.showsValue = !output.noValue
    layout.showsTTL = output.showsTTL
    layout.unixNow = ExpiryClock().unixNow
    let scan = RowScan(
      table: table, partitions: partitions, options: options, filter: filter, layout: layout,
      isDetailed: output.isDetailed, limit: output.limit, sink: sink)
    if isJSON { begin(command, table, partitions) }
    do {
      try await scan.run()
      if isJSON { end(scan, error: nil) }
      try sink.finish()
    } catch {
      if isJSON { end(scan, error: error) }
      try? sink.finish()
      if !isJSON, session.output.broken == nil {
        session.output.note("\n\(scan.count) key-value pairs got before the scan failed.")
      }
      throw error
    }
    if !isJSON {
      if !sink.isFile { session.output.note("") }
      session.output.note("\(scan.count) key-value pairs got.")
    }
  }

  /// The first line tells what the following ones are.
  private func begin(_ command: String, _ table: Table, _ partitions: [Int32]) {
    sink.buffer.append("{\"version\":1,\"command\":")
    sink.buffer.append(jsonText: command)
    sink.buffer.append(",\"cluster\":")
    sink.buffer.append(jsonText: table.cluster.name)
    sink.buffer.append(",\"table\":")
    sink.buffer.append(jsonText: table.name)
    sink.buffer.append(",\"partitions\":[")
    for (index, partition) in partitions.enumerated() {
      if index > 0 { sink.buffer.append(",") }
      sink.buffer.append(decimal: partition)
    }
    sink.buffer.append("]}\n")
  }

  /// The last line tells whether all rows have been seen: a reader that misses it has only a part.
  private func end(_ scan: RowScan, error: (any Error)?) {
    sink.buffer.append("{\"end\":true,\"rows\":")
    sink.buffer.append(decimal: scan.count)
    sink.buffer.append(",\"complete\":")
    sink.buffer.append(error == nil && !scan.isCut ? "true" : "false")
    if let error {
      sink.buffer.append(",\"error\":")
      sink.buffer.append(jsonText: "\(error)")
    }
    sink.buffer.append("}\n")
  }
}
