import Bytes
import Glibc
import StorageEngine
import TestSupport
import Testing

@Suite struct SSTReaderTests {
  let scratch = TemporaryDirectory("storage")

  private func write(_ options: DatabaseOptions = .init()) throws -> String {
    let path = scratch.file("file.sst")
    var writer = try SSTWriter(path: path, options: options)
    for index in 0..<2000 { try writer.put(bytes("key\(10000 + index)").span.bytes, bytes("value").span.bytes) }
    try writer.finish()
    return path
  }

  private func keys(_ path: String) throws -> [String] {
    var reader = try SSTReader(path: path)
    var keys: [String] = []
    reader.seekToFirst()
    while reader.isValid {
      keys.append(reader.key.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
      #expect(reader.value.byteCount == 5)
      reader.next()
    }
    reader.next()
    try reader.check()
    return keys
  }

  @Test func readsWhatWasWritten() throws {
    let path = try write()
    #expect(try keys(path) == (0..<2000).map { "key\(10000 + $0)" })
    let properties = try SSTReader(path: path).properties
    #expect(properties.entries == 2000 && properties.deletions == 0 && properties.isExternal)
    #expect(properties.comparator == "leveldb.BytewiseComparator" && properties.compression == "LZ4")
    #expect(properties.rawKeyBytes >= 16000 && properties.rawValueBytes == 10000)
  }

  @Test func portableFiles() throws {
    var options = DatabaseOptions()
    options.writesPortableFiles = true
    options.writesFilters = false
    let path = try write(options)
    #expect(try keys(path).count == 2000)
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    var footer = [UInt8](repeating: 0, count: 53)
    #expect(pread(descriptor, &footer, 53, lseek(descriptor, 0, SEEK_END) - 53) == 53)
    #expect(footer[0] == 3, "xxHash64")
    #expect(footer[41..<45].elementsEqual([2, 0, 0, 0]), "format version 2")
  }

  @Test func damage() throws {
    let path = try write()
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    pwrite(descriptor, [UInt8](repeating: 0xff, count: 64), 64, 300)
    let flipped = #expect(throws: StorageError.self) { try keys(path) }
    #expect(flipped?.code == .corruption)
    ftruncate(descriptor, size / 2)
    let short = #expect(throws: StorageError.self) { try keys(path) }
    #expect(short?.code == .corruption)
    ftruncate(descriptor, 0)
    #expect(throws: StorageError.self) { try keys(path) }
    #expect(throws: StorageError.self) { try keys(scratch.file("missing")) }
  }
}
