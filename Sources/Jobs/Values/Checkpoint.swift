package import JSON

/// How far one part of a step has come: everything up to and including `position` is decided and need not be done again.
///
/// A stale one is safe: something is done twice, nothing is left out.
package struct Checkpoint: Sendable, Equatable {
  /// The name of the step.
  package var step: String
  /// A partition, for example; unique in its step.
  package var part: Int32
  /// A key, for example; nil: nothing is decided yet.
  package var position: [UInt8]?
  package var isFinished: Bool
  /// The counts at that position, and what else a resume needs of the part.
  package var detail: JSONValue

  package init(
    step: String, part: Int32, position: [UInt8]? = nil, isFinished: Bool = false, detail: JSONValue = .null
  ) {
    self.step = step
    self.part = part
    self.position = position
    self.isFinished = isFinished
    self.detail = detail
  }
}
