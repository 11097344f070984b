import CommandLineKit
import Copying
import PegasusClient
import Testing

@testable import ShellCommands

@Suite struct ScanCommandTests {
  @Test func usageBeginsAsTheOldShells() {
    #expect(
      ArgumentParser.usage(of: HashScan.self)
        == "<hash_key> <start_sort_key> <stop_sort_key> [-a|--start_inclusive true|false] "
        + "[-b|--stop_inclusive true|false] [-s|--sort_key_filter_type anywhere|prefix|postfix] "
        + "[-y|--sort_key_filter_pattern str] [-v|--value_filter_type anywhere|prefix|postfix|exact] "
        + "[-z|--value_filter_pattern str] [-o|--output file_name] [-n|--max_count num] [-t|--timeout_ms num] "
        + "[-d|--detailed] [-i|--no_value] [--ttl] [-j|--json]")
    #expect(
      ArgumentParser.usage(of: FullScan.self).hasPrefix(
        "[-h|--hash_key_filter_type anywhere|prefix|postfix] [-x|--hash_key_filter_pattern str] "
          + "[-s|--sort_key_filter_type anywhere|prefix|postfix|exact] [-y|--sort_key_filter_pattern str] "
          + "[-v|--value_filter_type anywhere|prefix|postfix|exact] [-z|--value_filter_pattern str] "
          + "[-o|--output file_name] [-n|--max_count num] [-t|--timeout_ms num] [-d|--detailed] [-i|--no_value]"))
  }

  @Test func fullScanOptions() throws {
    let scan = try decode(
      FullScan.self, #"-h prefix -x "\xff" -s exact -y "a\"b" -v anywhere -z - -n 3 -t 9 -d -p1 -o out.txt --ttl"#)
    #expect(scan.filters.filter.hashKey == .init(.prefix, [0xFF]))
    #expect(scan.filters.filter.sortKey == .init(.exact, bytes("a\"b")))
    #expect(scan.filters.filter.value == .init(.anywhere, bytes("-")))
    #expect(scan.output.limit == 3)
    #expect(scan.output.timeout == 9)
    #expect(scan.output.isDetailed && scan.output.showsTTL && !scan.output.isJSON)
    #expect(scan.partition == 1)
    #expect(scan.output.file == "out.txt")
    #expect(try decode(FullScan.self, "-n 0").output.limit == nil)
    #expect(try decode(FullScan.self, "").output.limit == nil)
  }

  @Test func contradictionsAreRefused() {
    let noValue = "no_value should not be set when value_filter_type is set"
    #expect(usageError(FullScan.self, "-i -v prefix -z x") == noValue)
    #expect(usageError(HashScan.self, "h a b -i -v prefix -z x") == noValue)
    #expect(usageError(FullScan.self, "-x h") == "--hash_key_filter_pattern needs --hash_key_filter_type")
    #expect(usageError(HashScan.self, "h a b -z v") == "--value_filter_pattern needs --value_filter_type")
    #expect(usageError(FullScan.self, "-t 0")?.hasPrefix("invalid timeout_ms") == true)
    #expect(usageError(FullScan.self, "-h exact -x h") != nil)
  }
}
