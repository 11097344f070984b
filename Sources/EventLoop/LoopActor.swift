import Glibc

/// Everything that touches a socket is confined to this actor: one thread, no locks.
///
/// A call between two parts on the actor is a plain call; a call from elsewhere costs two thread hops (about 11 µs), so
/// that work with many calls belongs on the actor, or in tasks that prefer `EventLoop.shared`.
@globalActor
package actor LoopActor {
  package static let shared = LoopActor()

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    EventLoop.shared.asUnownedSerialExecutor()
  }

  /// Runs `body` at once, as part of the loop; a programming error (and a trap) when not on the loop's thread.
  package static func assumeIsolated<T: Sendable, E: Error>(
    _ body: @LoopActor () throws(E) -> T
  ) throws(E) -> T {
    try assumeIsolated(on: .shared, body)
  }

  static func assumeIsolated<T: Sendable, E: Error>(
    on loop: EventLoop, _ body: @LoopActor () throws(E) -> T
  ) throws(E) -> T {
    loop.checkIsolated()
    return try withoutActuallyEscaping(body) { (isolated) throws(E) -> T in
      // The same function without the actor in its type: the check above has just proved where we are.
      let plain = unsafeBitCast(isolated, to: (() throws(E) -> T).self)
      return try plain()
    }
  }
}
