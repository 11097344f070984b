import EventLoop
import Jobs

/// Other migrations that keep limits, each with what servers had before it: several at once must not take one another's
/// limits for what was there before, nor set them back under one that still works.
@LoopActor
struct LimitHolders {
  private struct Holder {
    let isAtWork: Bool
    let left: LimitsLeft
  }

  private let holders: [Holder]

  /// - Parameter own: the job that asks
  /// - Throws: `JournalError`
  init(in jobs: JobCentre, besides own: JobID?) async throws {
    holders = try await jobs.list().compactMap { record in
      guard record.id != own else { return nil }
      return LimitsLeft(record).map { Holder(isAtWork: record.isHeld, left: $0) }
    }
  }

  /// What a server had before the first of them, when what it has now is what one of them has set.
  func original(_ limit: String, _ server: String, now value: String) -> String? {
    for holder in holders {
      guard let entry = holder.left.before.entries.first(where: { $0.limit == limit && $0.server == server }),
        holder.left.wishes.contains(where: { $0.side == entry.side && $0.limit == limit && $0.value == value })
      else { continue }
      return entry.value
    }
    return nil
  }

  /// Whether one that works now needs the limit.
  func isNeeded(_ limit: String, _ server: String) -> Bool {
    holders.contains { holder in
      holder.isAtWork && holder.left.before.entries.contains { $0.limit == limit && $0.server == server }
    }
  }
}
