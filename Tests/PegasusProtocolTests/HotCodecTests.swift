import Bytes
import Testing
import Thrift

@testable import PegasusProtocol

/// The codecs without heap work give the bytes, and read the values, of the message structs.
@Suite struct HotCodecTests {
  private let header: PartitionHeader
  private let rows: [(key: PegasusKey, value: [UInt8], expiry: UInt32)]

  init() throws {
    header = try PartitionHeader(gpid: GPID(appID: 2, partitionIndex: 5), timeoutMilliseconds: 5000)
    rows = try (0..<50).map { index in
      let sortKey = Array("sort\(index)".utf8)
      let key = try PegasusKey(hashKey: Array("hash".utf8), sortKey: index == 0 ? [] : sortKey)
      return (key, [UInt8](repeating: UInt8(index), count: index * 7), UInt32(index % 3) * 1000)
    }
  }

  private func frame<M: RPCMethod>(_: M.Type, _ request: M.Request) -> [UInt8] where M.Header == PartitionHeader {
    var buffer = ByteBuffer()
    RequestFrame.append(M.self, header: header, sequenceID: 77, request: request, into: &buffer)
    return buffer.array()
  }

  @Test func puts() throws {
    for row in rows {
      var buffer = ByteBuffer()
      let routed = RoutedKey(row.key.view)
      HotRequests.appendPut(
        routed, value: row.value.span.bytes, expiry: row.expiry, header: header, sequenceID: 77, into: &buffer)
      let request = UpdateRequest(key: row.key, value: row.value, expireTsSeconds: Int32(row.expiry))
      #expect(buffer.array() == frame(Put.self, request))
      let bytes = buffer.array()
      let envelope = try #require(try FrameDecoder.nextRequest(in: bytes.span.bytes, kind: .thrift))
      let view = try PutRequestView(envelope.body(in: bytes.span.bytes))
      #expect([UInt8](view.key.encoded) == row.key.encoded)
      #expect([UInt8](view.value) == row.value)
      let expiry = view.expiry
      #expect(expiry == row.expiry)
      let hash = view.key.partitionHash
      #expect(envelope.misses(.key(hash)) == nil)
    }
  }

  @Test func keyRequests() throws {
    let key = rows[3].key
    let routed = RoutedKey(key.view)
    var buffer = ByteBuffer()
    HotRequests.appendGet(routed, header: header, sequenceID: 77, into: &buffer)
    HotRequests.appendRemove(routed, header: header, sequenceID: 77, into: &buffer)
    HotRequests.appendTTL(routed, header: header, sequenceID: 77, into: &buffer)
    HotRequests.appendScan(context: -9, header: header, sequenceID: 77, into: &buffer)
    let expected =
      frame(Get.self, key) + frame(Remove.self, key) + frame(TTL.self, key)
      + frame(Scan.self, ScanRequest(contextId: -9))
    #expect(buffer.array() == expected)
  }

  @Test func multiPuts() throws {
    var buffer = ByteBuffer()
    buffer.append(0xee as UInt8)
    let first = rows[1].key
    let routed = RoutedKey(first.view)
    var frame = MultiPutFrame(hashKeyOf: routed, header: header, sequenceID: 77, into: &buffer)
    for row in rows {
      let view = row.key.view
      frame?.append(sortKey: view.sortKey, value: row.value.span.bytes, into: &buffer)
    }
    let rowCount = frame?.rowCount
    #expect(rowCount == 50)
    frame.take()?.finish(expiry: 9, in: &buffer)
    let keyValues = rows.map { KeyValue(key: $0.key.sortKey, value: $0.value) }
    let request = MultiPutRequest(hashKey: Array("hash".utf8), kvs: keyValues, expireTsSeconds: 9)
    let bytes = Array(buffer.array().dropFirst())
    #expect(bytes == self.frame(MultiPut.self, request))
    let envelope = try #require(try FrameDecoder.nextRequest(in: bytes.span.bytes, kind: .thrift))
    var view = try MultiPutRequestView(envelope.body(in: bytes.span.bytes))
    #expect([UInt8](view.hashKey) == Array("hash".utf8))
    var read: [KeyValue] = []
    while let row = try view.nextRow() { read.append(KeyValue(key: [UInt8](row.key), value: [UInt8](row.value))) }
    #expect(read == keyValues)
    let emptyKey = PegasusKey()
    let empty = RoutedKey(emptyKey.view)
    let none = MultiPutFrame(hashKeyOf: empty, header: header, sequenceID: 1, into: &buffer) == nil
    #expect(none)
  }

