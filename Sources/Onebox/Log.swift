internal import Glibc

/// Lines for the operator, on standard error.
enum Log {
  static func error(_ message: String) { write("E", message) }
  static func info(_ message: String) { write("I", message) }

  private static func write(_ level: String, _ message: String) {
    let line = Array("\(level) \(WallClock.text(unixSeconds: WallClock.unixSeconds)) \(message)\n".utf8)
    _ = Glibc.write(2, line, line.count)
  }
}
