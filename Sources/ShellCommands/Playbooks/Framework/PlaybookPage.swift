import EventLoop
import JSON
import Jobs
import Terminal

/// A dry run of a playbook: both sides, what was found, and every act with how it is taken back.
@LoopActor
struct PlaybookPage {
  let playbook: PreparedPlaybook
  let sight: PlaybookSight

  init(_ playbook: PreparedPlaybook, _ sight: PlaybookSight) {
    self.playbook = playbook
    self.sight = sight
  }

  /// For people.
  func text(style: Style) -> String {
    (sight.sections.isEmpty ? "" : Report(sight.sections).text(style: style)) + acts(style)
      + FindingList(sight.findings).text(style: style)
  }

  /// Not a table: sentences are too long to be padded.
  private func acts(_ style: Style) -> String {
    let width = (playbook.acts.map(\.name.count).max() ?? 0) + 2
    var text = style(.heading, "[acts]") + "\n"
    for act in playbook.acts {
      text += DisplayWidth.padded(act.name, to: width) + act.title + "\n"
      if let undo = act.undoTitle {
        text += String(repeating: " ", count: width) + style(.dim, "undo: \(undo)") + "\n"
      }
    }
    return text + "\n"
  }

  /// For programs.
  var json: JSONValue {
    var document = sight.facts
    document["acts"] = .array(
      playbook.acts.map { act in
        .object([
          "name": .string(act.name), "title": .string(act.title), "steps": .strings(act.steps.map(\.title)),
          "undo": .optional(act.undoTitle),
        ])
      })
    document["findings"] = FindingList(sight.findings).json
    document["verdict"] = .string(!sight.blockers.isEmpty ? "refused" : sight.questions.isEmpty ? "ready" : "asks")
    return .object(document)
  }
}
