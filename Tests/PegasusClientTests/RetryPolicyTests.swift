import PegasusProtocol
import RPC
import Testing

@testable import PegasusClient

@Suite struct RetryPolicyTests {
  private let policy = RetryPolicy()
  private let node = NodeAddress(host: "n", port: 1)

  @Test(arguments: [
    (ErrorCode.objectNotFound, RetryPolicy.Verdict.retry(.partition)), (.invalidState, .retry(.partition)),
    (.parentPartitionMisused, .retry(.table)), (.busy, .retry(.none)), (.splitting, .retry(.none)),
    (.capacityExceeded, .retry(.none)), (.notEnoughMember, .retry(.none)), (.serviceNotActive, .retry(.partition)),
    (.invalidData, .fail),
    (.aclDeny, .fail), (.handlerNotFound, .fail), (.operationDisabled, .fail),
  ])
  func frameErrorsAskForTheirReaction(_ code: ErrorCode, _ verdict: RetryPolicy.Verdict) {
    #expect(policy.verdict(on: code, repeatable: true) == verdict)
  }

  @Test func aLostAnswerOfAWriteThatCannotBeRepeatedIsUnknown() {
    let lost = RPCError.timeout(node, "m", .seconds(1), wasSent: true)
    #expect(policy.verdict(on: lost, repeatable: false) == .outcomeUnknown)
    #expect(policy.verdict(on: lost, repeatable: true) == .retry(.partition))
    let unsent = RPCError.timeout(node, "m", .seconds(1), wasSent: false)
    #expect(policy.verdict(on: unsent, repeatable: false) == .retry(.partition))
    #expect(policy.verdict(on: .connect(node, "m", "refused"), repeatable: false) == .retry(.partition))
    #expect(policy.verdict(on: ErrorCode.timeout, repeatable: false) == .outcomeUnknown)
  }

  @Test func pausesGrowAndStayBelowTheirLimit() {
    for attempt in 1...40 {
      let pause = policy.pause(after: attempt)
      #expect(pause > .zero)
      #expect(pause <= policy.longestPause * 1.5)
    }
    #expect(policy.pause(after: 1) <= .milliseconds(12))
    #expect(policy.pause(after: 20) >= .milliseconds(500))
  }
}
