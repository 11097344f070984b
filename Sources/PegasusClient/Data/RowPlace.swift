package import PegasusProtocol

/// Where an answer came from: the partition and the server, as the server says it, and a write's number there.
package struct RowPlace: Sendable, Equatable {
  package var appID: Int32
  package var partitionIndex: Int32
  /// The number of the write in its partition; `nil` for reads.
  package var decree: Int64?
  /// "host:port".
  package var server: String

  package init(appID: Int32, partitionIndex: Int32, decree: Int64? = nil, server: String) {
    self.appID = appID
    self.partitionIndex = partitionIndex
    self.decree = decree
    self.server = server
  }
}

/// The answer to a data operation: what was asked for, and where it came from.
package struct Answer<Value: Sendable>: Sendable {
  package var value: Value
  package var place: RowPlace

  package init(_ value: Value, _ place: RowPlace) {
    self.value = value
    self.place = place
  }
}

extension DataResponse {
  /// Where the answer came from.
  package func place(decree: Int64? = nil) -> RowPlace {
    RowPlace(appID: appId, partitionIndex: partitionIndex, decree: decree, server: server)
  }

  /// The place, when the storage engine was content.
  ///
  /// - Throws: `ClientError` with the storage status otherwise
  package func checkedPlace(decree: Int64? = nil, while action: String) throws(ClientError) -> RowPlace {
    guard error == .ok else { throw ClientError(.storage(error), while: action) }
    return place(decree: decree)
  }
}
