/// What was typed while keys are read one by one.
package struct KeyPresses: Sendable, Equatable {
  /// The character of Ctrl-Z.
  package static let suspend: Character = "\u{1A}"

  /// Single keys, in order.
  package var keys: [Character] = []
  /// A whole line, or the beginning of one, that came at once: pasted, or sent by a program. No single key is meant, and
  /// the bytes belong to the next prompt.
  package var typedAhead: [UInt8] = []

  package init(keys: [Character] = [], typedAhead: [UInt8] = []) {
    self.keys = keys
    self.typedAhead = typedAhead
  }

  /// Tells keys from text: people press one key at a time, or the same one again and again.
  ///
  /// - Parameter bytes: what was waiting at one moment
  init(_ bytes: [UInt8]) {
    var filter = SequenceFilter()
    let typed = String(decoding: bytes, as: UTF8.self).unicodeScalars.filter { !filter.swallows($0) }
    let text = typed.filter { $0 != "\u{1A}" }
    let hasLineEnd = text.contains { $0 == "\n" || $0 == "\r" }
    if text.count > 1, hasLineEnd || (text.count > 3 && Set(text).count > 1) {
      typedAhead = bytes.filter { $0 != 0x1A }
      if text.count != typed.count { keys = [Self.suspend] }
    } else {
      keys = typed.map { Character($0) }
    }
  }
}
