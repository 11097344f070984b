import HTTP
import JSON

/// What WebHDFS answers.
enum WebHDFSReply {
  static func json(_ answer: HTTPAnswer, _ operation: String) throws(BlockServiceError) -> JSONValue {
    do throws(JSONError) {
      return try JSONParser.parse(answer.body)
    } catch {
      throw BlockServiceError(.damaged, operation, answer.url, "the answer is \(error); is it WebHDFS or HttpFS there?")
    }
  }

  /// A file status; its name is empty for the path itself.
  static func entry(_ value: JSONValue, _ operation: String, _ url: String) throws(BlockServiceError) -> BlockEntry {
    guard let name = value["pathSuffix"]?.text, let type = value["type"]?.text,
      case .integer(let size)? = value["length"], !name.contains("/"), size >= 0
    else {
      throw BlockServiceError(.damaged, operation, url, "the answer is no file status; is it WebHDFS or HttpFS there?")
    }
    return BlockEntry(name: name, isDirectory: type == "DIRECTORY", size: type == "DIRECTORY" ? 0 : size)
  }

  /// The error in an answer: its status, and the exception that the server names.
  static func failure(_ answer: HTTPAnswer, _ operation: String) -> BlockServiceError {
    let remote = (try? JSONParser.parse(answer.body))?["RemoteException"]
    let exception = remote?["exception"]?.text ?? ""
    let message = remote?["message"]?.text.map { $0.prefix { $0 != "\n" }.prefix(300) } ?? ""
    var detail = "HTTP status \(answer.status)"
    if !exception.isEmpty { detail += ", \(exception)" }
    if !message.isEmpty { detail += ": \(message)" }
    let kind: BlockServiceError.Kind =
      switch (exception, answer.status) {
      case ("StandbyException", _), ("RetriableException", _), ("SafeModeException", _): .unreachable
      case ("FileNotFoundException", _), (_, 404): .notFound
      case (_, 401), (_, 403): message.contains("quota") ? .noSpace : .denied
      case ("DSQuotaExceededException", _), ("NSQuotaExceededException", _), ("QuotaExceededException", _): .noSpace
      case (_, 500...): .unreachable
      default: .other
      }
    return BlockServiceError(kind, operation, answer.url, detail)
  }

  /// Whether another attempt may go better.
  static func isWorthRepeating(_ error: BlockServiceError) -> Bool {
    switch error.kind {
    case .unreachable, .timedOut, .truncated: true
    default: false
    }
  }
}
