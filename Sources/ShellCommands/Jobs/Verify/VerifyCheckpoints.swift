import Bytes
import Copying
import JSON
import Jobs
import PegasusProtocol

/// A verify's position as checkpoints of a job: part 0 is the position itself, and the keys that differed follow in parts of
/// some hundred each, so that a second in which nothing differed writes one line, and one in which a row did writes two.
struct VerifyCheckpoints {
  /// Keys in one part.
  static let partSize = 500

  let step: String
  /// Keys whose parts are in the journal.
  private var written = 0

  init(step: String) { self.step = step }

  // MARK: Writing

  /// - Parameter keys: those that differed, by their places
  mutating func take(_ mark: VerifyCheckpoint, _ keys: (Range<Int>) -> [DifferingKey]) -> [Checkpoint] {
    var list = [
      Checkpoint(
        step: step, part: 0, position: mark.position, isFinished: mark.isFinished,
        detail: .object([
          "source_rows": .integer(mark.sourceRows), "target_rows": .integer(mark.targetRows),
          "same": .integer(mark.same), "unlisted": .integer(mark.unlisted), "differing": .int(mark.differing),
        ]))
    ]
    // The last part of the last time may have been begun only.
    for part in (written / Self.partSize)..<max(Self.parts(mark.differing), written / Self.partSize) {
      let range = (part * Self.partSize)..<min((part + 1) * Self.partSize, mark.differing)
      list.append(Checkpoint(step: step, part: Int32(part + 1), detail: .array(keys(range).map { Self.json($0) })))
    }
    written = mark.differing
    return list
  }

  private static func parts(_ count: Int) -> Int { (count + partSize - 1) / partSize }

  private static func json(_ key: DifferingKey) -> JSONValue {
    .array([.string(Hex.encode(key.key.encoded)), json(key.source), json(key.target)])
  }

  private static func json(_ look: RowLook?) -> JSONValue {
    guard let look else { return .null }
    return .array([.int(look.valueLength), .string(Hex.encode(checksum: look.valueChecksum)), .int(look.expiry)])
  }

  // MARK: Reading

  /// What the journal knows of a step; nothing when it knows nothing.
  ///
  /// - Throws: `ShellError` when it is not what `take` makes
  mutating func read(_ checkpoints: [Checkpoint]) throws(ShellError) -> (VerifyCheckpoint, [DifferingKey]) {
    let mine = checkpoints.filter { $0.step == step }.sorted { $0.part < $1.part }
    guard let first = mine.first, first.part == 0 else { return (VerifyCheckpoint(), []) }
    var mark = VerifyCheckpoint()
    mark.position = first.position
    mark.isFinished = first.isFinished
    mark.sourceRows = try Self.integer(first.detail["source_rows"])
    mark.targetRows = try Self.integer(first.detail["target_rows"])
    mark.same = try Self.integer(first.detail["same"])
    mark.unlisted = try Self.integer(first.detail["unlisted"])
    mark.differing = Int(try Self.integer(first.detail["differing"]))
    var keys: [DifferingKey] = []
    for checkpoint in mine.dropFirst() {
      for element in checkpoint.detail.elements { keys.append(try Self.key(element)) }
    }
    guard keys.count >= mark.differing else { throw Self.damaged }
    written = mark.differing
    return (mark, Array(keys.prefix(mark.differing)))
  }

  private static let damaged = ShellError("the journal does not hold what the verify has found", status: .refused)

  private static func integer(_ value: JSONValue?) throws(ShellError) -> Int64 {
    guard case .integer(let number) = value, number >= 0 else { throw damaged }
    return number
  }

  private static func key(_ value: JSONValue) throws(ShellError) -> DifferingKey {
    let fields = value.elements
    guard fields.count == 3, let bytes = fields[0].text.flatMap({ Hex.decode($0) }),
      let key = try? PegasusKey(encoded: bytes)
    else { throw damaged }
    return DifferingKey(key: key, source: try look(fields[1]), target: try look(fields[2]))
  }

  private static func look(_ value: JSONValue) throws(ShellError) -> RowLook? {
    if value == .null { return nil }
    let fields = value.elements
    guard fields.count == 3, case .integer(let length) = fields[0], let checksum = fields[1].text.flatMap(Hex.checksum),
      case .integer(let expiry) = fields[2], let expiry = UInt32(exactly: expiry)
    else { throw damaged }
    return RowLook(valueLength: Int(length), valueChecksum: checksum, expiry: expiry)
  }
}

extension Hex {
  /// Sixteen digits, the highest first.
  static func encode(checksum: UInt64) -> String {
    encode(withUnsafeBytes(of: checksum.bigEndian) { Array($0) })
  }

  static func checksum(_ text: String) -> UInt64? {
    guard let bytes = decode(text), bytes.count == 8 else { return nil }
    return bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
