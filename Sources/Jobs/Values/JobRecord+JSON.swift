package import JSON

extension JobRecord {
  /// Everything, for programs. Times are in milliseconds since 1970; what is not known is null.
  package var json: JSONValue {
    .object([
      "version": 1,
      "job": .integer(id.rawValue),
      "kind": .string(plan.kind),
      "title": .string(plan.title),
      "command_line": .string(plan.commandLine),
      "parameters": plan.parameters,
      "state": .string(state.rawValue),
      "interrupted": .bool(isInterrupted),
      "resumable": .bool(isResumable),
      "held": .bool(isHeld),
      "owner": .string(owner),
      "operator": .string(operatorName),
      "created_at": .integer(createdAt),
      "started_at": Self.time(startedAt),
      "ended_at": Self.time(endedAt),
      "written_at": Self.time(writtenAt),
      "rate": rate.map { .string($0.description) } ?? .null,
      "steps": .array(steps.map(\.json)),
      "progress": progress?.json ?? .null,
      "outcome": outcome?.json ?? .null,
      "error": .string(error),
    ])
  }

  fileprivate static func time(_ time: Int64?) -> JSONValue { time.map { .integer($0) } ?? .null }
}

extension StepRecord {
  /// As part of its job's.
  package var json: JSONValue {
    .object([
      "name": .string(plan.name), "title": .string(plan.title), "state": .string(state.rawValue),
      "started_at": JobRecord.time(startedAt), "ended_at": JobRecord.time(endedAt), "detail": detail,
      "error": error.map { .string($0) } ?? .null,
    ])
  }
}
