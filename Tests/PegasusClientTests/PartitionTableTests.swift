import PegasusProtocol
import RPC
import Testing

@testable import PegasusClient

@Suite struct PartitionTableTests {
  private func response(count: Int32, ballot: (Int32) -> Int64 = { _ in 3 }) -> QueryCfgResponse {
    var response = QueryCfgResponse(err: .ok, appId: 7, partitionCount: count, isStateful: true)
    for index in 0..<count {
      var partition = PartitionConfiguration(pid: GPID(appID: 7, partitionIndex: index), ballot: ballot(index))
      partition.maxReplicaCount = 3
      if let address = RPCAddress("127.0.0.1:34801") { partition.primary = address }
      response.partitions.append(partition)
    }
    return response
  }

  @Test func rowsGoToHashModuloCount() throws {
    let table = try PartitionTable(response(count: 8), action: "")
    #expect(table.index(for: 0x6564_1f36_e9f6_a96d) == 5)
    #expect(table.gpid(5) == GPID(appID: 7, partitionIndex: 5))
  }

  /// While a split is under way the new half has ballot −1, and its rows are still in the old half.
  @Test func aChildThatIsNotReadyIsServedByItsParent() throws {
    let table = try PartitionTable(response(count: 8) { $0 >= 4 ? -1 : 3 }, action: "")
    #expect(table.index(for: 5) == 1)
    #expect(table.index(for: 3) == 3)
  }

  @Test func hostNamesArePreferred() throws {
    var answer = response(count: 1)
    answer.partitions[0].hpPrimary = HostPort(host: "replica-1", port: 34801)
    let table = try PartitionTable(answer, action: "")
    #expect(table.partitions[0].primary == NodeAddress(host: "replica-1", port: 34801))
    answer.partitions[0].hpPrimary = HostPort()
    #expect(try PartitionTable(answer, action: "").partitions[0].primary?.host == "127.0.0.1")
  }

  @Test(arguments: [0, -1, 1 << 21] as [Int32])
  func countsThatNoTableHasAreRefused(_ count: Int32) {
    var answer = response(count: 0)
    answer.partitionCount = count
    #expect(throws: ClientError.self) { try PartitionTable(answer, action: "") }
  }

  @Test func indicesOutsideTheTableAreIgnored() throws {
    var answer = response(count: 2)
    answer.partitions.append(PartitionConfiguration(pid: GPID(appID: 7, partitionIndex: 9)))
    answer.partitions.append(PartitionConfiguration(pid: GPID(appID: 7, partitionIndex: -3)))
    #expect(try PartitionTable(answer, action: "").count == 2)
  }

  @Test func healthIsThatOfTheShellsListings() throws {
    let table = try PartitionTable(response(count: 1), action: "")
    #expect(!table.partitions[0].isFullyHealthy)
    #expect(table.partitions[0].isWriteUnhealthy)
    #expect(table.partitions[0].replicaCount == 1)
  }
}
