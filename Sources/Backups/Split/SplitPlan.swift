import Bytes
package import JSON

/// What is settled once at the beginning of an offline split, so that every later run does the rest in the same way.
package struct SplitPlan: Sendable, Equatable {
  /// A range of keys of some source partitions: the smallest piece that is remembered as finished.
  package struct Unit: Sendable, Equatable {
    package var number: Int32
    /// The sources are those whose index has this remainder by the number of classes, and so are the targets.
    package var remainder: Int32
    /// The first key; nil: from the start.
    package var from: [UInt8]?
    /// Behind the last key; nil: to the end.
    package var to: [UInt8]?

    package init(number: Int32, remainder: Int32, from: [UInt8]?, to: [UInt8]?) {
      self.number = number
      self.remainder = remainder
      self.from = from
      self.to = to
    }
  }

  private static let version: Int64 = 1

  /// Which backup it is for: changes when any of its files does.
  package var fingerprint: String
  package var sourceCount: Int32
  package var targetCount: Int32
  /// Classes of partitions that exchange rows only among themselves: the greatest common divisor of the counts.
  package var classes: Int32
  /// Seconds since 2016: rows that end at it or before are expired.
  package var now: UInt32
  /// Rows, as RocksDB estimates them.
  package var estimatedRows: Int64
  /// In the order of their numbers, from 0.
  package var units: [Unit]

  package init(
    fingerprint: String, sourceCount: Int32, targetCount: Int32, classes: Int32, now: UInt32, estimatedRows: Int64,
    units: [Unit]
  ) {
    self.fingerprint = fingerprint
    self.sourceCount = sourceCount
    self.targetCount = targetCount
    self.classes = classes
    self.now = now
    self.estimatedRows = estimatedRows
    self.units = units
  }

  package var json: JSONValue {
    func key(_ bytes: [UInt8]?) -> JSONValue { bytes.map { .string(Hex.encode($0)) } ?? .null }
    let units = units.map { unit -> JSONValue in
      .object(["class": .integer(Int64(unit.remainder)), "from": key(unit.from), "to": key(unit.to)])
    }
    return .object([
      "version": .integer(Self.version), "fingerprint": .string(fingerprint),
      "source_count": .integer(Int64(sourceCount)), "target_count": .integer(Int64(targetCount)),
      "classes": .integer(Int64(classes)), "now": .integer(Int64(now)), "estimated_rows": .integer(estimatedRows),
      "units": .array(units),
    ])
  }

  /// Nil when the value is no plan of this version.
  package init?(_ json: JSONValue) {
    func number<Integer: FixedWidthInteger>(_ value: JSONValue?, _: Integer.Type = Integer.self) -> Integer? {
      guard case .integer(let number)? = value, number >= 0 else { return nil }
      return Integer(exactly: number)
    }
    func key(_ value: JSONValue?) -> [UInt8]?? {
      switch value {
      case .null?: .some(nil)
      case .string(let text)?: Hex.decode(text).map { .some($0) }
      default: nil
      }
    }
    guard number(json["version"]) == Self.version, let fingerprint = json["fingerprint"]?.text,
      let sourceCount = number(json["source_count"], Int32.self),
      let targetCount = number(json["target_count"], Int32.self),
      let classes = number(json["classes"], Int32.self), sourceCount > 0, targetCount > 0,
      classes == Self.classes(sourceCount, targetCount), let now = number(json["now"], UInt32.self),
      let rows = number(json["estimated_rows"], Int64.self)
    else { return nil }
    var units: [Unit] = []
    for item in json["units"]?.elements ?? [] {
      guard let remainder = number(item["class"], Int32.self), remainder < classes, let from = key(item["from"]),
        let to = key(item["to"])
      else { return nil }
      units.append(Unit(number: Int32(units.count), remainder: remainder, from: from, to: to))
    }
    self.init(
      fingerprint: fingerprint, sourceCount: sourceCount, targetCount: targetCount, classes: classes, now: now,
      estimatedRows: rows, units: units)
  }

  /// The greatest common divisor.
  static func classes(_ source: Int32, _ target: Int32) -> Int32 {
    var (a, b) = (source, target)
    while b > 0 { (a, b) = (b, a % b) }
    return a
  }

  /// The partitions of the backup that a unit reads.
  func sources(of unit: Unit) -> [Int32] { Array(stride(from: unit.remainder, to: sourceCount, by: Int(classes))) }

  /// The partitions of the target that a unit's rows belong to.
  func targets(of unit: Unit) -> [Int32] { Array(stride(from: unit.remainder, to: targetCount, by: Int(classes))) }
}
