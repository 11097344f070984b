/// What the fixed part of a request frame says besides lengths.
package struct HeaderFields: Hashable, Sendable {
  package let gpid: GPID
  /// How long the sender waits; a server drops a request it finds expired.
  package let timeoutMilliseconds: Int32
  package let threadHash: Int32
  package let partitionHash: UInt64

  init(gpid: GPID, timeoutMilliseconds: Int32, threadHash: Int32, partitionHash: UInt64) {
    self.gpid = gpid
    self.timeoutMilliseconds = timeoutMilliseconds
    self.threadHash = threadHash
    self.partitionHash = partitionHash
  }
}

/// Where a request goes and how long its sender waits.
///
/// Made so that a frame that would abort a real server cannot be written: the hashes are computed, a meta or admin
/// request has no partition, a data request has one.
package protocol RequestHeader: Hashable, Sendable {
  /// Throws when `gpid` does not suit this kind of request.
  init(gpid: GPID, timeoutMilliseconds: Int32) throws(HeaderError)
}

/// A partition where none may be, or none where one has to be.
package struct HeaderError: Error, Hashable, Sendable, CustomStringConvertible {
  package var gpid: GPID
  package var description: String { "\(gpid) cannot be in the header of this request" }
}

/// To a server as such: meta, admin and remote-command requests.
package struct ServerHeader: RequestHeader {
  let fields: HeaderFields

  package init(timeoutMilliseconds: Int32) {
    fields = HeaderFields(
      gpid: GPID(), timeoutMilliseconds: timeoutMilliseconds, threadHash: 0, partitionHash: 0)
  }

  package static func server(timeoutMilliseconds: Int32) -> Self {
    Self(timeoutMilliseconds: timeoutMilliseconds)
  }

  /// Table ids 0 and -1 (the Java client's) mean "none".
  package init(gpid: GPID, timeoutMilliseconds: Int32) throws(HeaderError) {
    guard gpid.appID <= 0 else { throw HeaderError(gpid: gpid) }
    fields = HeaderFields(gpid: gpid, timeoutMilliseconds: timeoutMilliseconds, threadHash: 0, partitionHash: 0)
  }
}

/// To a partition: data requests. The request adds the hash of its key.
package struct PartitionHeader: RequestHeader {
  package let gpid: GPID
  package let timeoutMilliseconds: Int32

  /// Throws when the table id is not above zero or the index is below it.
  package init(gpid: GPID, timeoutMilliseconds: Int32) throws(HeaderError) {
    guard gpid.appID > 0, gpid.partitionIndex >= 0 else { throw HeaderError(gpid: gpid) }
    self.gpid = gpid
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  package static func partition(_ gpid: GPID, timeoutMilliseconds: Int32) throws(HeaderError) -> Self {
    try Self(gpid: gpid, timeoutMilliseconds: timeoutMilliseconds)
  }

  func fields(hash: PartitionHash) -> HeaderFields {
    HeaderFields(
      gpid: gpid, timeoutMilliseconds: timeoutMilliseconds, threadHash: gpid.threadHash,
      partitionHash: hash.value(partitionIndex: gpid.partitionIndex))
  }
}
