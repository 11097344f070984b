import EventLoop
package import JSON

extension JobProgress {
  /// As event files and the journal have it. Times are in milliseconds; what is not known is null.
  package var json: JSONValue {
    var counts = JSONObject()
    for count in account { counts[count.name] = .integer(count.count) }
    return .object([
      "step": .string(step),
      "verb": .string(verb),
      "unit": .string(unit),
      "elapsed_ms": .integer(elapsed.nanoseconds / 1_000_000),
      "account": .object(counts),
      "done": .integer(done),
      "done_before": .integer(doneBefore),
      "total": total.map { .integer($0) } ?? .null,
      "fraction": fraction.map { .number($0) } ?? .null,
      "bytes": .integer(bytes),
      "rate": .number(rate),
      "last_second": .integer(lastSecond),
      "seconds_left": secondsLeft.map { .number($0) } ?? .null,
      "steady": .bool(isSteady),
      "finished_parts": .integer(Int64(finishedParts)),
      "part_count": .integer(Int64(partCount)),
      "slowest_part": slowestPart?.json ?? .null,
      "parts": .array(parts.map(\.json)),
      "retries": .integer(retries),
      "last_retry_reason": .string(lastRetryReason),
      "limit": .string(limit),
      "slowed": .string(slowed),
      "ending": .string(ending),
      "watched": .bool(isWatched),
    ])
  }

  /// Takes what is missing for nothing; nil when it is no progress at all.
  package init?(json: JSONValue) {
    guard let step = json["step"]?.text, let verb = json["verb"]?.text, let unit = json["unit"]?.text else {
      return nil
    }
    self.init(step: step, verb: verb, unit: unit)
    elapsed = .milliseconds(json["elapsed_ms"]?.whole ?? 0)
    if case .object(let members)? = json["account"] {
      account = members.map { Count(name: $0.key, count: $0.value.whole ?? 0) }
    }
    done = json["done"]?.whole ?? 0
    doneBefore = json["done_before"]?.whole ?? 0
    total = json["total"]?.whole
    fraction = json["fraction"]?.double
    bytes = json["bytes"]?.whole ?? 0
    rate = json["rate"]?.double ?? 0
    lastSecond = json["last_second"]?.whole ?? 0
    secondsLeft = json["seconds_left"]?.double
    isSteady = json["steady"] != .bool(false)
    finishedParts = Int(clamping: json["finished_parts"]?.whole ?? 0)
    partCount = Int(clamping: json["part_count"]?.whole ?? 0)
    slowestPart = json["slowest_part"].flatMap(Part.init(json:))
    parts = json["parts"]?.elements.compactMap(Part.init(json:)) ?? []
    retries = json["retries"]?.whole ?? 0
    lastRetryReason = json["last_retry_reason"]?.text ?? ""
    limit = json["limit"]?.text ?? ""
    slowed = json["slowed"]?.text ?? ""
    isWatched = json["watched"] == .bool(true)
    ending = json["ending"]?.text ?? ""
  }

  /// With no more parts than the journal keeps.
  var trimmed: JobProgress {
    guard parts.count > Self.journaledParts else { return self }
    var copy = self
    copy.parts.removeLast(parts.count - Self.journaledParts)
    return copy
  }
}

extension JobProgress.Part {
  var json: JSONValue {
    .object([
      "number": .integer(Int64(number)), "state": .string(state), "done": .integer(done), "note": .string(note),
    ])
  }

  init?(json: JSONValue) {
    guard let number = json["number"]?.whole.flatMap(Int32.init(exactly:)) else { return nil }
    self.init(
      number: number, state: json["state"]?.text ?? "", done: json["done"]?.whole ?? 0, note: json["note"]?.text ?? "")
  }
}

extension JSONValue {
  /// A number without a fraction that fits.
  var whole: Int64? {
    guard case .integer(let value) = self else { return nil }
    return value
  }
}
