import Copying
import Terminal

/// A histogram as RocksDB prints it in its statistics, which is how the old shell shows sizes.
enum HistogramText {
  private static let width = 71

  static func text(_ name: String, _ histogram: SizeHistogram) -> String {
    let title = "[\(name)]"
    let left = (width - title.count) / 2
    var text = String(repeating: "=", count: left) + title
    text += String(repeating: "=", count: width - title.count - left) + "\n"
    let smallest = histogram.count == 0 ? 0 : histogram.smallest
    text += "Count: \(histogram.count) Average: \(Format.fixed(histogram.average, decimals: 4))  "
    text += "StdDev: \(Format.fixed(histogram.standardDeviation))\n"
    text += "Min: \(smallest)  Median: \(Format.fixed(histogram.percentile(50), decimals: 4))  "
    text += "Max: \(histogram.largest)\n"
    let percentiles = [("P50", 50.0), ("P75", 75), ("P99", 99), ("P99.9", 99.9), ("P99.99", 99.99)]
    text += "Percentiles: "
    text += percentiles.map { "\($0.0): \(Format.fixed(histogram.percentile($0.1)))" }.joined(separator: " ") + "\n"
    text += String(repeating: "-", count: 54) + "\n"
    var seen: UInt64 = 0
    for (from, to, rows) in histogram.filled {
      seen += rows
      let share = 100 * Double(rows) / Double(histogram.count)
      let total = 100 * Double(seen) / Double(histogram.count)
      text += "( \(padded("\(from)", 7)), \(padded("\(to)", 7)) ] \(padded("\(rows)", 8)) "
      text += "\(padded(Format.fixed(share, decimals: 3), 7))% \(padded(Format.fixed(total, decimals: 3), 7))% "
      text += String(repeating: "#", count: Int((share / 5).rounded())) + "\n"
    }
    return text + String(repeating: "=", count: width) + "\n"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
