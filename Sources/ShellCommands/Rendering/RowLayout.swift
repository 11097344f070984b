import Bytes
import PegasusProtocol

/// How the rows of a scan are written: one line for each, as text that can be pasted back or as a JSON object.
struct RowLayout: Sendable {
  var isJSON = false
  /// Every byte as `\xHH`.
  var escapesAll = false
  var showsValue = true
  /// The seconds that a row has left.
  var showsTTL = false
  /// Seconds since 1970, for the time a row has left.
  var unixNow: Int64 = 0

  /// Where a row came from, as it stands at the end of its line.
  struct Origin: Sendable {
    var appID: Int32
    var partitionIndex: Int32
    var server: String

    var text: String { " {app_id=\(appID), partition_index=\(partitionIndex), server=\(server)}" }
  }

  /// Appends one line.
  ///
  /// - Parameters:
  ///   - expiry: seconds of Pegasus' epoch, 0 for a row that does not expire
  ///   - origin: what stands at the end of the line, rendered once for many rows: see `suffix`
  func append(
    hashKey: RawSpan, sortKey: RawSpan, value: RawSpan, expiry: UInt32, suffix: [UInt8], to buffer: inout ByteBuffer
  ) {
    if isJSON {
      buffer.append("{")
      buffer.append(jsonField: "hash_key", bytes: hashKey)
      buffer.append(",")
      buffer.append(jsonField: "sort_key", bytes: sortKey)
      if showsValue {
        buffer.append(",")
        buffer.append(jsonField: "value", bytes: value)
      }
      if showsTTL {
        buffer.append(",\"ttl_seconds\":")
        append(ttl: expiry, never: "null", to: &buffer)
      }
      buffer.append(suffix)
      buffer.append("}\n")
    } else {
      buffer.append(quoting: hashKey, all: escapesAll)
      buffer.append(" : ")
      buffer.append(quoting: sortKey, all: escapesAll)
      if showsValue {
        buffer.append(" => ")
        buffer.append(quoting: value, all: escapesAll)
      }
      if showsTTL {
        buffer.append(" ttl=")
        append(ttl: expiry, never: "Infinite", to: &buffer)
      }
      buffer.append(suffix)
      buffer.append("\n")
    }
  }

  /// The end of a row's line that tells where it came from.
  func suffix(_ origin: Origin) -> [UInt8] {
    var buffer = ByteBuffer(capacity: 80)
    if isJSON {
      buffer.append(",\"app_id\":")
      buffer.append(decimal: origin.appID)
      buffer.append(",\"partition_index\":")
      buffer.append(decimal: origin.partitionIndex)
      buffer.append(",")
      buffer.append(jsonField: "server", bytes: Array(origin.server.utf8).span.bytes)
    } else {
      buffer.append(utf8: origin.text)
    }
    return buffer.array()
  }

  private func append(ttl expiry: UInt32, never: StaticString, to buffer: inout ByteBuffer) {
    if let left = TTLEpoch.remaining(expiry, unixNow: unixNow) {
      buffer.append(decimal: left)
    } else {
      buffer.append(never)
    }
  }
}
