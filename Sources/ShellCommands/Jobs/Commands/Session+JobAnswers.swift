import Bytes
import EventLoop
import JSON
import Jobs

extension Session {
  /// How a job stands after it was told something.
  func tell(_ id: JobID, _ state: String) {
    if output.isJSON {
      output.json(["job": .integer(id.rawValue), "state": .string(state)])
    } else {
      output.line("job \(id) is \(state)")
    }
  }

  /// A document as the result, or into a file.
  ///
  /// - Throws: `ShellError` when the file cannot be written
  func show(_ document: JSONObject, file: String?) throws {
    guard let file else { return output.json(document) }
    let stream = try OutputFile(path: file)
    let bytes = Array((ShellOutput.document(.object(document)).text() + "\n").utf8)
    try stream.write(bytes.span.bytes)
    try stream.finish()
  }
}
