/// The key of a row of the geo table. Its value and its expiry are those of the row it stands for.
package struct GeoRow: Hashable, Sendable {
  /// The cell at the minimum level: its face (`0`–`5`), `/`, then one digit `0`–`3` per level.
  package var hashKey: [UInt8]
  /// The digits of the levels from there to 30, `:`, then the original row's encoded key.
  package var sortKey: [UInt8]

  package init(hashKey: [UInt8], sortKey: [UInt8]) {
    self.hashKey = hashKey
    self.sortKey = sortKey
  }
}

/// What a write to a row means for the geo table.
package struct GeoUpdate: Equatable, Sendable {
  /// The geo row to write, with the value and the expiry of the row itself.
  package var put: GeoRow
  /// The geo row that the overwritten value left at another place, to be removed.
  package var remove: GeoRow?

  package init(put: GeoRow, remove: GeoRow? = nil) {
    self.put = put
    self.remove = remove
  }
}
