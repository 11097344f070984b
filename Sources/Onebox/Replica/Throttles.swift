/// What one partition has left of its table's throttling environments.
struct Throttles {
  var writes: Throttle?
  var writtenBytes: Throttle?
  var reads: Throttle?
  var backups: Throttle?
  var readBytes: ReadRate?

  init(_ settings: TableSettings, partitionCount: Int32) {
    func throttle(_ rule: ThrottlingRule?) -> Throttle? { rule.map { Throttle($0, partitionCount: partitionCount) } }
    writes = throttle(settings.writeThrottling)
    writtenBytes = throttle(settings.writeThrottlingBySize)
    reads = throttle(settings.readThrottling)
    backups = throttle(settings.backupThrottling)
    readBytes = settings.readBytesPerSecond.map {
      ReadRate(bytesPerSecond: $0, partitionCount: partitionCount)
    }
  }

  mutating func admitWrite(bytes: Int, timeoutMilliseconds: Int32) -> Throttle.Verdict {
    guard writes != nil || writtenBytes != nil else { return .pass }
    let second = WallClock.unixSeconds
    let first = writes?.consume(1, second: second, timeoutMilliseconds: timeoutMilliseconds) ?? .pass
    if first != .pass { return first }
    return writtenBytes?.consume(Int64(bytes), second: second, timeoutMilliseconds: timeoutMilliseconds) ?? .pass
  }

  mutating func admitRead(isBackup: Bool, timeoutMilliseconds: Int32) -> Throttle.Verdict {
    guard reads != nil || backups != nil || readBytes != nil else { return .pass }
    let second = WallClock.unixSeconds
    if isBackup { return backups?.consume(1, second: second, timeoutMilliseconds: timeoutMilliseconds) ?? .pass }
    if readBytes?.hasRoom(second: second) == false { return .reject(milliseconds: 0) }
    return reads?.consume(1, second: second, timeoutMilliseconds: timeoutMilliseconds) ?? .pass
  }
}
