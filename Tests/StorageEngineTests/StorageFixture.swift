import StorageEngine

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension Database {
  func text(_ key: String, in family: ColumnFamily = .default) throws -> String? {
    guard let value = try get(bytes(key).span.bytes, in: family) else { return nil }
    return value.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  func put(_ key: String, _ value: String, in family: ColumnFamily = .default) throws {
    try put(bytes(key).span.bytes, bytes(value).span.bytes, in: family)
  }

  func keys(from: [UInt8]? = nil, to: [UInt8]? = nil) throws -> [String] {
    var keys: [String] = []
    var iterator: RowIterator
    switch (from, to) {
    case (let from?, let to?): iterator = RowIterator(self, from: from.span.bytes, to: to.span.bytes)
    case (let from?, nil): iterator = RowIterator(self, from: from.span.bytes)
    case (nil, let to?): iterator = RowIterator(self, to: to.span.bytes)
    case (nil, nil): iterator = RowIterator(self)
    }
    iterator.seekToFirst()
    while iterator.isValid {
      keys.append(iterator.key.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
      iterator.next()
    }
    try iterator.check()
    return keys
  }
}
