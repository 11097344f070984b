import EventLoop
import Glibc
import Onebox
import PegasusProtocol
import RPC
import TestSupport
import Testing

@Suite struct FullDiskTests {
  /// Writes are refused, what was acknowledged stays, and it goes on when there is room.
  @Test(
    .enabled(if: SmallDisk.isPermitted, "mounting a small file system needs root"), arguments: [0, 4 << 20] as [UInt64])
  func fullDiskLosesNothing(_ minimumFree: UInt64) async throws {
    let disk = try #require(SmallDisk(megabytes: 72))
    let ballast = disk.path + "/ballast"
    let descriptor = open(ballast, O_CREAT | O_WRONLY, 0o600)
    posix_fallocate(descriptor, 0, 32 << 20)
    close(descriptor)
    try await OneboxFixture.run({
      $0.dataDirectory = disk.path + "/data"
      $0.minimumFreeBytes = minimumFree
      $0.writeBufferSize = 4 << 20
    }) { box in
      let table = try await box.table(partitions: 2)
      var acknowledged: [Int] = []
      var refusals = 0
      for number in 0..<5000 where refusals < 20 {
        let code = try await Self.write(number, table)
        if code == .ok { acknowledged.append(number) } else { refusals += 1 }
        if code != .ok { #expect(code == .diskInsufficient) }
      }
      #expect(refusals == 20 && acknowledged.count > 100)
      #expect(try await Self.lost(acknowledged, table).isEmpty)
      unlink(ballast)
      try await eventually("writes are taken again in both partitions") {
        for number in 10_000..<10_008 where try await Self.write(number, table) != .ok { return false }
        return true
      }
      acknowledged += 10_000..<10_008
      #expect(try await Self.lost(acknowledged, table).isEmpty)
      try await box.restart()
      #expect(try await Self.lost(acknowledged, try await box.open("t")).isEmpty)
    }
  }

  @Test(.enabled(if: SmallDisk.isPermitted, "mounting a small file system needs root"))
  func diskFilledByOthersLosesNothing() async throws {
    let disk = try #require(SmallDisk(megabytes: 40))
    try await OneboxFixture.run({
      $0.dataDirectory = disk.path + "/data"
      $0.writeBufferSize = 4 << 20
    }) { box in
      let table = try await box.table(partitions: 2)
      var acknowledged: [Int] = []
      for number in 0..<50 where try await Self.write(number, table) == .ok { acknowledged.append(number) }
      #expect(acknowledged.count == 50)
      let ballast = disk.path + "/ballast"
      let descriptor = open(ballast, O_CREAT | O_WRONLY, 0o600)
      let block = [UInt8](repeating: 1, count: 4096)
      while Glibc.write(descriptor, block, block.count) > 0 {}
      close(descriptor)
      var number = 50
      try await eventually("writes are refused") {
        let code = try await Self.write(number, table)
        if code == .ok { acknowledged.append(number) }
        number += 1
        return code == .diskInsufficient
      }
      #expect(try await Self.lost(acknowledged, table).isEmpty)
      unlink(ballast)
      try await eventually("writes are taken again") { try await Self.write(9999, table) == .ok }
      try await box.restart()
      #expect(try await Self.lost(acknowledged + [9999], try await box.open("t")).isEmpty)
    }
  }

  private static let value = String(repeating: "x", count: 20_000)

  @LoopActor
  private static func write(_ number: Int, _ table: TableFixture) async throws -> ErrorCode {
    do {
      return try await table.put("h\(number)", "s", value + "\(number)").error == .ok ? .ok : .unknown
    } catch RPCError.server(let code, _, _) {
      return code
    }
  }

  /// The acknowledged rows that are not there.
  @LoopActor
  private static func lost(_ numbers: [Int], _ table: TableFixture) async throws -> [Int] {
    var lost: [Int] = []
    for number in numbers where try await table.get("h\(number)", "s") != value + "\(number)" { lost.append(number) }
    return lost
  }
}
