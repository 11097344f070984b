import Glibc

/// The body of a request, read as it is sent. Confined to the transfer thread.
final class UploadBody {
  let size: Int64
  /// Why it cannot be read; nil while it can.
  private(set) var failure: String?
  private let bytes: [UInt8]
  private let descriptor: Int32
  private var position: Int64 = 0

  init(_ body: HTTPCall.Body) {
    switch body {
    case .none: (bytes, descriptor, size) = ([], -1, 0)
    case .bytes(let bytes): (self.bytes, descriptor, size) = (bytes, -1, Int64(bytes.count))
    case .file(let path):
      bytes = []
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      var status = stat()
      if descriptor >= 0, fstat(descriptor, &status) == 0 {
        size = Int64(status.st_size)
      } else {
        size = 0
        failure = "\(path): \(String(cString: strerror(errno)))"
      }
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// How many bytes were stored; 0 at the end, nil when it cannot be read.
  func read(into space: UnsafeMutableRawBufferPointer) -> Int? {
    guard failure == nil else { return nil }
    let wanted = Int(min(Int64(space.count), size - position))
    guard wanted > 0 else { return 0 }
    guard descriptor < 0 else {
      let count = pread(descriptor, space.baseAddress, wanted, off_t(position))
      guard count > 0 else {
        failure = count == 0 ? "the file became shorter while it was sent" : String(cString: strerror(errno))
        return nil
      }
      position += Int64(count)
      return count
    }
    let start = Int(position)
    bytes.withUnsafeBytes { space.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<(start + wanted)])) }
    position += Int64(wanted)
    return wanted
  }

  func seek(to offset: Int64) -> Bool {
    guard offset >= 0, offset <= size else { return false }
    position = offset
    return true
  }
}
