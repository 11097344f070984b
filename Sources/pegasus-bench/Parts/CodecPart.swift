import Bytes
import CBench
import Copying
import EventLoop
import PegasusClient
import PegasusProtocol

/// Nanoseconds of processor time and allocations for each row in the codecs that every copied row passes.
enum CodecPart {
  /// Rows written or read in one round.
  private static let rows = 1000

  static func measure() async throws -> [Figure] {
    Console.say("codecs")
    return try await BlockingPool.run { try run() }
  }

  private static func run() throws -> [Figure] {
    var figures: [Figure] = []
    let page = try page()
    let bytes = page.bytes
    let header = try PartitionHeader.partition(GPID(appID: 2, partitionIndex: 1), timeoutMilliseconds: 5000)

    var buffer = ByteBuffer(capacity: 1 << 20)
    figures += try time("put", "append put request") {
      buffer.removeAll()
      let span = bytes.span.bytes
      for row in page.rows {
        HotRequests.appendPut(
          RoutedKey(row.key(in: span)), value: row.value(in: span), expiry: 0, header: header, sequenceID: 1,
          into: &buffer)
      }
    }
    figures += try time("multi_put", "append row of multi_put (100 each)") {
      buffer.removeAll()
      let span = bytes.span.bytes
      for first in stride(from: 0, to: rows, by: 100) {
        let key = RoutedKey(page.rows[first].key(in: span))
        guard
          var frame = MultiPutFrame(hashKeyOf: key, header: header, sequenceID: Int32(first), into: &buffer)
        else { throw BenchError("a key without a hash key") }
        for number in first..<(first + 100) {
          let row = page.rows[number]
          frame.append(sortKey: row.key(in: span).sortKey, value: row.value(in: span), into: &buffer)
        }
        frame.finish(expiry: 0, in: &buffer)
      }
    }

    figures += try time("duplicate", "append row of duplicate (500 each)") {
      buffer.removeAll()
      let span = bytes.span.bytes
      let origin = DuplicateFrame.Origin(microseconds: 1_700_000_000_000_000, clusterID: 1)
      for first in stride(from: 0, to: rows, by: 500) {
        var frame = DuplicateFrame(
          routedBy: RoutedKey(page.rows[first].key(in: span)), origin: origin, header: header,
          sequenceID: Int32(first), into: &buffer)
        for number in first..<(first + 500) {
          let row = page.rows[number]
          frame.append(key: row.key(in: span).encoded, value: row.value(in: span), expiry: 0, into: &buffer)
        }
        frame.finish(in: &buffer)
      }
    }

    let request = try envelope(header)
    var reply = ByteBuffer(capacity: 1 << 20)
    figures += try time("reply", "append row to scan reply (server)") {
      reply.removeAll()
      appendScanReply(page, to: request, header, into: &reply)
    }
    var total = 0
    figures += try time("views", "decode scan reply into views") {
      guard let found = try FrameDecoder.nextReply(in: reply.bytes) else { throw BenchError("half a reply") }
      var view = try ScanReplyView(found.body(in: reply.bytes))
      while let row = try view.nextRow() { total &+= row.key.byteCount &+ row.value.byteCount }
    }
    figures += try time("page", "decode scan reply into a page") {
      guard let found = try FrameDecoder.nextReply(in: reply.bytes) else { throw BenchError("half a reply") }
      var body = found.body(in: reply.bytes)
      let page = try ScanPage(decoding: [UInt8](body.rest()))
      total &+= page.rows.count
    }

    var updates = ByteBuffer(capacity: 1 << 18)
    for _ in 0..<rows {
      let response = UpdateResponse(
        error: .ok, appId: 2, partitionIndex: 1, decree: 4711, server: "127.0.0.1:34801")
      ReplyFrame.append(response, to: request, into: &updates)
    }
    figures += try time("update", "decode answer to a put") {
      let bytes = updates.bytes
      var offset = 0
      while let found = try FrameDecoder.nextReply(in: bytes.extracting(offset..<bytes.byteCount)) {
        var body = found.body(in: bytes.extracting(offset..<bytes.byteCount))
        total &+= Int(try HotReplies.updateStatus(&body).rawValue)
        offset += found.frameLength
        if offset == bytes.byteCount { break }
      }
    }
    withExtendedLifetime(total) {}
    return figures
  }

  private static func appendScanReply(
    _ page: ScanPage, to request: RequestEnvelope, _ header: PartitionHeader, into reply: inout ByteBuffer
  ) {
    let bytes = page.bytes
    let span = bytes.span.bytes
    var writer = RowReplyWriter(to: request, into: &reply)
    for row in page.rows {
      writer.append(key: row.key(in: span).encoded, value: row.value(in: span), expiry: 0, into: &reply)
    }
    writer.finishScan(
      error: .ok, contextID: 42, gpid: header.gpid, server: "127.0.0.1:34801", to: request, in: &reply)
  }

  private static func page() throws -> ScanPage {
    var builder = PageBuilder()
    for number in 0..<rows { builder.add(try RowSource.key(number), value: RowSource.value(number)) }
    return builder.take()
  }

  /// The request that the replies answer.
  private static func envelope(_ header: PartitionHeader) throws -> RequestEnvelope {
    var buffer = ByteBuffer()
    HotRequests.appendScan(context: 42, header: header, sequenceID: 7, into: &buffer)
    guard let request = try FrameDecoder.nextRequest(in: buffer.bytes, kind: .thrift) else {
      throw BenchError("half a request")
    }
    return request
  }

  /// The fastest of many rounds, since whatever disturbs makes slower; allocations of all of them.
  private static func time(_ id: String, _ name: String, _ round: () throws -> Void) throws -> [Figure] {
    for _ in 0..<50 { try round() }
    var fastest = Int64.max
    let allocations = cbench_allocations()
    let (trials, rounds) = (40, 25)
    for _ in 0..<trials {
      let start = cbench_thread_time()
      for _ in 0..<rounds { try round() }
      fastest = min(fastest, cbench_thread_time() - start)
    }
    let perRow = Double(cbench_allocations() - allocations) / Double(trials * rounds * rows)
    return [
      Figure("codec.\(id).ns", name, Double(fastest) / Double(rounds * rows), .nanoseconds),
      Figure(
        "codec.\(id).allocations", "  per row", perRow, .allocations,
        aim: .atMost(0.01, perRow, "0 per row")),
    ]
  }
}
