import EventLoop

/// Runs `body` for each item, no more than `limit` of them at once, in order of their start. Once `goesOn` says no, nothing
/// further is started and what runs is cancelled; all of it is awaited in any case.
@LoopActor
func runAll<Item: AnyObject & Sendable>(
  _ items: [Item], atMost limit: Int, while goesOn: @LoopActor () -> Bool,
  _ body: @escaping @LoopActor @Sendable (Item) async -> Void
) async {
  await withTaskGroup(of: Void.self) { group in
    var next = 0
    var running = 0
    while true {
      while running < max(limit, 1), next < items.count, goesOn(), !Task.isCancelled {
        let item = items[next]
        group.addTask(executorPreference: EventLoop.shared.taskExecutor) { await body(item) }
        next += 1
        running += 1
      }
      guard running > 0 else { return }
      await group.next()
      running -= 1
      if !goesOn() { group.cancelAll() }
    }
  }
}
