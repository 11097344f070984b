import Bytes
import CommandLineKit
import EventLoop
import PegasusProtocol
import Terminal

/// Bytes typed as `0x…`.
enum HexArgument {
  static func bytes(_ text: String) throws(ShellError) -> [UInt8] {
    guard text.hasPrefix("0x") || text.hasPrefix("0X"), let bytes = Hex.decode(String(text.dropFirst(2))) else {
      throw ShellError(
        "'\(text)' is not a hexadecimal number: 0x and an even count of digits are expected", status: .usage)
    }
    return bytes
  }
}
