import Copying

/// A shared copy as a flow of bytes, in steps: servers with a capacity, shells with a limit and a number of partitions at
/// once, partitions that are read one after the other in the order of their numbers. What dies comes back at its last
/// checkpoint.
struct CopySimulation {
  /// A shell is gone for a while, and what it had written since its last checkpoint is written again.
  struct Death {
    var shell: Int
    var at: Double
    var away: Double
  }

  struct Outcome {
    /// Until the last byte.
    var seconds = 0.0
    /// The most that a source server gave, over a minute.
    var busiestSource = 0.0
    /// The most that a target server took, over a minute.
    var busiestTarget = 0.0
    /// Written more than once.
    var bytesAgain = 0.0
  }

  private struct Stream {
    let server: Int
    let size: Double
    var done = 0.0
    var left: Double { size - done }
  }

  private struct Shell {
    var streams: [Stream]
    var next = 0
    var open: [Int] = []
    var rate: Double
    var lastStep = 0.0
  }

  /// Seconds of one step.
  var step = 60.0
  /// What one partition can be copied at, whatever the limits: its window of rows for each round trip.
  var bytesPerSecondPerPartition: Double
  var maxOpen: Int
  var sourceCapacity: Double
  /// Of all target servers together.
  var targetCapacity: Double
  var targetServers: Int
  var death: Death?

  func run(_ plan: CopyPlan, _ loads: [PartitionLoad]) -> Outcome {
    let names = Array(Set(loads.map(\.server))).sorted()
    let servers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let byNumber = Dictionary(uniqueKeysWithValues: loads.map { ($0.partition, $0) })
    var shells = plan.shells.map { part in
      Shell(
        streams: part.partitions.compactMap { byNumber[$0] }.map {
          Stream(server: servers[$0.server] ?? 0, size: Double($0.bytes))
        }, rate: part.bytesPerSecond)
    }
    var outcome = Outcome()
    var time = 0.0
    var minute: [(sources: [Double], target: Double)] = []
    while true {
      let flow = advance(&shells, at: time, sources: names.count, &outcome)
      guard flow.isRunning else { break }
      time += step
      minute.append((flow.sources, flow.target))
      if minute.count > Int(60 / step) { minute.removeFirst() }
      let seconds = Double(minute.count) * step
      for server in names.indices {
        outcome.busiestSource = max(outcome.busiestSource, minute.reduce(0) { $0 + $1.sources[server] } / seconds)
      }
      let taken = minute.reduce(0) { $0 + $1.target } / seconds / Double(targetServers)
      outcome.busiestTarget = max(outcome.busiestTarget, taken)
    }
    outcome.seconds = time
    return outcome
  }

  private func isAway(_ shell: Int, at time: Double) -> Bool {
    guard let death, death.shell == shell else { return false }
    return time >= death.at && time < death.at + death.away
  }

  private func advance(
    _ shells: inout [Shell], at time: Double, sources: Int, _ outcome: inout Outcome
  ) -> (isRunning: Bool, sources: [Double], target: Double) {
    var isRunning = false
    for index in shells.indices {
      if let death, death.shell == index, time >= death.at, time < death.at + step { forget(&shells[index], &outcome) }
      let streams = shells[index].streams
      shells[index].open.removeAll { streams[$0].left <= 0 }
      while shells[index].open.count < maxOpen, shells[index].next < shells[index].streams.count {
        shells[index].open.append(shells[index].next)
        shells[index].next += 1
      }
      if !shells[index].open.isEmpty { isRunning = true }
    }
    var room = Array(repeating: sourceCapacity * step, count: sources)
    var targetRoom = targetCapacity * step
    var budgets = shells.indices.map { isAway($0, at: time) ? 0 : shells[$0].rate * step }
    let most = bytesPerSecondPerPartition * step
    var perStream = shells.map { shell in shell.open.map { min(shell.streams[$0].left, most) } }
    for index in shells.indices { shells[index].lastStep = 0 }
    // What a busy server does not give, the limit of the shell leaves to its other partitions: in a few rounds.
    for _ in 0..<4 {
      var wanted: [(shell: Int, place: Int, server: Int, bytes: Double)] = []
      var bySource = Array(repeating: 0.0, count: sources)
      for index in shells.indices where budgets[index] > 1 {
        let shell = shells[index]
        let places = shell.open.indices.filter {
          perStream[index][$0] > 0 && room[shell.streams[shell.open[$0]].server] > 1
        }
        .sorted { perStream[index][$0] < perStream[index][$1] }
        var budget = budgets[index]
        for (position, place) in places.enumerated() {
          let bytes = min(budget / Double(places.count - position), perStream[index][place])
          let server = shell.streams[shell.open[place]].server
          wanted.append((index, place, server, bytes))
          bySource[server] += bytes
          budget -= bytes
        }
      }
      // A server that is asked for more than it has gives everybody the same part of it.
      let factors = bySource.indices.map { min(1, room[$0] / max(bySource[$0], 1)) }
      let all = wanted.reduce(0) { $0 + $1.bytes * factors[$1.server] }
      let target = min(1, targetRoom / max(all, 1))
      for (index, place, server, bytes) in wanted {
        let moved = bytes * factors[server] * target
        shells[index].streams[shells[index].open[place]].done += moved
        shells[index].lastStep += moved
        perStream[index][place] -= moved
        budgets[index] -= moved
        room[server] -= moved
        targetRoom -= moved
      }
    }
    // What is too little to matter would take for ever to arrive.
    for index in shells.indices {
      for stream in shells[index].open where shells[index].streams[stream].left < 1000 {
        shells[index].streams[stream].done = shells[index].streams[stream].size
      }
    }
    return (isRunning, room.map { sourceCapacity * step - $0 }, targetCapacity * step - targetRoom)
  }

  /// The last second is not in the journal.
  private func forget(_ shell: inout Shell, _ outcome: inout Outcome) {
    let lost = shell.lastStep / step
    guard !shell.open.isEmpty else { return }
    for stream in shell.open {
      let back = min(shell.streams[stream].done, lost / Double(shell.open.count))
      shell.streams[stream].done -= back
      outcome.bytesAgain += back
    }
  }
}
