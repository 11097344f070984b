/// The `[shell]` section, and the settings of the old shell's other sections that still mean something.
package struct ShellDefaults: Sendable, Equatable {
  /// `[shell] cluster`: the cluster to begin with.
  package var cluster: String?
  /// `[shell] timeout_ms`: time limit of data commands, in milliseconds.
  package var timeoutMilliseconds = 5000
  /// `[shell] meta_timeout_ms`, or the old `[task..default] rpc_timeout_milliseconds`: time limit of meta calls.
  package var metaTimeoutMilliseconds = 10000
  /// `[shell] nodes_sample_interval_ms`.
  package var nodesSampleIntervalMilliseconds = 1000
  /// `[shell] tables_sample_interval_ms`.
  package var tablesSampleIntervalMilliseconds = 1000
  /// `[shell] http_timeout_ms`, or the old `[http] curl_timeout_ms`: time limit of a metrics query.
  package var httpTimeoutMilliseconds = 10000
  /// `[shell] history_size`: lines that the history keeps; 0 keeps none.
  package var historySize = 1000

  package init() {}
}
