import Bytes
import Testing
import Thrift

@testable import PegasusProtocol

/// Keys, hashes, addresses, stored values: the tables of the vectors.
@Suite struct DataVectorTests {
  let vectors: JSON

  init() throws {
    vectors = try JSON.load("wire")
  }

  private func encoded(_ value: some ThriftValue) -> String {
    var buffer = ByteBuffer()
    value.encode(into: &buffer)
    return Hex.encode(buffer.array())
  }

  @Test func checksums() throws {
    let rows = vectors["crc"].list
    #expect(rows.count > 5)
    for row in rows {
      let input = try #require(row["input_hex"].bytes)
      #expect(String(CRC64.checksum(input)) == row["crc64_dec"].text)
      let expected = try #require(row["crc32c"].bytes)
      #expect(CRC32C.checksum(input) == expected.reduce(0) { $0 << 8 | UInt32($1) })
    }
  }

  @Test func keys() throws {
    let rows = vectors["keys"].list
    #expect(rows.count >= 8)
    for row in rows {
      let hashKey = try #require(row["hash_key_hex"].bytes)
      let sortKey = try #require(row["sort_key_hex"].bytes)
      let key = try PegasusKey(hashKey: hashKey, sortKey: sortKey)
      #expect(Hex.encode(key.encoded) == row["key_hex"].text)
      #expect(key.hashKey == hashKey)
      #expect(key.sortKey == sortKey)
      #expect(String(key.partitionHash) == row["partition_hash_unsigned"].text)
      for count in [1, 4, 8, 16, 64, 128] as [Int32] {
        let index = PartitionHash.index(of: key.partitionHash, count: count)
        #expect(.number(Int64(index)) == row["partition_index"]["\(count)"])
      }
    }
  }

  @Test func keysThatAreNone() throws {
    for hex in ["", "00", "ffff", "000361", "ffff61"] {
      let bytes = try #require(Hex.decode(hex))
      #expect(throws: ByteError.self, "\(hex)") { try PegasusKey(encoded: bytes) }
    }
    let long = [UInt8](repeating: 1, count: 65535)
    #expect(throws: ByteError.self) { try PegasusKey(hashKey: long, sortKey: []) }
    #expect(throws: ByteError.self) { try PegasusKey(encoded: [0xff, 0xff] + long) }
    #expect(try PegasusKey(hashKey: Array(long.dropLast()), sortKey: []).encoded.count == 65536)
    #expect(PegasusKey().encoded == [0, 0])
  }

  @Test func nextKeys() throws {
    #expect(vectors["next_key"].list.count == 5)
    for row in vectors["next_key"].list {
      let next = KeyRange.next(try #require(row["prefix_hex"].bytes))
      #expect(next.map { Hex.encode($0) } == row["next_hex"].text)
    }
    #expect(KeyRange.next([0xff]) == nil)
  }

  @Test func threadHashes() throws {
    #expect(vectors["thread_hash"].list.count == 4)
    for row in vectors["thread_hash"].list {
      let gpid = GPID(
        appID: Int32(try #require(row["app_id"].number)),
        partitionIndex: Int32(try #require(row["partition_index"].number)))
      #expect(Int64(UInt32(bitPattern: gpid.threadHash)) == row["thread_hash"].number)
    }
  }

  @Test func addresses() throws {
    #expect(vectors["rpc_address"].list.count == 6)
    for row in vectors["rpc_address"].list {
      let text = row["text"].text == "invalid" ? "" : row["text"].text ?? ""
      let address = try #require(RPCAddress(text))
      #expect(encoded(address) == row["value_hex"].text)
      #expect(address.description == text)
    }
    #expect(RPCAddress(value: 2) == nil)
    #expect(RPCAddress("meta-1:34601") == nil)
    #expect(vectors["host_port"].list.count == 5)
    for row in vectors["host_port"].list {
      let hostPort = row["text"].text == "invalid" ? HostPort() : try #require(HostPort(row["text"].text ?? ""))
      #expect(encoded(hostPort) == row["hex"].text)
    }
    #expect(vectors["gpid"].list.count == 6)
    for row in vectors["gpid"].list {
      let gpid = try #require(GPID(row["text"].text ?? ""))
      #expect(encoded(gpid) == row["hex"].text)
    }
    for row in vectors["error_code"].list {
      #expect(encoded(ErrorCode(name: row["text"].text ?? "")) == row["hex"].text)
    }
  }

  @Test func addressesOfOtherTypesAreErrors() throws {
    let group: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 2]
    var reader = ByteReader(group.span.bytes)
    #expect(throws: ByteError.invalid("address of type 2", at: 0)) { try RPCAddress(decoding: &reader) }
    let hostPort = try #require(Hex.decode("0000000168ffff02"))
    var other = ByteReader(hostPort.span.bytes)
    #expect(throws: ByteError.invalid("host and port of type 2", at: 7)) { try HostPort(decoding: &other) }
  }

  @Test func storedValues() throws {
    let rows = vectors["value_headers"].list
    #expect(rows.count == 5)
    for row in rows {
      let version = try #require(row["version"].number.flatMap { ValueHeader.Version(rawValue: UInt8($0)) })
      let tag = row["timetag"].bytes?.reduce(0) { $0 << 8 | UInt64($1) } ?? 0
      let expiry = UInt32(try #require(row["expire_ts"].number))
      let header = ValueHeader(version: version, expiry: expiry, timeTag: TimeTag(rawValue: tag))
      #expect(Int64(header.length) == row["header_length"].number)
      let stored = try #require(row["stored_hex"].bytes)
      var reader = ByteReader(stored.span.bytes)
      #expect(try ValueHeader(decoding: &reader, tableVersion: version == .v2 ? .v1 : version) == header)
      #expect([UInt8](reader.rest()) == row["user_data_hex"].bytes)
      var buffer = ByteBuffer()
      header.encode(into: &buffer)
      #expect(stored.starts(with: buffer.array()))
    }
    for row in vectors["timetag"].list {
      let tag = TimeTag(
        microseconds: UInt64(try #require(row["timestamp_us"].number)),
        clusterID: UInt8(try #require(row["cluster_id"].number)), isDeletion: row["deleted"] == .bool(true))
      #expect(tag.rawValue == row["timetag"].bytes?.reduce(0) { $0 << 8 | UInt64($1) })
    }
  }

  @Test func expiryTimes() throws {
    #expect(vectors["ttl"]["epoch_begin"].number == TTLEpoch.unix)
    let cases = vectors["ttl"]["cases"].list
    #expect(cases.count == 4)
    for row in cases {
      let now = try #require(row["unix_now"].number)
      let expiry = TTLEpoch.expiry(ttl: try #require(row["ttl_seconds"].number), unixNow: now)
      #expect(.number(Int64(expiry)) == row["expire_ts"])
    }
    #expect(TTLEpoch.expiry(ttl: .max, unixNow: 1_700_000_000) == .max)
    #expect(TTLEpoch.isExpired(10, unixNow: TTLEpoch.unix + 10))
    #expect(!TTLEpoch.isExpired(11, unixNow: TTLEpoch.unix + 10))
    #expect(!TTLEpoch.isExpired(0, unixNow: .max))
    #expect(TTLEpoch.remaining(11, unixNow: TTLEpoch.unix + 10) == 1)
    #expect(TTLEpoch.remaining(0, unixNow: 0) == nil)
  }
}
