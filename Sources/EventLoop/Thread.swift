import CLinux
import Glibc

/// Starts a detached thread that runs `body`.
package func startThread(named name: StaticString, _ body: @escaping @Sendable () -> Void) {
  final class Start: Sendable {
    let name: StaticString
    let body: @Sendable () -> Void

    init(name: StaticString, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  pthread_attr_setstacksize(&attributes, 8 << 20)
  defer { pthread_attr_destroy(&attributes) }
  let start = Unmanaged.passRetained(Start(name: name, body: body))
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument else { return nil }
      let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
      start.name.withUTF8Buffer { name in
        name.baseAddress?.withMemoryRebound(to: CChar.self, capacity: name.count + 1) { clinux_name_thread($0) }
      }
      start.body()
      return nil
    }, start.toOpaque())
  precondition(failure == 0, "the operating system refuses another thread")
}
