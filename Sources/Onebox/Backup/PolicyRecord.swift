/// A backup policy as the meta server keeps it on disk.
struct PolicyRecord: Codable, Equatable, Sendable {
  /// One time that the policy made a backup.
  struct Round: Codable, Equatable, Sendable {
    /// Unix milliseconds of its start; its name too.
    var id: Int64
    /// Unix milliseconds; 0 until it is complete.
    var end: Int64 = 0
    /// The names its tables had, by id.
    var tables: [Int32: String]
    var hasFailed = false
  }

  var name: String
  var provider: String
  var intervalSeconds: Int64
  var tables: [Int32]
  /// How many rounds are kept.
  var historyCount: Int32
  var start: PolicyStart
  var isDisabled = false
  /// The oldest first.
  var rounds: [Round] = []
}

/// The hour of the day at which a policy may begin a round.
struct PolicyStart: Codable, Equatable, Sendable, CustomStringConvertible {
  /// 24 = any.
  var hour: Int
  var minute: Int

  /// `hh:mm`, up to `24:00`; nil for anything else.
  init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]), (0...24).contains(hour),
      (0..<60).contains(minute), hour < 24 || minute == 0
    else { return nil }
    self.hour = hour
    self.minute = minute
  }

  var description: String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(hour)):\(two(minute))"
  }

  /// As real servers do, only the hour is looked at. In local time.
  func allows(unixSeconds: Int64) -> Bool { hour == 24 || hour == WallClock.localTime(unixSeconds).hour }
}
