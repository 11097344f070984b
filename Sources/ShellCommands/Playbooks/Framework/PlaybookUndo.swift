/// What taking an act back would do now.
struct PlaybookUndo: Sendable, Equatable {
  /// What exactly: "drop table 'users' (id 7) of ClusterB". Begins small.
  var text: String
  /// Something is destroyed, and at the prompt this has to be typed: a table's name; nil: nothing is.
  var typed: String?

  init(_ text: String, typed: String? = nil) {
    self.text = text
    self.typed = typed
  }
}
