import Glibc

/// What the figures were measured on.
struct Machine: Sendable {
  var processor = "unknown"
  var cores = 0
  var memoryBytes: UInt64 = 0
  var kernel = "unknown"
  var system = "unknown"

  static func current() -> Machine {
    var machine = Machine()
    if let line = SystemFile.lines("/proc/cpuinfo").first(where: { $0.hasPrefix("model name") }) {
      machine.processor = SystemFile.value(line, after: ":")
    }
    machine.cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    if let line = SystemFile.lines("/proc/meminfo").first(where: { $0.hasPrefix("MemTotal") }) {
      machine.memoryBytes = (UInt64(line.filter(\.isNumber)) ?? 0) << 10
    }
    machine.kernel = SystemFile.lines("/proc/sys/kernel/osrelease").first ?? machine.kernel
    if let line = SystemFile.lines("/etc/os-release").first(where: { $0.hasPrefix("PRETTY_NAME=") }) {
      machine.system = SystemFile.value(line, after: "=").filter { $0 != "\"" }
    }
    return machine
  }
}
