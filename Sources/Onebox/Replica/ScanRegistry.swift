/// The scans of one partition that wait for their next batch. Each id is good for one batch.
struct ScanRegistry {
  private var scans: [Int64: OpenScan] = [:]
  private var nextID: Int64

  init() {
    // As in real servers: a random number in the upper half, so that an id of another run or partition is unknown here.
    // About half of all ids are negative.
    nextID = Int64.random(in: Int64(Int32.min)...Int64(Int32.max)) << 32
  }

  var count: Int { scans.count }

  /// Keeps a scan and gives its new id, which is never −1 (that means "finished") nor 0 ("none").
  mutating func add(_ scan: OpenScan) -> Int64 {
    while nextID == -1 || nextID == 0 || scans[nextID] != nil { nextID &+= 1 }
    defer { nextID &+= 1 }
    scans[nextID] = scan
    return nextID
  }

  /// The scan of that id, which is forgotten.
  mutating func take(_ id: Int64) -> OpenScan? { scans.removeValue(forKey: id) }

  mutating func removeAll() { scans.removeAll() }

  /// Drops scans that were not used since `limit` (monotonic milliseconds).
  mutating func dropIdle(since limit: Int64) {
    guard !scans.isEmpty else { return }
    scans = scans.filter { $0.value.lastUse > limit }
  }
}
