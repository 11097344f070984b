import Configuration
import Copying
import EventLoop
import Geo
import Jobs
import PegasusClient

/// The tables of a copy or clearing as they were found now.
@LoopActor
struct TransferTables {
  let source: Table
  let target: Table
  let geo: GeoWriter?

  /// Finds what a plan names, and looks whether it is still what was planned for.
  ///
  /// - Throws: `ShellError` with status `refused` that names each change, `ClientError` when a cluster does not answer
  init(_ plan: TransferPlan, _ occasion: JobOccasion, in session: Session) async throws {
    var changes = PlanChanges()
    let isClearing = plan.options.mode == .delete
    let source = try await plan.source.table(isClearing ? "cleared" : "source", in: session, &changes)
    let target = isClearing ? source : try await plan.target.table("target", in: session, &changes)
    if !isClearing, case .resume(let record) = occasion {
      for id in try await Self.clearings(of: plan.target, after: record.id, in: session) {
        changes.add("the target table '\(plan.target.table)' of \(plan.target.cluster) was cleared (job \(id))")
      }
    }
    var geoTable: Table?
    if let geo = plan.geo {
      geoTable = try await geo.table.table("geo", in: session, &changes)
      changes.compare(
        members: TransferPlan.settings(geo.configuration),
        TransferPlan.settings(try Self.geoConfiguration(of: session)))
    }
    try changes.refuse(
      occasion, advice: (isClearing ? "clear_data" : "copy_data") + " begins anew with the tables as they are now")
    guard let source, let target else { throw ShellError("a table is not there") }
    if occasion.isResume { try await Self.checkWriteMode(plan.options, source, target, in: session) }
    self.source = source
    self.target = target
    if let geo = plan.geo, let geoTable {
      let writer = try GeoWriter(
        common: target, geo: geoTable, codec: Self.codec(geo.configuration), limit: plan.options.timeout)
      try await writer.prepare()
      self.geo = writer
    } else {
      self.geo = nil
    }
  }

  /// Duplicated writes must be allowed still: a target that has come to refuse them may not survive them.
  private static func checkWriteMode(
    _ options: CopyOptions, _ source: Table, _ target: Table, in session: Session
  ) async throws {
    guard options.mode == .duplicate else { return }
    let group = session.configuration.duplicationGroup
    let reason: String
    switch try await DuplicateCheck(source: source, target: target, group: group).run() {
    case .allowed(options.originClusterID): return
    case .allowed(let id): reason = "the source's number in [duplication-group] is \(id) now"
    case .refused(let why): reason = why
    }
    throw ShellError(
      "the target does not take duplicated writes any more: \(reason)",
      advice: "copy_data begins anew in another write mode", status: .refused)
  }

  /// Jobs that have deleted rows of a table after another job was begun: rows below the positions of that one, perhaps.
  private static func clearings(
    of table: TableIdentity, after job: JobID, in session: Session
  ) async throws -> [JobID] {
    try await session.jobs.list().filter { record in
      guard record.id > job, record.startedAt != nil, record.plan.kind == JobKind.clear.name,
        let cleared = try? TransferPlan(record.plan.parameters)
      else { return false }
      return cleared.source.isSameTable(as: table)
    }.map(\.id)
  }

  /// - Throws: `ShellError` when the section `[geo_client.lib]` is wrong
  static func geoConfiguration(of session: Session) throws(ShellError) -> GeoConfiguration {
    do {
      return try GeoConfiguration(section: {
        session.configuration.value(of: $0, in: GeoConfiguration.sectionName)
      })
    } catch {
      throw ShellError("\(error)", advice: geoAdvice, status: .usage)
    }
  }

  private static func codec(_ configuration: GeoConfiguration) throws(ShellError) -> GeoRowCodec {
    do {
      return try GeoRowCodec(configuration: configuration)
    } catch {
      throw ShellError("\(error)", advice: geoAdvice, status: .usage)
    }
  }

  private static let geoAdvice = "see [geo_client.lib] in the configuration"
}
