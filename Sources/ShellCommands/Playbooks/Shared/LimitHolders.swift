import EventLoop
import JSON
import Jobs

/// Other migrations that keep limits, each with what servers had before it: several at once must not take one another's
/// limits for what was there before, nor set them back under one that still works.
@LoopActor
struct LimitHolders {
  private struct Holder {
    let isAtWork: Bool
    let before: LimitsBefore
    let wishes: [LimitWish]
  }

  private let holders: [Holder]

  /// - Parameter own: the job that asks
  /// - Throws: `JournalError`
  init(in jobs: JobCentre, besides own: JobID?) async throws {
    holders = try await jobs.list().compactMap { record in
      guard record.id != own, record.state != .done, Playbooks[record.plan.kind] != nil,
        !PlaybookTrace(record, of: "limit_back").isDone("limit_back")
      else { return nil }
      let before = LimitsBefore(PlaybookTrace(record, of: "limit").detail(of: "limit"))
      let parameters = record.plan.parameters
      let plan = try? MigrationPlan(parameters["migration"] ?? parameters)
      return before.entries.isEmpty
        ? nil : Holder(isAtWork: record.isHeld, before: before, wishes: plan?.limits ?? [])
    }
  }

  /// What a server had before the first of them, when what it has now is what one of them has set.
  func original(_ limit: String, _ server: String, now value: String) -> String? {
    for holder in holders {
      guard let entry = holder.before.entries.first(where: { $0.limit == limit && $0.server == server }),
        holder.wishes.contains(where: { $0.side == entry.side && $0.limit == limit && $0.value == value })
      else { continue }
      return entry.value
    }
    return nil
  }

  /// Whether one that works now needs the limit.
  func isNeeded(_ limit: String, _ server: String) -> Bool {
    holders.contains { holder in
      holder.isAtWork && holder.before.entries.contains { $0.limit == limit && $0.server == server }
    }
  }
}
