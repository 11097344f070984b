package import PegasusClient

/// How a verify stands, or how it ended.
package struct VerifySnapshot: Sendable {
  /// What a verify says in the end.
  package enum Conclusion: String, Sendable {
    case same, different
    case couldNotTell = "could_not_tell"
  }

  package var counts: VerifyCounts
  /// Differing keys that wait for another look.
  package var suspects: Int
  /// Further looks begun so far.
  package var round: Int
  package var finishedSourcePartitions: Int
  package var sourcePartitions: Int
  package var finishedTargetPartitions: Int
  package var targetPartitions: Int
  package var elapsed: Duration
  /// Both tables were read to their ends.
  package var isComplete: Bool
  /// There may be rows that no filter lets through.
  package var isFiltered: Bool
  /// Why it ended before its end.
  package var error: ClientError?

  /// Both were read to their ends, and no row of either took part although there may be some.
  package var comparedNothing: Bool { error == nil && isComplete && isFiltered && counts.keys == 0 }

  /// A stable difference is one, whatever could not be told besides; but what was not read to its end is no answer.
  package var conclusion: Conclusion {
    if error != nil || !isComplete || comparedNothing { return .couldNotTell }
    if counts.stable > 0 { return .different }
    return counts.unreadable + counts.unconfirmed + counts.unsettled > 0 ? .couldNotTell : .same
  }
}

/// How a verify ended, with the differing keys in their order, as many as were remembered.
package struct VerifyResult: Sendable {
  package var snapshot: VerifySnapshot
  package var findings: [VerifyFinding]
  /// Differing keys that are counted but not listed.
  package var unlisted: Int64

  /// It ran to its end, whatever it found; otherwise a later run can go on with it.
  package var isFinished: Bool { snapshot.error == nil && snapshot.isComplete }
}
