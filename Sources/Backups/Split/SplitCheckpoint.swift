package import JSON

/// A part of an offline split that is finished for good: what a later run need not do again. Parts that are not finished
/// have no checkpoint; they are done from their beginning, over what an earlier run has left.
package struct SplitCheckpoint: Sendable, Equatable {
  package enum Stage: String, Sendable {
    /// `part` is a partition of the backup: its files are where they can be opened, and are right.
    case fetch
    /// `part` is a unit of the plan: all its rows are in finished files.
    case split
  }

  package var stage: Stage
  package var part: Int32
  package var counts = SplitCounts()
  package var files: [SplitFile] = []

  package init(stage: Stage, part: Int32) {
    self.stage = stage
    self.part = part
  }

  /// All but `stage` and `part`.
  package var json: JSONValue { .object(["counts": counts.json, "files": .array(files.map(\.json))]) }

  /// Nil when the value is none of these.
  package init?(stage: Stage, part: Int32, _ json: JSONValue) {
    guard let counts = SplitCounts(json["counts"]) else { return nil }
    var files: [SplitFile] = []
    for item in json["files"]?.elements ?? [] {
      guard let file = SplitFile(item) else { return nil }
      files.append(file)
    }
    self.init(stage: stage, part: part)
    self.counts = counts
    self.files = files
  }
}
