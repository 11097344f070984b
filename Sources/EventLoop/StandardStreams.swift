import Glibc

/// The three streams that every program is expected to begin with.
package enum StandardStreams {
  /// Puts something harmless where the starter of the process has closed a standard stream. Otherwise the next file or
  /// socket that is opened takes its number, and messages go there.
  ///
  /// Reading from a closed standard input gives its end, and writing to a closed output an error, as it should.
  package static func complete() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is taken, which is this one.
      _ = open("/dev/null", O_RDONLY)
    }
  }
}
