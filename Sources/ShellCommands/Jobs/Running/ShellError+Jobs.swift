import Jobs

extension ShellError {
  /// What a job refused, with what to do instead.
  init(_ error: JobError) {
    switch error {
    case .unknown: self.init(error.description, advice: "'jobs --all' lists them", status: .usage)
    case .runsElsewhere(let id, _):
      self.init(
        error.description, advice: "'attach \(id)' shows it, 'pause \(id)' and 'stop \(id)' reach it", status: .refused)
    case .final(let id, _): self.init(error.description, advice: "'report \(id)' tells what it did", status: .refused)
    case .notRunning(let id, let state):
      let isOver = JobState(rawValue: state)?.isFinal ?? false
      self.init(
        error.description, advice: isOver ? "'report \(id)' tells what it did" : "'resume \(id)' goes on with it",
        status: .refused)
    case .notTaken(let id, _):
      self.init(
        error.description, advice: "it may be stopped itself (Ctrl-Z, SIGSTOP); 'job \(id)' shows who works on it")
    case .noLimit, .refused: self.init(error.description, status: .refused)
    case .unreadable: self.init(error.description, status: .refused)
    }
  }
}
