/// Makes rows like those of a shop's users: a profile, a session, and some orders below each user's hash key.
///
/// A user's rows depend on the seed and the user's number alone, so that they can be made in any order.
struct RowGenerator: Sendable {
  var seed: UInt64
  /// Of 100 rows, how many have a time to live.
  var ttlPercent: Int
  /// Each value's length; 0 for what the text needs.
  var valueSize: Int
  /// What hash keys begin with.
  var prefix: [UInt8]

  struct Row: Sendable, Equatable {
    var sortKey: [UInt8]
    var value: [UInt8]
    /// Seconds; `nil` for a row that stays.
    var ttl: Int32?
  }

  /// `user00000042`.
  func hashKey(user: Int) -> [UInt8] { prefix + Self.padded(user, 8) }

  /// The rows of one user, two at least.
  func rows(user: Int) -> [Row] {
    var random = RandomSequence(seed: seed, stream: UInt64(truncatingIfNeeded: user))
    var rows: [Row] = []
    rows.reserveCapacity(8)
    rows.append(row(Array("profile".utf8), profile(&random), &random))
    rows.append(row(Array("session".utf8), session(&random), &random))
    for number in 0..<random.number(below: 7) {
      rows.append(row(Array("order:".utf8) + Self.padded(number + 1, 4), order(&random), &random))
    }
    return rows
  }

  private func row(_ sortKey: [UInt8], _ text: [UInt8], _ random: inout RandomSequence) -> Row {
    let value = valueSize > 0 ? fitted(text, &random) : text
    let expires = random.number(below: 100) < ttlPercent
    let ttl = Int32(3600 + random.number(below: 30 * 86_400 - 3600 + 1))
    return Row(sortKey: sortKey, value: value, ttl: expires ? ttl : nil)
  }

  /// Cuts the text, or fills it up with a note, to the size asked for.
  private func fitted(_ text: [UInt8], _ random: inout RandomSequence) -> [UInt8] {
    var value = text
    if value.count > valueSize { value.removeLast(value.count - valueSize) }
    let (opening, closing) = (Array(#","note":""#.utf8), Array(#""}"#.utf8))
    let letters = valueSize - value.count - opening.count - 1
    if letters > 0 {
      value.removeLast()
      value += opening
      for _ in 0..<letters { value.append(UInt8(ascii: "a") + UInt8(random.number(below: 26))) }
      value += closing
    }
    while value.count < valueSize { value.append(0x20) }
    return value
  }

  // MARK: Values

  private static let names = ["Ada", "Bruno", "Chen", "Dina", "Emeka", "Freya", "Goro", "Hana", "Ines", "Jakub"]
    .map { Array($0.utf8) }
  private static let families = ["Okafor", "Lindqvist", "Tanaka", "Moreau", "Silva", "Novak", "Haddad", "Murphy"]
    .map { Array($0.utf8) }
  private static let cities = ["Lisbon", "Osaka", "Lagos", "Bergen", "Lima", "Krakow", "Pune", "Cork", "Tbilisi"]
    .map { Array($0.utf8) }
  private static let plans = ["free", "plus", "pro"].map { Array($0.utf8) }
  private static let devices = ["android", "ios", "web", "tablet"].map { Array($0.utf8) }
  private static let states = ["placed", "paid", "shipped", "delivered", "returned"].map { Array($0.utf8) }

  private func profile(_ random: inout RandomSequence) -> [UInt8] {
    var text = Text()
    text.field("name", Self.pick(Self.names, &random) + [0x20] + Self.pick(Self.families, &random))
    text.field("city", Self.pick(Self.cities, &random))
    text.field("plan", Self.pick(Self.plans, &random))
    text.field("since", number: 2012 + random.number(below: 14))
    return text.finished
  }

  private func session(_ random: inout RandomSequence) -> [UInt8] {
    var text = Text()
    text.field("token", Self.hex(random.next()))
    text.field("device", Self.pick(Self.devices, &random))
    text.field("seen", number: 1_700_000_000 + random.number(below: 60_000_000))
    return text.finished
  }

  private func order(_ random: inout RandomSequence) -> [UInt8] {
    var text = Text()
    text.field("sku", Array("SKU-".utf8) + Self.padded(random.number(below: 100_000), 5))
    text.field("quantity", number: 1 + random.number(below: 9))
    text.field("cents", number: 99 + random.number(below: 50_000))
    text.field("status", Self.pick(Self.states, &random))
    return text.finished
  }

  private static func pick(_ list: [[UInt8]], _ random: inout RandomSequence) -> [UInt8] {
    list[random.number(below: list.count)]
  }

  private static func hex(_ value: UInt64) -> [UInt8] {
    (0..<16).map { place in
      let digit = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * place)) & 15
      return digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
  }

  /// Decimal digits with zeros in front.
  static func padded(_ number: Int, _ width: Int) -> [UInt8] {
    let digits = Array(String(number).utf8)
    return [UInt8](repeating: UInt8(ascii: "0"), count: max(width - digits.count, 0)) + digits
  }

  /// A flat JSON object being written.
  private struct Text {
    private var bytes: [UInt8] = []

    init() {
      bytes.reserveCapacity(112)
      bytes.append(UInt8(ascii: "{"))
    }

    mutating func field(_ name: StaticString, _ value: [UInt8]) {
      begin(name)
      bytes.append(UInt8(ascii: "\""))
      bytes += value
      bytes.append(UInt8(ascii: "\""))
    }

    mutating func field(_ name: StaticString, number: Int) {
      begin(name)
      bytes += String(number).utf8
    }

    private mutating func begin(_ name: StaticString) {
      if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(UInt8(ascii: "\""))
      name.withUTF8Buffer { bytes.append(contentsOf: $0) }
      bytes.append(UInt8(ascii: "\""))
      bytes.append(UInt8(ascii: ":"))
    }

    var finished: [UInt8] { bytes + [UInt8(ascii: "}")] }
  }
}
