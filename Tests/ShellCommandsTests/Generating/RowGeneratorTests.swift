import Testing

@testable import ShellCommands

@Suite struct RowGeneratorTests {
  private func generator(seed: UInt64 = 1, ttlPercent: Int = 20, valueSize: Int = 0) -> RowGenerator {
    RowGenerator(seed: seed, ttlPercent: ttlPercent, valueSize: valueSize, prefix: bytes("user"))
  }

  @Test func sameSeedSameRows() {
    for user in 0..<200 { #expect(generator().rows(user: user) == generator().rows(user: user)) }
    #expect((0..<50).contains { generator().rows(user: $0) != generator(seed: 2).rows(user: $0) })
  }

  @Test func rowsOfTheFirstUserNeverChange() {
    let rows = generator().rows(user: 0)
    let texts = rows.map { row in
      String(decoding: row.sortKey, as: UTF8.self) + " " + String(decoding: row.value, as: UTF8.self)
        + (row.ttl.map { " \($0)" } ?? "")
    }
    #expect(
      texts == [
        #"profile {"name":"Hana Silva","city":"Lima","plan":"pro","since":2016}"#,
        #"session {"token":"b73e773fa03d302f","device":"android","seen":1704543505}"#,
        #"order:0001 {"sku":"SKU-48968","quantity":5,"cents":38252,"status":"placed"}"#,
        #"order:0002 {"sku":"SKU-99091","quantity":9,"cents":16723,"status":"returned"}"#,
        #"order:0003 {"sku":"SKU-47658","quantity":8,"cents":6047,"status":"paid"}"#,
        #"order:0004 {"sku":"SKU-00834","quantity":6,"cents":16241,"status":"delivered"}"#,
        #"order:0005 {"sku":"SKU-52108","quantity":1,"cents":30126,"status":"paid"} 751074"#,
      ])
  }

  @Test func keys() {
    #expect(generator().hashKey(user: 42) == bytes("user00000042"))
    #expect(generator().hashKey(user: 123_456_789) == bytes("user123456789"))
    let keys = (0..<100).flatMap { generator().rows(user: $0).map(\.sortKey) }
    #expect(keys.contains(bytes("profile")) && keys.contains(bytes("session")) && keys.contains(bytes("order:0003")))
    for user in 0..<100 {
      let rows = generator().rows(user: user)
      #expect(Set(rows.map(\.sortKey)).count == rows.count)
    }
  }

  @Test(arguments: [0, 20, 100]) func shareOfRowsWithTTL(percent: Int) {
    let rows = (0..<4000).flatMap { generator(ttlPercent: percent).rows(user: $0) }
    let expiring = rows.compactMap(\.ttl)
    let share = Double(expiring.count) / Double(rows.count) * 100
    #expect(abs(share - Double(percent)) < 2)
    #expect(expiring.allSatisfy { (3600...30 * 86_400).contains($0) })
  }

  @Test(arguments: [1, 100, 1000]) func valueSize(size: Int) {
    #expect((0..<50).flatMap { generator(valueSize: size).rows(user: $0) }.allSatisfy { $0.value.count == size })
  }

  @Test func filledValuesStayJSON() throws {
    for row in (0..<50).flatMap({ generator(valueSize: 150).rows(user: $0) }) {
      let text = String(decoding: row.value, as: UTF8.self)
      #expect(text.hasSuffix("\"}") && text.contains(#","note":""#))
      #expect(text.count { $0 == "\"" }.isMultiple(of: 2))
    }
  }

  @Test func optionsAreChecked() throws {
    let command = try decode(GenerateData.self, "-n 5 --seed 9 -t 0 --value-size 64 --prefix k")
    #expect(command.count == 5 && command.seed == 9 && command.ttlPercent == 0 && command.valueSize == 64)
    #expect(command.prefix == bytes("k"))
    #expect(try decode(GenerateData.self, "").count == 100_000)
    #expect(usageError(GenerateData.self, "-n 0")?.hasPrefix("invalid count 0") == true)
    #expect(usageError(GenerateData.self, "-t 101")?.hasPrefix("invalid ttl_percent 101") == true)
  }
}
