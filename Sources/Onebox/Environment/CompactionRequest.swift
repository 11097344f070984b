/// How a manual compaction is to be done.
struct CompactionRequest: Equatable, Sendable {
  /// −1 = as deep as the rows lie.
  var targetLevel: Int32 = -1
  /// Whether the deepest level is rewritten, too.
  var rewritesBottommost = false

  init() {}

  /// `kind` is `once` or `periodic`.
  init(_ environment: [String: String], _ kind: String) {
    targetLevel = environment["manual_compact.\(kind).target_level"].flatMap { Int32($0) } ?? -1
    rewritesBottommost = environment["manual_compact.\(kind).bottommost_level_compaction"] == "force"
  }
}
