internal import Glibc

/// This process.
enum ProcessIdentity {
  static var current: Int32 { getpid() }
}
