import CommandLineKit

/// Bytes as the shell shows them: escaped and between double quotes, ready to be pasted back.
func quoted(_ bytes: [UInt8], all: Bool = false) -> String {
  "\"" + ByteEscaping.escape(bytes, all: all) + "\""
}