  @Test func duplicates() throws {
    var buffer = ByteBuffer()
    buffer.append(0xee as UInt8)
    let first = rows[1].key
    let routed = RoutedKey(first.view)
    let origin = DuplicateFrame.Origin(microseconds: 1_795_219_310_285_308, clusterID: 2)
    var frame = DuplicateFrame(routedBy: routed, origin: origin, header: header, sequenceID: 77, into: &buffer)
    for row in rows {
      let view = row.key.view
      let before = buffer.count
      frame.append(key: view.encoded, value: row.value.span.bytes, expiry: row.expiry, into: &buffer)
      #expect(buffer.count - before == DuplicateFrame.entryOverhead + row.key.encoded.count + row.value.count)
    }
    frame.finish(in: &buffer)
    let entries = rows.map { row in
      var message = ByteBuffer()
      message.appendSingleField(0, UpdateRequest(key: row.key, value: row.value, expireTsSeconds: Int32(row.expiry)))
      return DuplicateEntry(
        timestamp: origin.microseconds, taskCode: TaskCode(name: "RPC_RRDB_RRDB_PUT"), rawMessage: message.array(),
        clusterId: 2, verifyTimetag: false)
    }
    var expected = ByteBuffer()
    RequestFrame.append(
      Duplicate.self, header: header, sequenceID: 77, request: DuplicateRequest(entries: entries), into: &expected)
    // The frame names the hash of its first row, the message struct only the partition.
    let bytes = Array(buffer.array().dropFirst())
    #expect(bytes.dropFirst(48) == expected.array().dropFirst(48))
    #expect(bytes.count == expected.count)
    let envelope = try #require(try FrameDecoder.nextRequest(in: bytes.span.bytes, kind: .thrift))
    #expect(envelope.fields.partitionHash == rows[1].key.partitionHash)

    var view = try DuplicateRequestView(envelope.body(in: bytes.span.bytes))
    let count = view.entryCount
    #expect(count == 50)
    for row in rows {
      guard let entry = try view.nextEntry() else {
        Issue.record("an entry is missing")
        return
      }
      let (time, cluster, verifies, write) = (
        entry.microseconds, entry.clusterID, entry.verifiesTimeTag, entry.write
      )
      #expect(time == origin.microseconds && cluster == 2 && !verifies && write == .put)
      let put = try PutRequestView(ByteReader(entry.message))
      #expect([UInt8](put.key.encoded) == row.key.encoded)
      #expect([UInt8](put.value) == row.value)
      let expiry = put.expiry
      #expect(expiry == row.expiry)
    }
    let none = try view.nextEntry() == nil
    #expect(none)
  }

  /// Up to 2.3 the argument has the fields of an entry.
  @Test func theSingleFormOfDuplicates() throws {
    var message = ByteBuffer()
    message.appendSingleField(0, UpdateRequest(key: rows[3].key, value: rows[3].value, expireTsSeconds: 5))
    let entry = DuplicateEntry(
      timestamp: 7, taskCode: TaskCode(name: "RPC_RRDB_RRDB_PUT"), rawMessage: message.array(), clusterId: 3,
      verifyTimetag: true)
    var body = ByteBuffer()
    body.appendSingleField(1, entry)
    var view = try DuplicateRequestView(ByteReader(body.bytes))
    let count = view.entryCount
    #expect(count == 1)
    guard let read = try view.nextEntry() else {
      Issue.record("the entry is missing")
      return
    }
    let (time, cluster, verifies, write) = (read.microseconds, read.clusterID, read.verifiesTimeTag, read.write)
    #expect(time == 7 && cluster == 3 && verifies && write == .put)
    let put = try PutRequestView(ByteReader(read.message))
    #expect([UInt8](put.key.encoded) == rows[3].key.encoded)
    var empty = ByteBuffer()
    empty.appendSingleField(1, DuplicateRequest(entries: []))
    let emptyCount = try DuplicateRequestView(ByteReader(empty.bytes)).entryCount
    #expect(emptyCount == 0)
  }

