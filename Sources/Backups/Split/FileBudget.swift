import Glibc

/// How many files a split may have open at once, by what the system lets a process have.
struct FileBudget: Sendable {
  /// For the rest of the process: connections, journals, what libraries need.
  private static let others = 256
  private static let mostRead = 2048
  private static let mostWanted: rlim_t = 65536

  /// Files of the backup, all databases together.
  let read: Int
  /// Files under way, all workers together.
  let written: Int

  /// The limit is raised as far as it goes, once.
  static let shared = FileBudget(limit: raisedLimit())

  init(limit: Int) {
    let free = max(limit - Self.others, 0)
    read = min(Self.mostRead, max(free / 3, 1))
    written = max(free - read, 1)
  }

  private static func raisedLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    if limit.rlim_cur < min(limit.rlim_max, mostWanted) {
      let before = limit.rlim_cur
      limit.rlim_cur = min(limit.rlim_max, mostWanted)
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { limit.rlim_cur = before }
    }
    return Int(clamping: limit.rlim_cur)
  }
}
