internal import Bytes
internal import EventLoop
internal import PegasusProtocol
internal import RPC
internal import Thrift

/// Where the answer to one request goes, in the framing the request came in. May be kept and used once, later.
@LoopActor
struct Reply {
  private let responder: Responder

  init(_ responder: Responder) { self.responder = responder }

  func ok(_ result: some ThriftValue) { responder.ok(result) }

  /// Something went wrong before there was a result.
  func error(_ code: ErrorCode) { responder.error(code) }

  /// An `update_response`, without a value of its own: the answer to most of all requests.
  func update(_ status: StorageStatus, _ gpid: GPID, decree: Int64, server text: String) {
    responder.write { buffer in
      let start = ReplyFrame.begin(.ok, to: responder.request, from: responder.server, into: &buffer)
      buffer.appendFieldHeader(.struct, 0)
      buffer.appendField(1, status.rawValue)
      buffer.appendField(2, gpid.appID)
      buffer.appendField(3, gpid.partitionIndex)
      buffer.appendField(4, decree)
      buffer.appendField(5, text)
      buffer.appendStop()
      buffer.appendStop()
      ReplyFrame.finish(start, to: responder.request, in: &buffer)
    }
  }

  /// A `read_response`, its value written from borrowed bytes.
  func read(_ value: RawSpan, _ status: StorageStatus, _ gpid: GPID, server text: String) {
    value.withUnsafeBytes { value in
      responder.write { buffer in
        let start = ReplyFrame.begin(.ok, to: responder.request, from: responder.server, into: &buffer)
        buffer.appendFieldHeader(.struct, 0)
        buffer.appendField(1, status.rawValue)
        buffer.appendFieldHeader(.struct, 2)
        buffer.append(bigEndian: Int32(clamping: value.count))
        buffer.append(value)
        buffer.appendField(3, gpid.appID)
        buffer.appendField(4, gpid.partitionIndex)
        buffer.appendField(6, text)
        buffer.appendStop()
        buffer.appendStop()
        ReplyFrame.finish(start, to: responder.request, in: &buffer)
      }
    }
  }

  /// A `scan_response` whose rows `collect` writes straight into the connection's buffer.
  func rows(
    _ gpid: GPID, server text: String, _ collect: (inout RowReplyWriter, inout ByteBuffer) -> ScanBatch
  ) -> ScanBatch {
    var batch = ScanBatch()
    responder.write { buffer in
      var writer = RowReplyWriter(to: responder.request, from: responder.server, into: &buffer)
      batch = collect(&writer, &buffer)
      writer.finishScan(
        error: batch.status, contextID: batch.contextID, gpid: gpid, server: text, kvCount: batch.kvCount,
        to: responder.request, in: &buffer)
    }
    return batch
  }
}
