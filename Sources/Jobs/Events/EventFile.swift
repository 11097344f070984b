package import EventLoop

/// The events of jobs as lines of JSON, for other programs: one object each, the last one of a job is its summary.
@LoopActor
package final class EventFile {
  /// Why events are missing from it; nil: none is.
  package private(set) var failure: String?

  /// - Parameter target: the path of a file, made or emptied; or the number of a descriptor that is open for writing
  /// - Throws: `EventFileError` when it cannot be opened
  package init(_ target: String) throws(EventFileError) {}

  /// Writes the events of a job from now on, and a summary when it ends. A write that fails never ends the job: `failure`
  /// says it, and the job gets a "warning".
  package func attach(to job: Job) {}

  /// Waits until everything is written, the summaries of jobs that have ended included.
  package func close() async {}
}
