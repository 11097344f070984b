import Bytes
import EventLoop

/// Requests that wait for a connection, encoded.
struct RequestQueue: ~Copyable {
  private var bytes = ByteBuffer()
  private var frames: [(sequenceID: Int32, length: Int)] = []

  var byteCount: Int { bytes.count }

  mutating func append(_ sequenceID: Int32, _ encode: (inout ByteBuffer, Int32) -> Void) {
    let start = bytes.count
    encode(&bytes, sequenceID)
    frames.append((sequenceID, bytes.count - start))
  }

  /// Appends the requests that somebody still waits for; the others were never sent and never will be.
  @LoopActor
  mutating func move(to stream: TCPStream, _ calls: inout CallTable) {
    var offset = 0
    for (sequenceID, length) in frames {
      if calls.peek(sequenceID) != nil {
        calls.setPosition(stream.totalAppended, of: sequenceID)
        stream.out.append(bytes.bytes.extracting(offset..<(offset + length)))
      }
      offset += length
    }
    removeAll()
  }

  mutating func removeAll() {
    self = RequestQueue()
  }
}
