/// Where the body of an answer goes, piece by piece, when it is not to be kept in memory.
package protocol HTTPBodySink: AnyObject, Sendable {
  /// Takes the next bytes. Called off the loop, by one thread at a time; an error ends the transfer.
  func take(_ bytes: RawSpan) throws
}
