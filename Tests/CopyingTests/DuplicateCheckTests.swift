import EventLoop
import Onebox
import PegasusClient
import PegasusProtocol
import Testing

@testable import Copying

@Suite(.serialized) struct DuplicateCheckTests {
  @LoopActor
  private func check(
    _ group: [String: UInt8], target: [String: UInt8] = ["left": 1, "right": 2], as name: String = "right"
  ) async throws -> DuplicateCheck.Outcome {
    let left = try await ClusterFixture("left")
    let right = try await ClusterFixture("right") {
      $0.clusterName = name
      $0.duplicationGroup = target
    }
    let source = try await left.table("from", partitions: 2)
    let table = try await right.table("to", partitions: 2)
    let outcome = try await DuplicateCheck(source: source, target: table, group: group).run()
    // The question has made nothing.
    #expect(try await right.client.listTables().map(\.appName) == ["to"])
    await left.stop()
    await right.stop()
    return outcome
  }

  private func reason(_ outcome: DuplicateCheck.Outcome) -> String {
    if case .refused(let reason) = outcome { reason } else { "" }
  }

  @Test @LoopActor
  func bothSidesHaveToAgree() async throws {
    #expect(try await check(["left": 1, "right": 2]) == .allowed(clusterID: 1))
    #expect(reason(try await check([:])).contains("does not name 'left'"))
    #expect(reason(try await check(["left": 1])).contains("does not name 'right'"))
    #expect(reason(try await check(["left": 1, "right": 1])).contains("to itself"))
    let alone = try await check(["left": 1, "right": 2], target: ["right": 2])
    #expect(reason(alone).contains("do not know 'left'"))
    let other = try await check(["left": 1, "right": 2], target: ["left": 1, "right": 2, "mars": 3], as: "mars")
    #expect(reason(other).contains("another name for themselves"))
    let stranger = try await check(["left": 1, "right": 2], target: ["left": 1, "mars": 3], as: "mars")
    #expect(reason(stranger).contains("do not go by that name"))
  }

  @Test @LoopActor
  func aClusterThatDoesNotAnswerIsARefusal() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 1)
      let target = right.client.table("absent")
      let group: [String: UInt8] = ["left": 1, "right": 2]
      let outcome = try await DuplicateCheck(source: source, target: target, group: group).run()
      #expect(reason(outcome).hasPrefix("'right' cannot be asked") || reason(outcome).contains("do not"))
    }
  }

  @Test(arguments: [("2.6.0-onebox", "2.6"), ("2.4.0", "2.4"), ("v2.10.3", "2.10")])
  func releases(_ text: String, _ release: String) {
    #expect(ServerRelease(in: text)?.description == release)
  }

  @Test func releasesAreOrdered() {
    #expect(ServerRelease(2, 3) < ServerRelease(2, 4))
    #expect(ServerRelease(2, 10) > ServerRelease(2, 4))
    #expect(ServerRelease(in: "unknown") == nil)
  }
}
