import BackupLayout
import HTTP

/// What WebHDFS answers, as the storage takes it.
enum WebHDFSReply {
  /// Reads the document in an answer.
  static func read<Document>(
    _ answer: HTTPAnswer, _ operation: String, _ decode: ([UInt8]) throws(DocumentError) -> Document
  ) throws(BlockServiceError) -> Document {
    do throws(DocumentError) {
      return try decode(answer.body)
    } catch {
      throw BlockServiceError(
        .damaged, operation, answer.url, "the answer is \(error.reason); is it WebHDFS or HttpFS there?")
    }
  }

  /// The error in an answer: its status, and the exception that the server names. Name nodes and data nodes say 403 for
  /// whatever is an `IOException`, gateways 500: the name of the exception counts first.
  static func failure(
    _ answer: HTTPAnswer, _ operation: String, _ access: WebHDFSAccess, provider: String
  ) -> BlockServiceError {
    let remote = WebHDFSException(contents: answer.body)
    let exception = remote?.name ?? ""
    let message = remote?.message ?? ""
    var detail = "HTTP status \(answer.status)"
    if !exception.isEmpty { detail += ", \(exception)" }
    if !message.isEmpty { detail += ": \(message)" }
    if remote == nil, answer.status == 404 { detail += ", no error of Hadoop; is it WebHDFS or HttpFS there?" }
    let kind = kind(exception, answer.status)
    var hint = ""
    switch kind {
    case .denied:
      let isTokenRefused = exception == "InvalidToken" || message.contains("InvalidToken")
      hint = access.hint(
        scheme: answer.headers["www-authenticate"] ?? "", isTokenRefused: isTokenRefused, provider: provider)
    case .noSpace:
      hint =
        "Have the quota of the directory raised, or make room below it, then try again: "
        + "what is complete is not done again."
    default: break
    }
    return BlockServiceError(kind, operation, answer.url, detail, hint: hint)
  }

  private static func kind(_ exception: String, _ status: Int) -> BlockServiceError.Kind {
    switch exception {
    case "StandbyException", "RetriableException", "SafeModeException", "AlreadyBeingCreatedException": .unreachable
    case "FileNotFoundException": .notFound
    case "DSQuotaExceededException", "NSQuotaExceededException", "QuotaExceededException",
      "QuotaByStorageTypeExceededException":
      .noSpace
    case "AccessControlException", "AuthorizationException", "SecurityException", "InvalidToken": .denied
    // "could only be written to 0 of the 1 minReplication nodes", "Failed to find datanode", …
    case "IOException": .unreachable
    default:
      switch status {
      case 401: .denied
      case 403: exception.isEmpty ? .denied : .other
      case 500...: .unreachable
      default: .other
      }
    }
  }

  /// Whether another attempt may go better.
  static func isWorthRepeating(_ error: BlockServiceError) -> Bool {
    switch error.kind {
    case .unreachable, .timedOut, .truncated: true
    default: false
    }
  }
}
