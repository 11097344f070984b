import CLinux
import EventLoop
import Glibc

/// A lock file for each job, next to the journal: who has it locked works on the job, nobody else does. Blocks shortly.
struct JobLocks: Sendable {
  let directory: String

  private func path(_ id: JobID) -> String { "\(directory)/locks/\(id)" }

  /// The lock; nil: somebody else has it, in this process or another one.
  func take(_ id: JobID, owner: String) throws(JournalError) -> JobLock? {
    mkdir("\(directory)/locks", 0o700)
    while true {
      let descriptor = open(path(id), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw failure(errno, id) }
      let result = clinux_lock_file(descriptor)
      if result != 0 {
        close(descriptor)
        if result == -EAGAIN { return nil }
        throw failure(-result, id)
      }
      let lock = JobLock(descriptor: descriptor)
      // Whoever forgot the job may have removed the file while we came: the lock of a file without a name is worth nothing.
      guard isStillNamed(descriptor, id) else { continue }
      ftruncate(descriptor, 0)
      let line = Array("\(owner)\n".utf8)
      // Only for those who want to know the name.
      _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      return lock
    }
  }

  /// Who works on a job: "process 1234 on host"; nil: nobody.
  func holder(of id: JobID) -> String? {
    let descriptor = open(path(id), O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { return errno == ENOENT ? nil : "a process of another user" }
    defer { close(descriptor) }
    // Whoever has just locked it is about to write the name.
    for _ in 0..<20 {
      guard clinux_is_locked(descriptor) != 0 else { return nil }
      var name = [UInt8](repeating: 0, count: 300)
      let count = pread(descriptor, &name, name.count, 0)
      if count > 0 { return String(decoding: name.prefix(count).prefix { $0 != 0x0A }, as: UTF8.self) }
      usleep(1000)
    }
    return "another process"
  }

  /// Removes the file of a job whose lock the caller has.
  func remove(_ id: JobID) { unlink(path(id)) }

  private func isStillNamed(_ descriptor: Int32, _ id: JobID) -> Bool {
    var ours = stat()
    var named = stat()
    return fstat(descriptor, &ours) == 0 && stat(path(id), &named) == 0 && ours.st_ino == named.st_ino
      && ours.st_dev == named.st_dev
  }

  private func failure(_ code: Int32, _ id: JobID) -> JournalError {
    JournalError(
      code == ENOSPC || code == EDQUOT ? .full : .unwritable, path: directory, while: "lock job \(id)",
      detail: SocketError.text(of: code))
  }
}
