/// What is measured, and on how many rows.
struct BenchOptions: Sendable {
  enum Part: String, CaseIterable {
    case codec, limit, engine, copy, journal, count, startup, memory, split, backup
  }

  static let usage = """
    usage: pegasus-bench [options]

    Measures the shell against two embedded clusters that it starts and removes again. Needs pegasus-shell and
    pegasus-onebox beside it, built for release.

      --rows N         rows of the table: 16-byte keys, 100-byte values (default 1000000)
      --partitions N   partitions of each table (default 8)
      --only A,B       some parts: codec, limit, engine, copy, journal, count, startup, memory, split,
                       backup (default: all)
      --modes A,B      some write modes of the copy: put, multi_set, duplicate (default: all)
      --with WORDS     further options of copy_data, in one word: --with '-o 1000'
      --value_size N   bytes of a value in the tables that split and backup make (default 100)
      --into A,B       partition counts that are split into (default: twice the table's, and one less)
      --repeat N       runs of each timed copy and count; the median is shown (default 3)
      --directory DIR  where the clusters keep their data (default: a new directory in $TMPDIR or /tmp)
      --json           the figures as JSON
      --help           print this
    """

  var rows = 1_000_000
  var partitions = 8
  var parts = Set(Part.allCases)
  /// Of `copy`.
  var modes: Set<String> = ["put", "multi_set", "duplicate"]
  var copyOptions = ""
  /// Of `split` and `backup`.
  var valueSize = RowSource.valueSize
  /// Of `split`; empty: twice as many as the table has, and one less.
  var targetCounts: [Int] = []
  var repeats = 3
  var directory: String?
  var isJSON = false
  var wantsHelp = false

  static func parse(_ arguments: [String]) throws(BenchError) -> BenchOptions {
    var options = BenchOptions()
    var words = arguments[...]
    while let word = words.popFirst() {
      func value() throws(BenchError) -> String {
        guard let value = words.popFirst() else { throw BenchError("\(word) needs a value") }
        return value
      }
      func number(_ range: ClosedRange<Int>) throws(BenchError) -> Int {
        let text = try value()
        guard let number = Int(text), range.contains(number) else {
          throw BenchError(
            "\(word): a number from \(range.lowerBound) to \(range.upperBound) is expected, not '\(text)'")
        }
        return number
      }
      switch word {
      case "--rows": options.rows = try number(1000...20_000_000)
      case "--partitions": options.partitions = try number(1...256)
      case "--repeat": options.repeats = try number(1...100)
      case "--modes": options.modes = Set(try value().split(separator: ",").map(String.init))
      case "--with": options.copyOptions = try value()
      case "--value_size": options.valueSize = try number(1...100_000)
      case "--into":
        options.targetCounts = try value().split(separator: ",").map { text throws(BenchError) in
          guard let count = Int(text), (1...65536).contains(count) else {
            throw BenchError("--into: '\(text)' is no partition count")
          }
          return count
        }
      case "--directory": options.directory = try value()
      case "--json": options.isJSON = true
      case "--help", "-h": options.wantsHelp = true
      case "--only":
        options.parts = []
        for name in try value().split(separator: ",") {
          guard let part = Part(rawValue: String(name)) else {
            let known = Part.allCases.map(\.rawValue).joined(separator: ", ")
            throw BenchError("--only: there is no part '\(name)'; there are \(known)")
          }
          options.parts.insert(part)
        }
      default: throw BenchError("unknown option '\(word)'\n\(usage)")
      }
    }
    return options
  }
}
