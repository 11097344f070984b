package import JSON

extension JobEvent {
  private static let ownNames: Set<String> = ["version", "time", "job", "event"]

  /// A line of an event file: {"version":1,"time":…,"job":7,"event":"progress",…}.
  package var json: JSONValue {
    var members: [JSONMember] = [
      JSONMember("version", .integer(Int64(Self.version))), JSONMember("time", .integer(time)),
      JSONMember("job", .integer(job.rawValue)), JSONMember("event", .string(kind)),
    ]
    for field in fields.members {
      members.append(Self.ownNames.contains(field.key) ? JSONMember("its_\(field.key)", field.value) : field)
    }
    return .object(members)
  }
}
