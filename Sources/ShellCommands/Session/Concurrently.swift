import EventLoop

/// Runs `body` for every element, at most `limit` at a time; results in the order of the elements. The first error
/// cancels the rest.
@LoopActor
func mapConcurrently<Element: Sendable, Output: Sendable>(
  _ elements: [Element], limit: Int = 16, _ body: @escaping @LoopActor (Element) async throws -> Output
) async throws -> [Output] {
  try await withThrowingTaskGroup(of: (Int, Output).self) { group in
    var outputs: [Output?] = Array(repeating: nil, count: elements.count)
    var next = 0
    while next < min(limit, elements.count) {
      let (index, element) = (next, elements[next])
      group.addTask { (index, try await body(element)) }
      next += 1
    }
    while let (index, output) = try await group.next() {
      outputs[index] = output
      if next < elements.count {
        let (index, element) = (next, elements[next])
        group.addTask { (index, try await body(element)) }
        next += 1
      }
    }
    return outputs.compactMap { $0 }
  }
}
