import EventLoop
import TestSupport
import Testing

@testable import Jobs

/// Shells that do anything in any order, against a model of what must be.
@Suite struct RandomShellsTests {
  struct Model {
    var state: JobState
    /// The number of the shell that runs it.
    var holder: Int?
    var allowed = 3
  }

  @Test(arguments: [UInt64(1), 2, 3, 4])
  @LoopActor func everyShellSeesWhatHappened(seed: UInt64) async throws {
    var random = SplitMix(state: seed)
    let fixture = CentreFixture()
    var shells = (0..<3).map { _ in fixture.centre() }
    var model: [JobID: Model] = [:]
    /// The work that runs a job now.
    var works: [JobID: CountingWork] = [:]

    for step in 0..<60 {
      let shell = Int.random(in: 0..<shells.count, using: &random)
      let id = model.keys.sorted().randomElement(using: &random)
      let note = "seed \(seed), step \(step), shell \(shell), job \(id?.description ?? "-")"
      switch (Int.random(in: 0..<9, using: &random), id) {
      case (0, _), (_, nil):
        let job = try await fixture.start(shells[shell], allowed: 3)
        model[job.id] = Model(state: .running, holder: shell)
        works[job.id] = fixture.works.last
      case (1, let id?):
        guard let known = model[id] else { continue }
        let error = await thrown(JobError.self) { try await fixture.resume(shells[shell], id, allowed: 3) }
        if known.holder != nil {
          #expect(error == .runsElsewhere(id, owner: Operator.process), "\(note)")
        } else if known.state.isFinal {
          #expect(error == .final(id, known.state), "\(note)")
        } else {
          #expect(error == nil, "\(note)")
          model[id] = Model(state: .running, holder: shell)
          works[id] = fixture.works.last
        }
      case (2, let id?):
        // The shell that runs it finishes it.
        guard let known = model[id], let holder = known.holder, known.state == .running else { continue }
        let job = shells[holder].running.first { $0.id == id }
        works[id]?.allowed = 10
        #expect(await job?.outcome().state == .done, "\(note)")
        model[id] = Model(state: .done, holder: nil)
      case (3, _):
        // Killed, and begun anew.
        shells[shell].abandon()
        shells[shell] = fixture.centre()
        for (id, job) in model where job.holder == shell { model[id]?.holder = nil }
      case (let action, let id?):
        guard let known = model[id] else { continue }
        let request: JobRequest = [.pause, .resume, .stop, .cancel, .rate(JobRate(unitsPerSecond: 9))][action - 4]
        let job = known.holder.flatMap { holder in shells[holder].running.first { $0.id == id } }
        let error = await thrown(JobError.self) { try await shells[shell].request(id, request) }
        let isAllowed = known.holder != nil || (!known.state.isFinal && action >= 7)
        #expect((error == nil) == isAllowed, "\(note) \(request): \(String(describing: error))")
        guard isAllowed else { continue }
        switch request {
        case .pause: model[id]?.state = .paused
        case .resume: model[id]?.state = .running
        case .rate: break
        case .stop:
          #expect(await job?.outcome().state == .stopped, "\(note)")
          model[id] = Model(state: .stopped, holder: nil)
        case .cancel:
          if known.holder != nil { #expect(await job?.outcome().state == .cancelled, "\(note)") }
          model[id] = Model(state: .cancelled, holder: nil)
        }
      }
      for (number, centre) in shells.enumerated() {
        let seen = try await centre.list()
        #expect(seen.map(\.id) == model.keys.sorted(), "\(note)")
        for record in seen {
          let expected = model[record.id]
          #expect(record.state == expected?.state, "\(note), seen by \(number)")
          #expect(record.isHeld == (expected?.holder != nil), "\(note), seen by \(number)")
        }
      }
    }
    for centre in shells { await centre.stopAll() }
  }
}
