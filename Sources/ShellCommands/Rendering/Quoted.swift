import CommandLineKit

/// Bytes as the shell shows them: escaped and between double quotes, ready to be pasted back.
func quoted(_ bytes: [UInt8], all: Bool = false) -> String {
  "\"" + ByteEscaping.escape(bytes, all: all) + "\""
}

/// A word of a command line that the shell shows, as it has to be typed: between quotes where it needs them.
func asTyped(_ word: String) -> String {
  let isPlain = !word.isEmpty && word != "&" && !word.hasPrefix("#")
  let special: Set<UInt8> = [0x20, 0x22, 0x27, 0x3B, 0x5C]
  return isPlain && !word.utf8.contains { $0 < 0x20 || special.contains($0) } ? word : quoted(Array(word.utf8))
}
