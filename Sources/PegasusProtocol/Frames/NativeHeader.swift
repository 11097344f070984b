package import Bytes

/// The 192 bytes in front of every native ("RDSN") message, little endian, the same from 2.0 to 2.6.
package struct NativeHeader: Sendable, Equatable {
  package static let length = 192
  static let bodyLengthOffset = 16
  private static let nameLength = 48

  /// The bits at offset 104.
  package struct Context: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt64

    package init(rawValue: UInt64) {
      self.rawValue = rawValue
    }

    /// A request in thrift binary that may be forwarded: what the C++ client sends.
    package static let request = Self(rawValue: 0x441)

    package var isRequest: Bool { rawValue & 1 != 0 }
    package var isThriftBinary: Bool { rawValue >> 6 & 15 == 1 }
    package var isForwardSupported: Bool { rawValue & 0x400 != 0 }
    package var isBackupRequest: Bool { rawValue & 0x800 != 0 }
    /// The same in a reply.
    package var reply: Self { Self(rawValue: rawValue & ~1) }
  }

  /// A number a process gives to a name for itself; zero means "look at the name".
  package struct LocalCode: Hashable, Sendable {
    package var code: Int32 = 0
    package var hash: Int32 = 0
  }

  package var bodyLength = 0
  /// Zero: not used.
  package var bodyChecksum: UInt32 = 0
  package var messageID: UInt64 = 0
  package var traceID: UInt64 = 0
  /// Without the `_ACK` of a reply.
  package var method: MethodName
  package var localMethod = LocalCode()
  package var gpid = GPID()
  package var context = Context.request
  /// Packed as `RPCAddress`, but a client may write what it likes.
  package var from: Int64 = 0
  package var timeoutMilliseconds: Int32 = 0
  package var threadHash: Int32 = 0
  package var partitionHash: UInt64 = 0
  /// Replies only.
  package var error: ErrorCode?
  package var localError = LocalCode()

  package init(method: MethodName) {
    self.method = method
  }

  /// The first message in `bytes`, body included; nil while bytes are missing. Checksums are checked when present.
  package static func next(
    in bytes: RawSpan, limit: Int = FrameDecoder.defaultLimit
  ) throws(ByteError) -> NativeHeader? {
    guard bytes.byteCount >= length else { return nil }
    var reader = ByteReader(bytes.extracting(0..<length))
    try reader.skip(4)
    let version = try reader.read(littleEndian: UInt32.self)
    guard version == 0 else { throw .invalid("header version \(version)", at: 4) }
    let announced = try reader.read(littleEndian: UInt32.self)
    guard announced == length else { throw .invalid("header length \(announced)", at: 8) }
    let checksum = try reader.read(littleEndian: UInt32.self)
    let bodyLength = Int(try reader.read(littleEndian: UInt32.self))
    guard bodyLength <= limit - length else {
      throw ByteError(offset: bodyLengthOffset, reason: .tooLong(length: bodyLength, limit: limit - length))
    }
    if checksum != 0, checksum != headerChecksum(bytes) { throw .invalid("header checksum", at: 12) }
    let header = try NativeHeader(fields: &reader, bodyLength: bodyLength)
    guard bytes.byteCount - length >= bodyLength else { return nil }
    if header.bodyChecksum != 0,
      header.bodyChecksum != CRC32C.checksum(bytes.extracting(length..<(length + bodyLength)))
    {
      throw .invalid("body checksum", at: 20)
    }
    return header
  }

  private init(fields reader: inout ByteReader, bodyLength: Int) throws(ByteError) {
    self.bodyLength = bodyLength
    bodyChecksum = try reader.read(littleEndian: UInt32.self)
    messageID = try reader.read(littleEndian: UInt64.self)
    traceID = try reader.read(littleEndian: UInt64.self)
    let name = try reader.readSpan(Self.nameLength).trimmingZeros
    localMethod.code = try reader.read(littleEndian: Int32.self)
    localMethod.hash = try reader.read(littleEndian: Int32.self)
    gpid.appID = try reader.read(littleEndian: Int32.self)
    gpid.partitionIndex = try reader.read(littleEndian: Int32.self)
    context = Context(rawValue: try reader.read(littleEndian: UInt64.self))
    from = try reader.read(littleEndian: Int64.self)
    timeoutMilliseconds = try reader.read(littleEndian: Int32.self)
    threadHash = try reader.read(littleEndian: Int32.self)
    partitionHash = try reader.read(littleEndian: UInt64.self)
    let errorName = try reader.readSpan(Self.nameLength).trimmingZeros
    localError.code = try reader.read(littleEndian: Int32.self)
    localError.hash = try reader.read(littleEndian: Int32.self)
    let suffix = context.isRequest ? 0 : 4
    method = MethodName(name.extracting(first: max(name.byteCount - suffix, 0)))
    if errorName.byteCount > 0 {
      error =
        errorName.isOK
        ? .ok : ErrorCode(name: errorName.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
    }
  }

  /// CRC-32C of the header with its own field zeroed.
  private static func headerChecksum(_ bytes: RawSpan) -> UInt32 {
    var copy = [UInt8](bytes.extracting(0..<length))
    for index in 12..<16 { copy[index] = 0 }
    return CRC32C.checksum(copy)
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.reserve(Self.length)
    buffer.append("RDSN" as StaticString)
    buffer.append(littleEndian: 0 as UInt32)
    buffer.append(littleEndian: UInt32(Self.length))
    buffer.append(littleEndian: 0 as UInt32)
    buffer.append(littleEndian: UInt32(truncatingIfNeeded: bodyLength))
    buffer.append(littleEndian: bodyChecksum)
    buffer.append(littleEndian: messageID)
    buffer.append(littleEndian: traceID)
    appendName(into: &buffer)
    buffer.append(littleEndian: localMethod.code)
    buffer.append(littleEndian: localMethod.hash)
    buffer.append(littleEndian: gpid.appID)
    buffer.append(littleEndian: gpid.partitionIndex)
    buffer.append(littleEndian: context.rawValue)
    buffer.append(littleEndian: from)
    buffer.append(littleEndian: timeoutMilliseconds)
    buffer.append(littleEndian: threadHash)
    buffer.append(littleEndian: partitionHash)
    let errorStart = buffer.count
    if let error { buffer.append(utf8: error.name) }
    buffer.pad(from: errorStart, to: Self.nameLength)
    buffer.append(littleEndian: localError.code)
    buffer.append(littleEndian: localError.hash)
  }

  private func appendName(into buffer: inout ByteBuffer) {
    let start = buffer.count
    switch method {
    case .known(let code): buffer.append(code.name)
    case .other(let name): buffer.append(utf8: name)
    }
    if !context.isRequest { buffer.append("_ACK" as StaticString) }
    buffer.pad(from: start, to: Self.nameLength)
  }

  /// The header of the answer: ids, partition and timeout echoed, no checksums.
  package func reply(_ error: ErrorCode, from server: RPCAddress) -> NativeHeader {
    var reply = NativeHeader(method: method)
    reply.messageID = messageID
    reply.traceID = traceID
    reply.gpid = gpid
    reply.context = context.reply
    reply.from = server.value
    reply.timeoutMilliseconds = timeoutMilliseconds
    reply.threadHash = threadHash
    reply.partitionHash = partitionHash
    reply.error = error
    return reply
  }
}

extension RawSpan {
  /// Up to the first zero byte.
  var trimmingZeros: RawSpan {
    @_lifetime(copy self)
    get {
      var end = 0
      while end < byteCount, unsafeLoad(fromUncheckedByteOffset: end, as: UInt8.self) != 0 { end += 1 }
      return extracting(0..<end)
    }
  }
}

extension ByteBuffer {
  /// Zeros, or a cut, so that `length` bytes lie behind `start`; the last of them is a zero.
  fileprivate mutating func pad(from start: Int, to length: Int) {
    if count > start + length - 1 { truncate(to: start + length - 1) }
    append(zeros: start + length - count)
  }
}
