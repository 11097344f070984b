import CommandLineKit
import PegasusClient
import PegasusProtocol
import Testing

@testable import ShellCommands

@Suite struct RowCommandTests {
  @Test func usageIsTheOldShells() {
    #expect(ArgumentParser.usage(of: SetRow.self) == "<hash_key> <sort_key> <value> [ttl_in_seconds]")
    #expect(
      ArgumentParser.usage(of: MultiSetRows.self) == "<hash_key> <sort_key> <value> [sort_key value...]")
    #expect(ArgumentParser.usage(of: GetRow.self) == "<hash_key> <sort_key>")
    #expect(ArgumentParser.usage(of: MultiGetRows.self) == "<hash_key> [sort_key...]")
    #expect(
      ArgumentParser.usage(of: MultiGetRange.self)
        == "<hash_key> <start_sort_key> <stop_sort_key> [-a|--start_inclusive true|false] "
        + "[-b|--stop_inclusive true|false] [-s|--sort_key_filter_type anywhere|prefix|postfix] "
        + "[-y|--sort_key_filter_pattern str] [-n|--max_count num] [-i|--no_value] [-r|--reverse]")
    #expect(ArgumentParser.usage(of: MultiGetSortKeys.self) == "<hash_key>")
    #expect(ArgumentParser.usage(of: DeleteRow.self) == "<hash_key> <sort_key>")
    #expect(ArgumentParser.usage(of: MultiDeleteRows.self) == "<hash_key> <sort_key> [sort_key...]")
    #expect(
      ArgumentParser.usage(of: MultiDeleteRange.self)
        == "<hash_key> <start_sort_key> <stop_sort_key> [-a|--start_inclusive true|false] "
        + "[-b|--stop_inclusive true|false] [-s|--sort_key_filter_type anywhere|prefix|postfix] "
        + "[-y|--sort_key_filter_pattern str] [-o|--output file_name] [-i|--silent]")
    #expect(ArgumentParser.usage(of: IncrementRow.self) == "<hash_key> <sort_key> [increment]")
    #expect(ArgumentParser.usage(of: RowExists.self) == "<hash_key> <sort_key>")
    #expect(ArgumentParser.usage(of: CountSortKeys.self) == "<hash_key>")
    #expect(ArgumentParser.usage(of: RowTTL.self) == "<hash_key> <sort_key>")
    #expect(ArgumentParser.usage(of: BatchGetRows.self) == "<hash_key> <sort_key> [hash_key sort_key...]")
    let checks = CheckType.allCases.map(\.rawValue).joined(separator: "|")
    let check = "<hash_key> [-c|--check_sort_key str] [-t|--check_type \(checks)] [-o|--check_operand str] "
    #expect(
      ArgumentParser.usage(of: CheckAndSetRow.self)
        == check + "[-s|--set_sort_key str] [-v|--set_value str] [-l|--set_value_ttl_seconds num] "
        + "[-r|--return_check_value]")
    #expect(ArgumentParser.usage(of: CheckAndMutateRows.self) == check + "[-r|--return_check_value]")
  }

  @Test func setTakesAnyBytes() throws {
    let set = try decode(SetRow.self, #""\x00\xffh" "" "v \"q\"" 1000"#)
    #expect(set.hashKey == [0, 0xFF, UInt8(ascii: "h")])
    #expect(set.sortKey.isEmpty)
    #expect(set.value == bytes("v \"q\""))
    #expect(set.ttl == 1000)
    #expect(try decode(SetRow.self, "h s v").ttl == nil)
    #expect(try decode(SetRow.self, "-h --s -1").value == bytes("-1"))
  }

  @Test(arguments: ["0", "-5"]) func setRefusesTTL(ttl: String) {
    #expect(usageError(SetRow.self, "h s v \(ttl)")?.hasPrefix("invalid ttl \(ttl)") == true)
  }

  @Test func setRefusesTTLThatIsNoNumber() {
    #expect(usageError(SetRow.self, "h s v soon") != nil)
    #expect(usageError(SetRow.self, "h s v 99999999999") != nil)
  }

  @Test func multiSetTakesPairs() throws {
    let command = try decode(MultiSetRows.self, "h a 1 b 2 c 3")
    #expect(command.rows.map(\.sortKey) == [bytes("a"), bytes("b"), bytes("c")])
    #expect(command.rows.map(\.value) == [bytes("1"), bytes("2"), bytes("3")])
    #expect(try decode(MultiSetRows.self, "h a 1").rows.count == 1)
    #expect(usageError(MultiSetRows.self, "h a 1 b") == "the sort key \"b\" has no value")
    #expect(usageError(MultiSetRows.self, "h a 1 b 2 a 3") == "duplicate sort key \"a\"")
  }

  @Test func incrementDefaultsToOne() throws {
    #expect(try decode(IncrementRow.self, "h s").amount == 1)
    #expect(try decode(IncrementRow.self, "h s -3").amount == -3)
    #expect(try decode(IncrementRow.self, "h s -9223372036854775808").amount == .min)
    #expect(usageError(IncrementRow.self, "h s many") != nil)
    #expect(usageError(IncrementRow.self, "h s 9223372036854775808") != nil)
  }

  @Test func batchGetTakesPairs() throws {
    #expect(try decode(BatchGetRows.self, "h s h2 s2").keys().map(\.sortKey) == [bytes("s"), bytes("s2")])
    #expect(usageError(BatchGetRows.self, "h s h2") == "the hash key \"h2\" has no sort key")
  }

  @Test func rangeDefaults() throws {
    let command = try decode(MultiGetRange.self, #"h a "" -b TRUE -s postfix -y "\x00\\" -n 0x10 -r"#)
    #expect(command.range.sortKeyRange.startInclusive)
    #expect(command.range.sortKeyRange.stopInclusive)
    #expect(command.range.sortKeyRange.filter == .matchPostfix)
    #expect(command.range.sortKeyRange.pattern == [0, 0x5C])
    #expect(command.maxCount == 16)
    #expect(command.isReverse)
    #expect(!command.noValue)
    #expect(
      usageError(MultiGetRange.self, "h a b -y x")
        == "--sort_key_filter_pattern needs --sort_key_filter_type")
  }

  @Test func rangeEcho() throws {
    let command = try decode(MultiGetRange.self, #"h2 "" "" -r -n 2"#)
    #expect(
      command.echo.lines == [
        #"hash_key: "h2""#, #"start_sort_key: """#, "start_inclusive: true", #"stop_sort_key: """#,
        "stop_inclusive: false", "sort_key_filter_type: no_filter", "max_count: 2", "no_value: false",
        "reverse: true",
      ])
    let filtered = try decode(MultiDeleteRange.self, #"h c d -s prefix -y "\x01" -i"#)
    #expect(
      filtered.echo.lines.suffix(3) == [
        "sort_key_filter_type: prefix", #"sort_key_filter_pattern: "\x01""#, "silent: true",
      ])
  }

  @Test func everyMissingCheckOptionHasItsText() {
    #expect(usageError(CheckAndSetRow.self, "h") == "check_sort_key not provided")
    #expect(usageError(CheckAndSetRow.self, "h -c a") == "check_type not provided")
    #expect(
      usageError(CheckAndSetRow.self, "h -c a -t bytes_equal -s a -v 1")?.hasPrefix("check_operand not provided")
        == true)
    #expect(usageError(CheckAndSetRow.self, "h -c a -t exist") == "set_sort_key not provided")
    #expect(usageError(CheckAndSetRow.self, "h -c a -t exist -s b") == "set_value not provided")
    #expect(usageError(CheckAndSetRow.self, "h -c a -t exist -s b -v 1 -l 0")?.hasPrefix("invalid ttl 0") == true)
    #expect(usageError(CheckAndSetRow.self, "h -c a -t exist -s b -v 1") == nil)
    #expect(usageError(CheckAndSetRow.self, #"h -c "" -t not_exist -s "" -v """#) == nil)
    #expect(usageError(CheckAndMutateRows.self, "h -c a") == "check_type not provided")
    #expect(usageError(CheckAndMutateRows.self, "h -c a -t int_less -o x")?.hasPrefix("invalid check_operand") == true)
  }

  @Test func checkTypesHaveTheirNumbers() {
    #expect(CheckType.notExist.wire.rawValue == 1)
    #expect(CheckType.notEmpty.wire.rawValue == 4)
    #expect(CheckType.matchAnywhere.wire.rawValue == 5)
    #expect(CheckType.bytesEqual.wire.rawValue == 10)
    #expect(CheckType.intGreater.wire.rawValue == 17)
    #expect(CheckType.allCases.filter(\.needsOperand).count == 13)
  }

  @Test func checkEcho() throws {
    let command = try decode(CheckAndSetRow.self, "h2 -c a -t bytes_equal -o 1 -s a -v 100 -r")
    #expect(
      command.echo.lines == [
        #"hash_key: "h2""#, #"check_sort_key: "a""#, "check_type: bytes_equal", #"check_operand: "1""#,
        #"set_sort_key: "a""#, #"set_value: "100""#, "set_value_ttl_seconds: 0", "return_check_value: true",
      ])
    let other = try decode(CheckAndSetRow.self, "h2 -c zz -t not_exist -s zz -v new -l 500")
    #expect(!other.echo.lines.contains { $0.hasPrefix("check_operand") })
  }
}
