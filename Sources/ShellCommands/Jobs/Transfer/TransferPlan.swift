import Copying
import Geo
import JSON
import Jobs

/// Everything a copy or a clearing is built from, as it stands in the journal.
struct TransferPlan: Sendable {
  static let version = 1

  var source: TableIdentity
  /// Of a clearing: the same table.
  var target: TableIdentity
  var options: CopyOptions
  /// The geo table and how rows get there; nil: it is not filled.
  var geo: Geo?
  /// The comparison at the end; nil: there is none.
  var verify: Verify?

  struct Geo: Sendable {
    var table: TableIdentity
    var configuration: GeoConfiguration
  }

  init(source: TableIdentity, target: TableIdentity, options: CopyOptions, geo: Geo? = nil) {
    self.source = source
    self.target = target
    self.options = options
    self.geo = geo
  }

  var title: String { options.mode == .delete ? source.title : "\(source.title) -> \(target.title)" }

  /// The target; of a clearing, the table itself.
  var writes: [TableWrite] {
    [TableWrite(target, from: source, partitions: options.partitions)]
      + (geo.map { [TableWrite($0.table, from: source, partitions: options.partitions)] } ?? [])
  }

  var parameters: JSONValue {
    .object([
      "source": source.json, "target": target.json, "options": options.json,
      "geo": geo.map { .object(["table": $0.table.json, "settings": Self.settings($0.configuration)]) } ?? .null,
      "verify": verify?.json ?? .null,
    ])
  }

  /// - Throws: `ShellError` when it was not written by `parameters`
  init(_ parameters: JSONValue) throws(ShellError) {
    source = try TableIdentity(parameters["source"])
    target = try TableIdentity(parameters["target"])
    options = try CopyOptions(parameters["options"] ?? .null)
    verify = try Verify(parameters["verify"])
    guard let geo = parameters["geo"], geo != .null else { return }
    func number(_ name: String) throws(ShellError) -> Int {
      guard let value = geo["settings"]?[name]?.double.flatMap({ Int(exactly: $0) }) else {
        throw ShellError("the plan of the job has no '\(name)'", status: .refused)
      }
      return value
    }
    self.geo = Geo(
      table: try TableIdentity(geo["table"]),
      configuration: GeoConfiguration(
        minLevel: try number("min_level"), maxLevel: try number("max_level"),
        latitudeIndex: try number("latitude_index"), longitudeIndex: try number("longitude_index")))
  }

  /// The settings of the section `[geo_client.lib]`.
  static func settings(_ configuration: GeoConfiguration) -> JSONValue {
    .object([
      "min_level": .int(configuration.minLevel), "max_level": .int(configuration.maxLevel),
      "latitude_index": .int(configuration.latitudeIndex), "longitude_index": .int(configuration.longitudeIndex),
    ])
  }
}
