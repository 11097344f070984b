package import EventLoop
package import Geo
package import PegasusClient
import PegasusProtocol

/// Writes rows together with their entries in the geo table: first the new entry, then an entry that the new value has
/// moved away from is removed, and the row comes last. No moment finds a row without an entry, and as long as the row holds
/// its old value, whoever does it again still knows which entry has to go.
@LoopActor
package final class GeoWriter {
  private let common: Table
  private let geo: Table
  private let codec: GeoRowCodec
  private let limit: Duration

  /// - Parameters:
  ///   - geo: by the geo client's convention, the table named like `common` with `_geo` behind it
  ///   - limit: of each of the three or four requests for one row
  package init(common: Table, geo: Table, codec: GeoRowCodec, limit: Duration) {
    self.common = common
    self.geo = geo
    self.codec = codec
    self.limit = limit
  }

  /// Looks the geo table up, so that a missing one is found before the first write.
  ///
  /// - Throws: `ClientError`
  package func prepare() async throws(ClientError) { _ = try await geo.partitions() }

  /// - Throws: `ClientError`; a value that holds no place is refused before anything is written
  func write(_ key: PegasusKey, value: [UInt8], expiry: UInt32) async throws(ClientError) {
    let old = try await common.get(key, limit: limit).value
    let update: GeoUpdate
    do throws(GeoError) {
      update = try codec.update(hashKey: key.hashKey, sortKey: key.sortKey, value: value, replacing: old)
    } catch {
      throw ClientError(.invalid("no place for the geo table: \(error)"), while: "write a geo row")
    }
    _ = try await geo.set(try geoKey(update.put), value: value, ttl: .expiry(expiry), limit: limit)
    if let moved = update.remove { _ = try await geo.delete(try geoKey(moved), limit: limit) }
    _ = try await common.set(key, value: value, ttl: .expiry(expiry), limit: limit)
  }

  private func geoKey(_ row: GeoRow) throws(ClientError) -> PegasusKey {
    do {
      return try PegasusKey(hashKey: row.hashKey, sortKey: row.sortKey)
    } catch {
      throw ClientError(.invalid("\(error)"), while: "write a geo row")
    }
  }
}
