package import Bytes
import Thrift

/// Finds frames in what has arrived. Every function answers nil when bytes are missing, and throws, with the offset
/// from the start of the span, when what is there can never become a frame.
package enum FrameDecoder {
  /// The longest frame taken by default: 256 MiB. Real servers have no limit and wait for whatever is announced.
  package static let defaultLimit = 256 << 20

  /// Which protocol a connection speaks, told by its first four bytes.
  package enum Kind: Sendable {
    case thrift, native, http, unknown
  }

  /// Nil until four bytes are there.
  package static func kind(of bytes: RawSpan) -> Kind? {
    guard bytes.byteCount >= 4 else { return nil }
    let word = UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt32.self))
    return switch word {
    case 0x5448_4654: .thrift
    case 0x5244_534e: .native
    case 0x4745_5420, 0x504f_5354: .http
    default: .unknown
    }
  }

  /// The first reply in `bytes`.
  package static func nextReply(
    in bytes: RawSpan, limit: Int = defaultLimit
  ) throws(ByteError) -> ReplyHeader? {
    guard bytes.byteCount >= 4 else { return nil }
    var prefix = ByteReader(bytes)
    let length = Int(try prefix.read(bigEndian: Int32.self))
    if length < 0 { throw ByteError(offset: 0, reason: .negativeLength(length)) }
    if length > limit { throw ByteError(offset: 0, reason: .tooLong(length: length, limit: limit)) }
    guard length >= 20 else { throw .invalid("a reply of \(length) bytes", at: 0) }
    guard bytes.byteCount >= length else { return nil }
    var reader = ByteReader(bytes.extracting(0..<length))
    try reader.skip(4)
    let error = try ErrorCode(decoding: &reader)
    let messageStart = reader.offset
    let message = try MessageHeader(decoding: &reader)
    guard message.kind == .reply else {
      throw .invalid("a message of kind \(message.kind.rawValue) for a reply", at: messageStart)
    }
    return ReplyHeader(
      frameLength: length, error: error, nameRange: message.name, sequenceID: message.sequenceID,
      bodyOffset: reader.offset)
  }

  /// The first request in `bytes`, of a connection that speaks `kind`.
  package static func nextRequest(
    in bytes: RawSpan, kind: Kind, limit: Int = defaultLimit
  ) throws(ByteError) -> RequestEnvelope? {
    switch kind {
    case .thrift: try nextThriftRequest(in: bytes, limit: limit)
    case .native: try nextNativeRequest(in: bytes, limit: limit)
    case .http, .unknown: throw .invalid("no frames on this connection", at: 0)
    }
  }

  private static func nextThriftRequest(in bytes: RawSpan, limit: Int) throws(ByteError) -> RequestEnvelope? {
    guard bytes.byteCount >= 16 else {
      try checkMagic(bytes, .thrift)
      return nil
    }
    try checkMagic(bytes, .thrift)
    var reader = ByteReader(bytes)
    try reader.skip(4)
    switch try reader.read(bigEndian: UInt32.self) {
    case 0: return try nextVersion0(in: bytes, limit: limit)
    case 1: return try nextVersion1(in: bytes, limit: limit)
    case let version: throw .invalid("header version \(version)", at: 4)
    }
  }

  private static func checkMagic(_ bytes: RawSpan, _ wanted: Kind) throws(ByteError) {
    if let kind = kind(of: bytes), kind != wanted { throw .invalid("another protocol's first bytes", at: 0) }
  }

  private static func checkLength(_ length: Int, at offset: Int, header: Int, limit: Int) throws(ByteError) {
    guard length > 0 else { throw .invalid("a request without a body", at: offset) }
    guard header + length <= limit else {
      throw ByteError(offset: offset, reason: .tooLong(length: length, limit: limit - header))
    }
  }

  private static func nextVersion0(in bytes: RawSpan, limit: Int) throws(ByteError) -> RequestEnvelope? {
    let headerLength = RequestFrame.headerLength
    var reader = ByteReader(bytes)
    try reader.skip(8)
    let announced = try reader.read(bigEndian: UInt32.self)
    guard announced == headerLength else { throw .invalid("header length \(announced)", at: 8) }
    guard bytes.byteCount >= headerLength else { return nil }
    try reader.skip(4)
    let length = Int(try reader.read(bigEndian: UInt32.self))
    try checkLength(length, at: 16, header: headerLength, limit: limit)
    try reader.skip(4)
    let appID = try reader.read(bigEndian: Int32.self)
    let index = try reader.read(bigEndian: Int32.self)
    let timeout = try reader.read(bigEndian: Int32.self)
    let threadHash = try reader.read(bigEndian: Int32.self)
    let partitionHash = try reader.read(bigEndian: UInt64.self)
    let fields = HeaderFields(
      gpid: GPID(appID: appID, partitionIndex: index), timeoutMilliseconds: timeout, threadHash: threadHash,
      partitionHash: partitionHash)
    return try thriftEnvelope(
      in: bytes, header: headerLength, body: length, framing: .thriftVersion0, fields: fields, isBackup: false)
  }

  private static func nextVersion1(in bytes: RawSpan, limit: Int) throws(ByteError) -> RequestEnvelope? {
    var reader = ByteReader(bytes)
    try reader.skip(8)
    let metaLength = Int(try reader.read(bigEndian: UInt32.self))
    let length = Int(try reader.read(bigEndian: UInt32.self))
    guard metaLength <= limit else { throw ByteError(offset: 8, reason: .tooLong(length: metaLength, limit: limit)) }
    try checkLength(length, at: 12, header: 16 + metaLength, limit: limit)
    guard reader.remaining >= metaLength else { return nil }
    let meta: RequestMeta
    do {
      var metaReader = ByteReader(try reader.readSpan(metaLength))
      meta = try RequestMeta(decoding: &metaReader)
    } catch {
      throw error.shifted(by: 16)
    }
    let gpid = GPID(appID: meta.appId ?? 0, partitionIndex: meta.partitionIndex ?? 0)
    let fields = HeaderFields(
      gpid: gpid, timeoutMilliseconds: meta.clientTimeout ?? 0, threadHash: gpid.threadHash,
      partitionHash: UInt64(bitPattern: meta.clientPartitionHash ?? 0))
    return try thriftEnvelope(
      in: bytes, header: 16 + metaLength, body: length, framing: .thriftVersion1, fields: fields,
      isBackup: meta.isBackupRequest ?? false)
  }

  private static func thriftEnvelope(
    in bytes: RawSpan, header: Int, body: Int, framing: RequestEnvelope.Framing, fields: HeaderFields, isBackup: Bool
  ) throws(ByteError) -> RequestEnvelope? {
    guard bytes.byteCount - header >= body else { return nil }
    var reader = ByteReader(bytes.extracting(0..<(header + body)))
    try reader.skip(header)
    let message = try MessageHeader(decoding: &reader)
    guard message.kind == .call || message.kind == .oneway else {
      throw .invalid("a message of kind \(message.kind.rawValue) for a request", at: header)
    }
    return RequestEnvelope(
      framing: framing, fields: fields, isBackupRequest: isBackup, method: MethodName(bytes.extracting(message.name)),
      sequenceID: message.sequenceID, frameLength: header + body, bodyOffset: reader.offset)
  }

  private static func nextNativeRequest(in bytes: RawSpan, limit: Int) throws(ByteError) -> RequestEnvelope? {
    try checkMagic(bytes, .native)
    guard let native = try NativeHeader.next(in: bytes, limit: limit) else { return nil }
    guard native.context.isRequest else { throw .invalid("a reply where a request belongs", at: 104) }
    guard native.context.isThriftBinary else { throw .invalid("a body that is not thrift binary", at: 104) }
    guard native.bodyLength > 0 else { throw .invalid("a request without a body", at: 16) }
    let fields = HeaderFields(
      gpid: native.gpid, timeoutMilliseconds: native.timeoutMilliseconds, threadHash: native.threadHash,
      partitionHash: native.partitionHash)
    return RequestEnvelope(
      framing: .native(native), fields: fields, isBackupRequest: native.context.isBackupRequest,
      method: native.method, sequenceID: Int32(truncatingIfNeeded: native.messageID),
      frameLength: NativeHeader.length + native.bodyLength, bodyOffset: NativeHeader.length)
  }
}
