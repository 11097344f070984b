extension JobRequest {
  /// As the journal keeps it: "pause", "rate 5000 rows/s".
  var text: String {
    switch self {
    case .pause: "pause"
    case .resume: "resume"
    case .stop: "stop"
    case .cancel: "cancel"
    case .rate(let rate): "rate \(rate)"
    }
  }

  init?(text: String) {
    switch text {
    case "pause": self = .pause
    case "resume": self = .resume
    case "stop": self = .stop
    case "cancel": self = .cancel
    default:
      guard text.hasPrefix("rate "), let rate = try? JobRate.parse(String(text.dropFirst(5))) else { return nil }
      self = .rate(rate)
    }
  }
}
