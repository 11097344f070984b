import Glibc

/// Small files that the kernel makes up.
enum SystemFile {
  /// Empty when it cannot be read.
  static func text(_ path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var contents: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      guard count > 0 else { return String(decoding: contents, as: UTF8.self) }
      contents += chunk[..<count]
    }
  }

  static func lines(_ path: String) -> [String] {
    text(path).split(separator: "\n").map(String.init)
  }

  static func value(_ line: String, after separator: Character) -> String {
    guard let place = line.firstIndex(of: separator) else { return "" }
    return String(line[line.index(after: place)...].drop { $0 == " " || $0 == "\t" })
  }

  /// Seconds of processor time that a process has used, its threads together, and those of its ended children not.
  static func processorSeconds(of process: Int32) -> Double {
    let text = text("/proc/\(process)/stat")
    // The name in parentheses may hold blanks; user and system time are the 12th and 13th word behind it.
    guard let end = text.lastIndex(of: ")") else { return 0 }
    let words = text[text.index(after: end)...].split(separator: " ")
    guard words.count > 12, let user = Double(words[11]), let system = Double(words[12]) else { return 0 }
    return (user + system) / Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
  }
}
