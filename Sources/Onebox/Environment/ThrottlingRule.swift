/// A throttling environment: `<units>[K|M]*delay*<ms>` and/or `<units>[K|M]*reject*<ms>`, joined by a comma.
/// Units count for the whole table and second.
struct ThrottlingRule: Equatable, Sendable {
  struct Limit: Equatable, Sendable {
    var units: Int64
    var milliseconds: Int64
  }

  /// Why a text is none, in the words of a 2.6 server.
  struct Invalid: Error, Equatable, CustomStringConvertible {
    let description: String
  }

  var delay: Limit?
  var reject: Limit?

  init(_ text: String) throws(Invalid) {
    for item in text.split(separator: ",", omittingEmptySubsequences: true) {
      let fields = item.split(separator: "*", omittingEmptySubsequences: false)
      guard fields.count == 3 else {
        throw Invalid(description: "The field count of '\(item)' separated by '*' must be 3")
      }
      guard let units = Self.units(fields[0]) else {
        throw Invalid(description: "'\(fields[0])' should be an unsigned integer")
      }
      guard fields[1] == "delay" || fields[1] == "reject" else {
        throw Invalid(description: "'\(fields[1])' should be 'delay' or 'reject'")
      }
      let isTaken = fields[1] == "delay" ? delay != nil : reject != nil
      guard !isTaken else { throw Invalid(description: "duplicate '\(fields[1])' config") }
      guard let milliseconds = UInt32(fields[2]) else {
        throw Invalid(description: "'\(fields[2])' should be an unsigned integer")
      }
      let limit = Limit(units: units, milliseconds: Int64(milliseconds))
      if fields[1] == "delay" { delay = limit } else { reject = limit }
    }
    guard delay != nil || reject != nil else {
      throw Invalid(description: "The field count of '\(text)' separated by '*' must be 3")
    }
  }

  /// A count with an optional K (1024) or M (1048576) behind it.
  static func units(_ text: Substring) -> Int64? {
    var digits = text
    var factor: Int64 = 1
    if digits.last == "K" { factor = 1024 }
    if digits.last == "M" { factor = 1 << 20 }
    if factor > 1 { digits = digits.dropLast() }
    guard let number = UInt32(digits) else { return nil }
    return Int64(number) * factor
  }
}

/// Counts the units of one partition and second, and says when there were too many.
struct Throttle: Sendable {
  enum Verdict: Equatable, Sendable {
    case pass
    /// Handle the request so many milliseconds later.
    case delay(milliseconds: Int64)
    /// Answer ERR_BUSY so many milliseconds later.
    case reject(milliseconds: Int64)
  }

  private let delay: ThrottlingRule.Limit?
  private let reject: ThrottlingRule.Limit?
  private var second: Int64 = 0
  private var used: Int64 = 0

  /// Each partition has its share of the table's units, and one more.
  init(_ rule: ThrottlingRule, partitionCount: Int32) {
    let share = { (limit: ThrottlingRule.Limit?) in
      limit.map {
        ThrottlingRule.Limit(units: $0.units / Int64(max(partitionCount, 1)) + 1, milliseconds: $0.milliseconds)
      }
    }
    self.delay = share(rule.delay)
    self.reject = share(rule.reject)
  }

  /// `second` is any clock's present second; a wait is at most half the client's timeout.
  mutating func consume(_ units: Int64, second: Int64, timeoutMilliseconds: Int32) -> Verdict {
    if second != self.second {
      self.second = second
      used = 0
    }
    used += units
    let longest = timeoutMilliseconds > 0 ? Int64(timeoutMilliseconds) / 2 : Int64.max
    if let reject, used > reject.units {
      used -= units
      return .reject(milliseconds: min(reject.milliseconds, longest))
    }
    if let delay, used > delay.units { return .delay(milliseconds: min(delay.milliseconds, longest)) }
    return .pass
  }
}

/// `replica.read_throttling_by_size`: bytes per second, from a plain number or the reject part of a throttling list.
struct ReadRate: Sendable {
  private let bytesPerSecond: Int64
  private var second: Int64 = 0
  private var used: Int64 = 0

  init(bytesPerSecond: Int64, partitionCount: Int32) {
    self.bytesPerSecond = bytesPerSecond / Int64(max(partitionCount, 1)) + 1
  }

  static func parse(_ text: String) throws(ThrottlingRule.Invalid) -> Int64? {
    if let units = ThrottlingRule.units(text[...]) { return units }
    return try ThrottlingRule(text).reject?.units
  }

  /// False when the bytes of this second are used up.
  mutating func hasRoom(second: Int64) -> Bool {
    if second != self.second {
      self.second = second
      used = 0
    }
    return used < bytesPerSecond
  }

  mutating func consume(_ bytes: Int) { used += Int64(bytes) }
}
