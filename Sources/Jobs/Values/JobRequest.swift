/// What a running job can be asked for, in this process or from another one.
package enum JobRequest: Sendable, Equatable {
  case pause
  /// The end of a pause.
  case resume
  /// To end in order, to be resumed later.
  case stop
  /// To be given up for good.
  case cancel
  case rate(JobRate)
}
