package import Bytes
import Thrift

/// Opens a scan of one partition. `get_scanner_request`
///
/// The start key is a whole key, because a server aborts on an empty one; and a prefix filter on the hash key always
/// asks for `full_scan`, because a server aborts when such a scan starts below the filter without it.
package struct GetScannerRequest: ThriftStruct {
  package var startKey = PegasusKey()
  package var stopKey: [UInt8] = []
  package var startInclusive = true
  package var stopInclusive = false
  /// Rows in one reply; the server's cap (1000) when zero or less.
  package var batchSize: Int32 = 1000
  /// Keys only.
  package var noValue = false
  package var hashKeyFilterType = FilterType.noFilter
  package var hashKeyFilterPattern: [UInt8] = []
  package var sortKeyFilterType = FilterType.noFilter
  package var sortKeyFilterPattern: [UInt8] = []
  /// Drops rows that belong to the other half of a split partition. Absent means true.
  package var validatePartitionHash: Bool?
  /// Fills `expireTsSeconds` of the rows. Since 2.3.
  package var returnExpireTs: Bool?
  /// Lets the server read ahead. Since 2.3.
  package var fullScan: Bool?
  /// No rows, only `kvCount`. Since 2.5; older servers send the rows.
  package var onlyReturnCount: Bool? = false

  package init() {}

  /// All of a partition, with every optional field a server of 2.0 to 2.6 may know.
  package static func fullScan(batchSize: Int32 = 1000, noValue: Bool = false, returnExpireTs: Bool = true) -> Self {
    var request = Self()
    request.stopKey = KeyRange.end
    request.batchSize = batchSize
    request.noValue = noValue
    request.validatePartitionHash = true
    request.returnExpireTs = returnExpireTs
    request.fullScan = true
    return request
  }

  /// The rows of one hash key, from `startSortKey` to `stopSortKey` (empty: to the last).
  /// Throws when the hash key is longer than 65534 bytes.
  package static func hashScan(
    hashKey: [UInt8], startSortKey: [UInt8] = [], stopSortKey: [UInt8] = [], startInclusive: Bool = true,
    stopInclusive: Bool = false, batchSize: Int32 = 1000
  ) throws(ByteError) -> Self {
    var request = Self()
    request.startKey = try PegasusKey(hashKey: hashKey, sortKey: startSortKey)
    request.startInclusive = startInclusive
    if stopSortKey.isEmpty {
      request.stopKey = try KeyRange.hashKey(hashKey).stop
    } else {
      request.stopKey = try PegasusKey(hashKey: hashKey, sortKey: stopSortKey).encoded
      request.stopInclusive = stopInclusive
    }
    request.batchSize = batchSize
    request.validatePartitionHash = false
    request.returnExpireTs = false
    request.fullScan = false
    return request
  }

  /// The same scan from behind `key`: after a lost context or an incomplete batch.
  package func resumed(after key: PegasusKey) -> Self {
    var request = self
    request.startKey = key
    request.startInclusive = false
    return request
  }

  package init(decoding reader: inout ByteReader) throws(ByteError) {
    startInclusive = false
    batchSize = 0
    onlyReturnCount = nil
    var hasStartKey = false
    while let field = try reader.readFieldHeader() {
      switch field.id {
      case 1:
        if let value = try reader.readValue(field, as: PegasusKey.self) {
          startKey = value
          hasStartKey = true
        }
      case 2: if let value = try reader.readBlob(field) { stopKey = value }
      case 3: if let value = try reader.readValue(field, as: Bool.self) { startInclusive = value }
      case 4: if let value = try reader.readValue(field, as: Bool.self) { stopInclusive = value }
      case 5: if let value = try reader.readValue(field, as: Int32.self) { batchSize = value }
      case 6: if let value = try reader.readValue(field, as: Bool.self) { noValue = value }
      case 7: if let value = try reader.readValue(field, as: FilterType.self) { hashKeyFilterType = value }
      case 8: if let value = try reader.readBlob(field) { hashKeyFilterPattern = value }
      case 9: if let value = try reader.readValue(field, as: FilterType.self) { sortKeyFilterType = value }
      case 10: if let value = try reader.readBlob(field) { sortKeyFilterPattern = value }
      case 11: validatePartitionHash = try reader.readValue(field, as: Bool.self)
      case 12: returnExpireTs = try reader.readValue(field, as: Bool.self)
      case 13: fullScan = try reader.readValue(field, as: Bool.self)
      case 14: onlyReturnCount = try reader.readValue(field, as: Bool.self)
      default: try reader.skip(field.type)
      }
    }
    guard hasStartKey else { throw .invalid("get_scanner_request without start_key", at: reader.offset) }
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.appendField(1, startKey)
    buffer.appendField(2, blob: stopKey)
    buffer.appendField(3, startInclusive)
    buffer.appendField(4, stopInclusive)
    buffer.appendField(5, batchSize)
    buffer.appendField(6, noValue)
    buffer.appendField(7, hashKeyFilterType)
    buffer.appendField(8, blob: hashKeyFilterPattern)
    buffer.appendField(9, sortKeyFilterType)
    buffer.appendField(10, blob: sortKeyFilterPattern)
    buffer.appendField(11, optional: validatePartitionHash)
    buffer.appendField(12, optional: returnExpireTs)
    buffer.appendField(13, optional: hashKeyFilterType == .matchPrefix ? true : fullScan)
    buffer.appendField(14, optional: onlyReturnCount)
    buffer.appendStop()
  }
}

extension GetScannerRequest: PartitionRequest {
  /// The hash key the scan starts in, or the partition as a whole.
  package var routingHash: PartitionHash {
    startKey.hashKeyLength == 0 ? .ofPartition : .key(startKey.view.partitionHash)
  }
}
