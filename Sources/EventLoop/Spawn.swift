import CLinux
import Glibc

/// Starting other programs.
package enum Spawn {
  package enum Streams: Sendable {
    /// Descriptors for standard input, output and error; nil is /dev/null.
    case descriptors(Int32?, Int32?, Int32?)
    /// The named terminal becomes all three, and the controlling terminal.
    case terminal(String)
  }

  package enum Exit: Equatable, Sendable {
    case code(Int32)
    case signal(Int32)
  }

  /// Starts `executable` (a path) and answers its process id. Signals are at their defaults there, and no other
  /// descriptor is passed on.
  ///
  /// With `newSession` the program is cut off from the caller's terminal and process group, and outlives it.
  package static func start(
    _ executable: String, _ arguments: [String], environment: [String: String]? = nil, directory: String? = nil,
    streams: Streams, newSession: Bool = false
  ) throws(SocketError) -> Int32 {
    let words = CStrings([executable] + arguments)
    let variables = CStrings(
      environment.map { $0.map { "\($0.key)=\($0.value)" }.sorted() } ?? Self.inheritedEnvironment())
    let directory = directory.map { CStrings([$0]) }
    var options = clinux_spawn_options()
    options.directory = directory?.pointers[0].map { UnsafePointer($0) }
    options.new_session = newSession ? 1 : 0
    var terminal: CStrings?
    switch streams {
    case .descriptors(let input, let output, let error):
      options.standard = (input ?? -1, output ?? -1, error ?? -1)
    case .terminal(let name):
      terminal = CStrings([name])
      options.terminal = terminal?.pointers[0].map { UnsafePointer($0) }
    }
    let pid = withExtendedLifetime((directory, terminal)) {
      clinux_spawn(executable, words.pointers, variables.pointers, &options)
    }
    guard pid > 0 else { throw SocketError("start \(executable)", code: -pid) }
    return pid
  }

  /// Blocks until the child has ended.
  package static func wait(for pid: Int32) throws(SocketError) -> Exit {
    var status: Int32 = 0
    let result = clinux_wait(pid, &status)
    guard result >= 0 else { throw SocketError("wait for process \(pid)", code: -result) }
    let signalNumber = status & 0x7f
    return signalNumber == 0 ? .code(status >> 8 & 0xff) : .signal(signalNumber)
  }

  /// A new pseudo terminal: our side's descriptor and the name of the other side.
  package static func openTerminal(columns: Int, rows: Int) throws(SocketError) -> (master: Int32, name: String) {
    var name = [CChar](repeating: 0, count: 128)
    let master = clinux_open_terminal(Int32(clamping: columns), Int32(clamping: rows), &name, name.count)
    guard master >= 0 else { throw SocketError("open a terminal", code: -master) }
    return (master, String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  package static func resizeTerminal(_ master: Int32, columns: Int, rows: Int) {
    clinux_resize_terminal(master, Int32(clamping: columns), Int32(clamping: rows))
  }

  /// A pipe whose ends block and are not inherited.
  package static func pipe() throws(SocketError) -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [-1, -1]
    let result = clinux_blocking_pipe(&ends)
    guard result == 0 else { throw SocketError("make a pipe", code: -result) }
    return (ends[0], ends[1])
  }

  private static func inheritedEnvironment() -> [String] {
    var variables: [String] = []
    var next = environ
    while let entry = next.pointee {
      variables.append(String(cString: entry))
      next += 1
    }
    return variables
  }
}

/// A NULL-terminated array of C strings, as exec takes them.
private final class CStrings {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) {
    pointers = strings.map { strdup($0) } + [nil]
  }

  deinit {
    for pointer in pointers { free(pointer) }
  }
}
