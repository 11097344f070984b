import EventLoop
import PegasusClient

/// Gives rows of one hash key, page by page, until there are no more.
@LoopActor
protocol RowPageSource: AnyObject {
  /// - Returns: the next rows in ascending order; `nil` after the last ones
  func next() async throws -> [RowPage.Row]?
  /// Whether everything asked for has been given; `false` when a limit on the count has cut it.
  var isComplete: Bool { get }
  /// Where the last answer came from.
  var place: RowPlace? { get }
}
