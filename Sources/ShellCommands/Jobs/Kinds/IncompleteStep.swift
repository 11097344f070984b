/// Thrown out of a step that came to an end, but not to its own: it must not be journaled as done. What it has found is
/// told all the same.
struct IncompleteStep: Error, CustomStringConvertible {
  var description: String { "not complete" }
}
