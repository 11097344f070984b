package import Bytes

/// What a request says in front of its argument, in whichever framing it came. Kept, it is the address of the reply.
package struct RequestEnvelope: Sendable, Equatable {
  package enum Framing: Sendable, Equatable {
    case thriftVersion0
    /// Java's clients.
    case thriftVersion1
    /// C++ clients and the old shell.
    indirect case native(NativeHeader)
  }

  package var framing: Framing
  /// As sent. Nothing in it is to be trusted: see `misses(_:)`.
  package var fields: HeaderFields
  /// Whether a secondary may answer a read.
  package var isBackupRequest: Bool
  package var method: MethodName
  package var sequenceID: Int32
  /// The whole frame: what to consume.
  package var frameLength: Int
  /// Where the argument is, up to `frameLength`.
  package var bodyOffset: Int

  package var gpid: GPID { fields.gpid }
  package var timeoutMilliseconds: Int32 { fields.timeoutMilliseconds }

  /// A reader that stands at the argument.
  @_lifetime(copy bytes)
  package func body(in bytes: RawSpan) -> ByteReader {
    ByteReader(bytes.extracting(bodyOffset..<frameLength))
  }

  /// What would make a real server abort: a write whose thread hash is not the partition's, or a put or remove whose
  /// partition hash is neither zero nor its key's. Nil when all is well.
  package func misses(_ routingHash: PartitionHash) -> String? {
    guard fields.threadHash == gpid.threadHash else {
      return "thread hash \(fields.threadHash) of partition \(gpid)"
    }
    if fields.partitionHash != 0, fields.partitionHash != routingHash.value(partitionIndex: gpid.partitionIndex) {
      return "partition hash of another key"
    }
    return nil
  }
}
