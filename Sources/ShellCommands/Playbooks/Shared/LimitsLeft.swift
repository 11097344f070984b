import JSON
import Jobs

/// Limits that a migration has set at servers, or was about to, and has not set back: as its journal tells.
struct LimitsLeft: Sendable {
  /// What servers had before.
  let before: LimitsBefore
  /// What the migration wants them to have.
  let wishes: [LimitWish]
  /// "upload of ClusterA: 20 MB/s", each limit that differs from what a server had.
  let texts: [String]

  /// Nil: none are left, or it is no migration.
  init?(_ record: JobRecord) {
    guard record.state != .done, Playbooks[record.plan.kind] != nil,
      !PlaybookTrace(record, of: "limit_back").isDone("limit_back")
    else { return nil }
    let before = LimitsBefore(PlaybookTrace(record, of: "limit").detail(of: "limit"))
    guard !before.entries.isEmpty else { return nil }
    let parameters = record.plan.parameters
    let plan = try? MigrationPlan(parameters["migration"] ?? parameters)
    self.before = before
    wishes = plan?.limits ?? []
    texts = wishes.compactMap { wish in
      let isChanged = before.entries.contains {
        $0.side == wish.side && $0.limit == wish.limit && $0.value != wish.value
      }
      let cluster = wish.side == .source ? plan?.source.cluster : plan?.target.name
      return isChanged ? "\(wish.limit) of \(cluster ?? ""): \(wish.value) MB/s" : nil
    }
  }
}
