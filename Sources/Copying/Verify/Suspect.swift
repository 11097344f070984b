import EventLoop
import PegasusClient
import PegasusProtocol

/// A key that differed at the first look, through its later looks.
@LoopActor
final class Suspect {
  let key: PegasusKey
  private(set) var source: RowLook?
  private(set) var target: RowLook?
  /// Set when nothing more has to be looked at.
  private(set) var settled: VerifyFinding?
  private var changedAtLastLook = false
  private var unreadableReason: String?

  init(_ differing: DifferingKey) {
    key = differing.key
    source = differing.source
    target = differing.target
  }

  /// As it was last seen.
  var differing: DifferingKey { DifferingKey(key: key, source: source, target: target) }

  /// The key could not be read this time.
  func couldNotBeRead(_ reason: String) { unreadableReason = reason }

  /// Takes another look.
  ///
  /// - Parameters:
  ///   - agrees: whether both sides were found equal
  ///   - now: seconds of Pegasus' epoch
  func see(source newSource: RowLook?, target newTarget: RowLook?, agrees: Bool, now: UInt32, rule: ExpiryRule) {
    unreadableReason = nil
    let (oldSource, oldTarget) = (source, target)
    changedAtLastLook = newSource != oldSource || newTarget != oldTarget
    (source, target) = (newSource, newTarget)
    if newSource == nil && newTarget == nil {
      let hadExpiry = [oldSource, oldTarget].contains { $0.map { $0.expiry > 0 } ?? false }
      settle(hadExpiry ? .expired : .changedMeanwhile, agrees: true)
    } else if agrees {
      settle(.changedMeanwhile, agrees: true)
    } else if newSource == nil || newTarget == nil {
      let left = newSource ?? newTarget
      let gone = newSource == nil ? oldSource : oldTarget
      // About to expire here, and a little earlier there; or expired there, where expiries do not count.
      if rule.isOver(left, now: now) || (rule.isIgnored && rule.isOver(gone, now: now)) {
        settle(.expired, agrees: true)
      }
    }
  }

  /// What is to be said in the end.
  ///
  /// - Parameter isConfirmed: whether all further looks were made
  func finding(isConfirmed: Bool) -> VerifyFinding {
    if let settled { return settled }
    if let unreadableReason { return make(.unreadable, reason: unreadableReason) }
    guard isConfirmed else { return make(.unconfirmed) }
    if changedAtLastLook { return make(.changedMeanwhile) }
    return make(target == nil ? .missing : source == nil ? .extra : .different)
  }

  private func settle(_ verdict: VerifyFinding.Verdict, agrees: Bool) { settled = make(verdict, agrees: agrees) }

  private func make(_ verdict: VerifyFinding.Verdict, agrees: Bool = false, reason: String = "") -> VerifyFinding {
    VerifyFinding(key: key, verdict: verdict, source: source, target: target, agrees: agrees, reason: reason)
  }
}
