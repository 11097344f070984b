import Glibc

/// A file system of a few megabytes in memory, to be filled up. Needs the right to mount.
package final class SmallDisk: Sendable {
  private let directory = TemporaryDirectory("small-disk")
  package let path: String

  package static let isPermitted = SmallDisk(megabytes: 1) != nil

  /// Nil when the system does not let us mount.
  package init?(megabytes: Int) {
    path = directory.file("disk")
    mkdir(path, 0o700)
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else { return nil }
  }

  package struct NotResized: Error {}

  /// Makes it larger or smaller, with what is on it.
  package func resize(megabytes: Int) throws {
    guard mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "size=\(megabytes)m") == 0 else { throw NotResized() }
  }

  deinit {
    umount2(path, Int32(MNT_DETACH))
  }
}
