import Testing

@testable import Copying

/// How much room servers have together.
@Suite struct FreeDiskTests {
  private func disk(_ server: String, free: Int64, of size: Int64) -> PreflightSide.Disk {
    PreflightSide.Disk(server: server, available: free << 30, capacity: size << 30)
  }

  @Test func serversOfOneMachineShareADisk() {
    let room = FreeDisk([
      disk("127.0.0.1:34801", free: 70, of: 250), disk("127.0.0.1:34802", free: 69, of: 250),
      disk("127.0.0.1:34803", free: 70, of: 250),
    ])
    #expect(room.available == 69 << 30)
    #expect(room.shares.map(\.servers) == [["127.0.0.1:34801", "127.0.0.1:34802", "127.0.0.1:34803"]])
    #expect(
      room.account
        == " (127.0.0.1:34801, 127.0.0.1:34802, 127.0.0.1:34803 tell of the same disk, which counts once)")
  }

  @Test func machinesShareNone() {
    let room = FreeDisk([disk("10.0.0.1:34801", free: 70, of: 250), disk("10.0.0.2:34801", free: 70, of: 250)])
    #expect(room.available == 140 << 30 && room.shares.count == 2 && room.account.isEmpty)
    let six = FreeDisk([disk("[fd00::1]:34801", free: 70, of: 250), disk("[fd00::2]:34801", free: 70, of: 250)])
    #expect(six.available == 140 << 30)
  }

  @Test func whatCannotBeToldIsSaid() {
    let different = FreeDisk([
      disk("10.0.0.1:34801", free: 70, of: 250), disk("10.0.0.1:34802", free: 50, of: 250),
      disk("10.0.0.1:34803", free: 70, of: 251), disk("10.0.0.2:34801", free: 1, of: 2),
    ])
    #expect(different.available == 191 << 30)
    #expect(different.account == " (counted server by server on 10.0.0.1, shared or not)")
    let untold = FreeDisk([disk("a:1", free: 5, of: 0), disk("a:2", free: 5, of: 0)])
    #expect(untold.available == 10 << 30)
  }

  @Test func strangeNumbersDoNoHarm() {
    let huge = FreeDisk([
      PreflightSide.Disk(server: "", available: .max, capacity: .max),
      PreflightSide.Disk(server: "b", available: .max, capacity: .max),
      PreflightSide.Disk(server: "b:1", available: .min, capacity: .min),
    ])
    #expect(huge.available == .max)
    #expect(FreeDisk([]).available == 0)
  }
}
