import Glibc

/// Who runs jobs here.
enum Operator {
  /// "process 1234 on host".
  static let process = "process \(getpid()) on \(host)"

  /// The name of the user whose rights the process has; a number when it has no name.
  static let name: String = {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 4096)
    guard getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name
    else { return String(getuid()) }
    return String(cString: name)
  }()

  private static let host: String = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "this machine" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()
}
