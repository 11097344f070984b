@testable import PegasusProtocol

extension RequestEnvelope {
  /// The address of a THFT reply.
  static func make(_ method: MethodName, _ sequenceID: Int32) -> RequestEnvelope {
    RequestEnvelope(
      framing: .thriftVersion0, fields: ServerHeader(timeoutMilliseconds: 0).fields, isBackupRequest: false,
      method: method, sequenceID: sequenceID, frameLength: 0, bodyOffset: 0)
  }
}
