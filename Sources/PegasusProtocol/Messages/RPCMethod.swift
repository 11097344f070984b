package import Thrift

/// One RPC: its name and the types of its argument and result.
package protocol RPCMethod: SendableMetatype {
  associatedtype Request: ThriftValue
  associatedtype Response: ThriftValue
  /// The header its frames carry; an RPC to a server cannot be given the header of a partition.
  associatedtype Header: RequestHeader

  static var code: RPCCode { get }
  /// As on the wire.
  static var name: StaticString { get }
  /// What stands in the frame in front of `request`.
  static func fields(of header: Header, for request: Request) -> HeaderFields
}

/// To the leading meta server.
package protocol MetaMethod: RPCMethod where Header == ServerHeader {}

/// To one server, whichever it is; the partition, if there is one, is in the request.
package protocol ServerMethod: RPCMethod where Header == ServerHeader {}

/// To a replica of one partition.
package protocol PartitionMethod: RPCMethod where Header == PartitionHeader, Request: PartitionRequest {
  static var isWrite: Bool { get }
  /// Whether doing it twice leaves what doing it once does.
  static var isIdempotent: Bool { get }
}

extension RPCMethod where Header == ServerHeader {
  package static func fields(of header: ServerHeader, for request: Request) -> HeaderFields {
    header.fields
  }
}

extension PartitionMethod {
  package static func fields(of header: PartitionHeader, for request: Request) -> HeaderFields {
    header.fields(hash: request.routingHash)
  }
}

/// A request that knows which partition it belongs to.
package protocol PartitionRequest: ThriftValue {
  var routingHash: PartitionHash { get }
}

/// A result of a meta or replica server: how it went, and the server's advice.
package protocol AdminResponse: ThriftStruct {
  var err: ErrorCode { get set }
  /// Empty when there is none.
  var hintText: String { get }
}

/// A result of a data operation.
package protocol DataResponse: ThriftStruct {
  var error: StorageStatus { get set }
  var appId: Int32 { get set }
  var partitionIndex: Int32 { get set }
  /// Who answered, as text.
  var server: String { get set }
}
