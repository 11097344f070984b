/// What a server answered, whatever its status.
package struct HTTPAnswer: Sendable {
  package var status: Int
  /// Where it came from in the end: another place than asked when a redirection was followed.
  package var url: String
  /// Names in lower case; of repeated ones the last counts.
  package var headers: [String: String]
  /// Empty when it went into a sink.
  package var body: [UInt8]

  package var isSuccess: Bool { (200..<300).contains(status) }
  package var text: String { String(decoding: body, as: UTF8.self) }
}
