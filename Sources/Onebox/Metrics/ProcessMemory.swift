internal import Glibc
internal import StorageEngine

/// Memory of this process, in bytes.
struct ProcessMemory {
  var residentBytes: UInt64 = 0
  var virtualBytes: UInt64 = 0

  static var now: ProcessMemory {
    guard let bytes = try? Files.read("/proc/self/statm") else { return ProcessMemory() }
    let pages = String(decoding: bytes, as: UTF8.self).split(separator: " ").map { UInt64($0) ?? 0 }
    guard pages.count > 1 else { return ProcessMemory() }
    let size = UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 1))
    return ProcessMemory(residentBytes: pages[1] * size, virtualBytes: pages[0] * size)
  }
}
