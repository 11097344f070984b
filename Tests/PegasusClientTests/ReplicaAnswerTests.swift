import PegasusProtocol
import Testing

@testable import PegasusClient

/// What servers of several releases say of each of their replicas.
@Suite struct ReplicaAnswerTests {
  @Test func linesAreRead() {
    let text = """
      2 processed, 1 not found
          2.0@127.0.0.1:34801@P : {"last_finish":"2026-11-20 23:19:13","last_used_ms":"20","recent_enqueue_at":"-","recent_start_at":"-"}
          2.3@host-1:34801@S : last finish at [-], recent enqueue at [2026-11-20 23:19:13.123]
          2.7@host-1:34801 : not found
      """
    let answers = ReplicaAnswer.all(in: text)
    #expect(answers.map(\.partition) == [GPID(appID: 2, partitionIndex: 0), GPID(appID: 2, partitionIndex: 3)])
    #expect(answers.map(\.server) == ["127.0.0.1:34801", "host-1:34801"] && answers.map(\.isPrimary) == [true, false])
    let states = answers.map { ReplicaCompaction($0) }
    #expect(states[0].finishedAt == "2026-11-20 23:19:13" && states[0].isIdle)
    #expect(states[1].finishedAt == nil && states[1].enqueuedAt == "2026-11-20 23:19:13.123" && !states[1].isIdle)
  }

  @Test(
    arguments: [
      ("{\"last_finish\":\"-\",\"recent_enqueue_at\":\"-\",\"recent_start_at\":\"T\"}", nil, nil, "T"),
      ("last finish at [A], last used 12 ms", "A", nil, nil),
      ("last finish at [A], last used 12 ms, recent enqueue at [B], recent start at [C]", "A", "B", "C"),
      ("last finish at [", nil, nil, nil), ("{}", nil, nil, nil), ("", nil, nil, nil),
    ] as [(String, String?, String?, String?)])
  func timesAreRead(_ text: String, _ finish: String?, _ enqueue: String?, _ start: String?) {
    let state = ReplicaCompaction(ReplicaAnswer(partition: GPID(), server: "", isPrimary: true, text: text))
    #expect(state.finishedAt == finish && state.enqueuedAt == enqueue && state.startedAt == start)
  }

  @Test func whatIsNoLineIsPassedOver() {
    for text in ["", "invalid arguments", "x : y", "@ : z", "1.2 : z", "1@h@P : z", "1.99999999999@h@P : z"] {
      #expect(ReplicaAnswer.all(in: text).isEmpty)
    }
  }
}
