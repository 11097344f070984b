import EventLoop
package import JSON

extension Job {
  /// Runs a step: the journal says so before and after. It is run even when it was done in an earlier run: ask `isDone`
  /// before. Rethrows what `body` throws.
  ///
  /// A journal that cannot be written does not keep a step from running; what must not be done without a trace is noted
  /// with `setDetail`, which throws.
  package func step<T>(_ name: String, _ body: @LoopActor () async throws -> T) async throws -> T {
    let number = number(of: name)
    let startedAt = stored.steps[number].startedAt ?? JobClock.now()
    change(number) {
      $0.state = .running
      $0.startedAt = startedAt
      $0.endedAt = nil
      $0.error = nil
    }
    event("step_started", ["step": .string(name)])
    await keeper.flush()
    do {
      let value = try await body()
      change(number) {
        $0.state = .done
        $0.endedAt = JobClock.now()
      }
      event("step_done", ["step": .string(name)])
      await save()
      return value
    } catch {
      // A stop is no failure: the step waits for the next run.
      let isStop = wish != nil || error is CancellationError
      change(number) {
        $0.state = isStop ? .waiting : .failed
        $0.endedAt = JobClock.now()
        $0.error = isStop ? nil : "\(error)"
      }
      if !isStop { event("step_failed", ["step": .string(name), "message": .string("\(error)")]) }
      await save()
      throw error
    }
  }

  /// Notes that a step is not needed.
  package func skip(_ name: String) async {
    change(number(of: name)) { $0.state = .skipped }
    event("step_skipped", ["step": .string(name)])
    await keeper.flush()
  }

  /// Whether a step was done, or not needed, in this run or an earlier one.
  package func isDone(_ step: String) -> Bool {
    guard let found = stored.steps.first(where: { $0.plan.name == step }) else { return false }
    return found.state == .done || found.state == .skipped
  }

  /// What the step has left, null when nothing.
  package func detail(of step: String) -> JSONValue {
    stored.steps.first { $0.plan.name == step }?.detail ?? .null
  }

  /// Leaves something for later steps and for a resume: safely in the journal when this returns.
  ///
  /// Throws `JournalError` when it cannot be written: then do not do what could not be found again.
  package func setDetail(_ detail: JSONValue, of step: String) async throws {
    change(number(of: step)) { $0.detail = detail }
    if let error = await keeper.flush() { throw error }
    if keeper.isAbandoned { throw CancellationError() }
  }

  /// The place of a step; one that was not planned is added.
  private func number(of name: String) -> Int {
    if let known = stored.steps.firstIndex(where: { $0.plan.name == name }) { return known }
    stored.steps.append(StepRecord(plan: StepPlan(name: name, title: name)))
    return stored.steps.count - 1
  }

  func change(_ number: Int, _ body: (inout StepRecord) -> Void) {
    body(&stored.steps[number])
    let step = stored.steps[number]
    keeper.note { $0.steps[number] = step }
  }
}
