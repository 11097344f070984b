/// Time limits of a cluster client. All of them are deadlines for the whole call, retries included.
package struct ClientOptions: Sendable {
  /// A call to the meta server, leader search included. The old shell waits 10 s.
  package var metaTimeout: Duration = .seconds(10)
  /// A call to the primary of a partition, routing and retries included. The old shell's session default is 5 s.
  package var dataTimeout: Duration = .seconds(5)
  /// A remote command or another call to one named server.
  package var serverTimeout: Duration = .seconds(5)
  /// Retries of calls that failed for a passing reason.
  package var retry = RetryPolicy()

  package init() {}
}