  @Test func scanReplies() throws {
    let response = ScanResponse(
      kvs: rows.map { KeyValue(key: $0.key.encoded, value: $0.value, expireTsSeconds: Int32($0.expiry)) },
      contextId: -5, appId: 2, partitionIndex: 5, server: "localhost:1")
    let request = RequestEnvelope.make(.known(.scan), 3)
    var expected = ByteBuffer()
    ReplyFrame.append(response, to: request, into: &expected)
    var buffer = ByteBuffer()
    var writer = RowReplyWriter(to: request, into: &buffer)
    for row in rows {
      writer.append(
        key: row.key.encoded.span.bytes, value: row.value.span.bytes, expiry: row.expiry, into: &buffer)
    }
    writer.finishScan(
      error: .ok, contextID: -5, gpid: GPID(appID: 2, partitionIndex: 5), server: "localhost:1", to: request,
      in: &buffer)
    #expect(buffer.array() == expected.array())
    let bytes = buffer.array()
    let header = try #require(try FrameDecoder.nextReply(in: bytes.span.bytes))
    var view = try ScanReplyView(header.body(in: bytes.span.bytes))
    let (context, count, finished) = (view.contextID, view.rowCount, view.isFinished)
    #expect(context == -5)
    #expect(count == 50)
    #expect(!finished)
    var index = 0
    while let row = try view.nextRow() {
      #expect([UInt8](row.key) == rows[index].key.encoded)
      #expect([UInt8](row.value) == rows[index].value)
      let expiry = row.expiry
      #expect(expiry == rows[index].expiry)
      index += 1
    }
    #expect(index == 50)
  }

  @Test func multiGetReplies() throws {
    let response = MultiGetResponse(
      error: .incomplete, kvs: rows.map { KeyValue(key: $0.key.sortKey, value: $0.value) }, appId: 2,
      partitionIndex: 5, server: "s")
    let request = RequestEnvelope.make(.known(.multiGet), 3)
    var expected = ByteBuffer()
    ReplyFrame.append(response, to: request, into: &expected)
    var buffer = ByteBuffer()
    var writer = RowReplyWriter(to: request, into: &buffer)
    for row in rows {
      let view = row.key.view
      writer.append(key: view.sortKey, value: row.value.span.bytes, expiry: nil, into: &buffer)
    }
    writer.finishMultiGet(
      error: .incomplete, gpid: GPID(appID: 2, partitionIndex: 5), server: "s", to: request, in: &buffer)
    #expect(buffer.array() == expected.array())
  }

  /// Every scan reply of the vectors, through the view and through the struct.
  @Test func viewsOfRealScanReplies() throws {
    var handled = 0
    for capture in try JSON.load("live")["captures"].list {
      guard ["RPC_RRDB_RRDB_SCAN", "RPC_RRDB_RRDB_GET_SCANNER"].contains(capture["rpc"].text) else { continue }
      guard let frame = capture["reply_hex"].bytes else { continue }
      let header = try #require(try FrameDecoder.nextReply(in: frame.span.bytes))
      guard header.error == .ok else { continue }
      var body = header.body(in: frame.span.bytes)
      let response = try Scan.readResponse(&body)
      var view = try ScanReplyView(header.body(in: frame.span.bytes))
      let (error, context, kvCount) = (view.error, view.contextID, view.kvCount)
      #expect(error == response.error)
      #expect(context == response.contextId)
      #expect(kvCount == response.kvCount)
      for row in response.kvs {
        let next = try view.nextRow()
        if let next {
          #expect([UInt8](next.key) == row.key)
          #expect([UInt8](next.value) == row.value)
        } else {
          Issue.record("a row is missing")
        }
      }
      handled += 1
    }
    #expect(handled == 29)
  }

  @Test func scanRequestsThatWouldAbortAServer() throws {
    var request = GetScannerRequest.fullScan()
    #expect(request.startKey.encoded == [0, 0])
    #expect(request.stopKey == [0xff, 0xff])
    request.hashKeyFilterType = .matchPrefix
    request.hashKeyFilterPattern = [7]
    request.fullScan = false
    var buffer = ByteBuffer()
    request.encode(into: &buffer)
    var reader = ByteReader(buffer.bytes)
    #expect(try GetScannerRequest(decoding: &reader).fullScan == true)
    let hashScan = try GetScannerRequest.hashScan(hashKey: Array("h1".utf8))
    #expect(Hex.encode(hashScan.stopKey) == "00026832")
    #expect(request.routingHash == .ofPartition)
    #expect(hashScan.routingHash == .key(0xaae1_fd17_e635_e4da))
  }
}
