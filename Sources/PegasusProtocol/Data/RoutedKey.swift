package import Bytes

/// A full key with the partition hash computed from it: made once where a row is routed, used again where its request
/// is written, so that the two cannot differ.
package struct RoutedKey: ~Escapable {
  package let view: KeyView
  package let partitionHash: UInt64

  @_lifetime(copy view)
  package init(_ view: KeyView) {
    self.view = view
    partitionHash = view.partitionHash
  }

  /// For a key whose hash was computed before, where a view of it could not be kept.
  @_lifetime(copy view)
  package init(_ view: KeyView, partitionHash: UInt64) {
    self.view = view
    self.partitionHash = partitionHash
  }

  /// Throws when the bytes are no full key.
  @_lifetime(copy bytes)
  package init(_ bytes: RawSpan) throws(ByteError) {
    self.init(try KeyView(bytes))
  }

  package var encoded: RawSpan {
    @_lifetime(copy self)
    get { view.encoded }
  }

  /// The partition it belongs to in a table of `count` partitions.
  package func partitionIndex(count: Int32) -> Int32 {
    PartitionHash.index(of: partitionHash, count: count)
  }
}
