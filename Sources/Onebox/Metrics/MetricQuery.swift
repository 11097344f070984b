internal import JSON

/// The query of `GET /metrics`: comma lists, where an empty one restricts nothing.
struct MetricQuery {
  /// Why a query is not answered.
  struct Invalid: Error, CustomStringConvertible {
    let description: String
  }

  private var types: Set<String> = []
  private var ids: Set<String> = []
  private var attributes: [(String, String)] = []
  private var metrics: Set<String> = []
  private var fields: Set<String> = []
  private var showsAllFields = false

  init(_ parameters: [(name: String, value: String)]) throws(Invalid) {
    for (name, value) in parameters {
      let items = value.split(separator: ",").map(String.init)
      switch name {
      case "types": types = Set(items)
      case "ids": ids = Set(items)
      case "metrics": metrics = Set(items)
      case "with_metric_fields": fields = Set(items)
      case "attributes":
        guard items.count.isMultiple(of: 2) else {
          throw Invalid(description: "attributes: names and values must come in pairs")
        }
        attributes = stride(from: 0, to: items.count, by: 2).map { (items[$0], items[$0 + 1]) }
      case "detail":
        guard value == "true" || value == "false" else {
          throw Invalid(description: "detail: '\(value)' is not a boolean")
        }
        showsAllFields = value == "true"
      default: throw Invalid(description: "unknown field name: \(name)")
      }
    }
  }

  /// The entity as JSON, reduced to what was asked for; nil when nothing of it was.
  func render(_ entity: MetricEntity) -> JSONValue? {
    guard types.isEmpty || types.contains(entity.type), ids.isEmpty || ids.contains(entity.id) else { return nil }
    // Any of the pairs is enough.
    let matches = attributes.contains { wanted in entity.attributes.contains { $0 == wanted } }
    guard attributes.isEmpty || matches else { return nil }
    let chosen = entity.metrics.filter { metrics.isEmpty || metrics.contains($0.name) }
    guard !chosen.isEmpty else { return nil }
    return .object([
      ("type", .string(entity.type)), ("id", .string(entity.id)),
      ("attributes", .object(entity.attributes.map { ($0.0, .string($0.1)) })),
      ("metrics", .array(chosen.map(render))),
    ])
  }

  private func render(_ metric: Metric) -> JSONValue {
    let members: [(String, JSONValue)] = [
      ("name", .string(metric.name)), ("type", .string(metric.kind.rawValue)), ("unit", .string(metric.unit)),
      ("value", metric.value),
    ]
    if showsAllFields { return .object(members) }
    let shown = fields.isEmpty ? ["name", "value"] : fields
    return .object(members.filter { shown.contains($0.0) })
  }
}
