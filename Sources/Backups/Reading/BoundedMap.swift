import EventLoop

/// Does `body` for each number, some of them side by side; the results are in order. The first error ends it.
@LoopActor
func boundedMap<Output: Sendable, Failure: Error>(
  _ range: Range<Int32>, atMost limit: Int,
  _ body: @escaping @LoopActor @Sendable (Int32) async throws(Failure) -> Output
) async throws(Failure) -> [Output] {
  var results: [Int32: Output] = [:]
  var failure: Failure?
  await withTaskGroup(of: (Int32, Result<Output, Failure>).self) { group in
    var next = range.lowerBound
    while true {
      while next < range.upperBound, failure == nil, Int(next - range.lowerBound) - results.count < max(limit, 1) {
        let number = next
        group.addTask(executorPreference: EventLoop.shared.taskExecutor) { await outcome(number, body) }
        next += 1
      }
      guard let (number, outcome) = await group.next() else { return }
      switch outcome {
      case .success(let result): results[number] = result
      case .failure(let error):
        failure = failure ?? error
        group.cancelAll()
      }
    }
  }
  if let failure { throw failure }
  return range.compactMap { results[$0] }
}

@LoopActor
private func outcome<Output: Sendable, Failure: Error>(
  _ number: Int32, _ body: @LoopActor @Sendable (Int32) async throws(Failure) -> Output
) async -> (Int32, Result<Output, Failure>) {
  do throws(Failure) {
    return (number, .success(try await body(number)))
  } catch {
    return (number, .failure(error))
  }
}
