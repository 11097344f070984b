import BackupLayout
import Backups
import EventLoop
import PegasusClient
import PegasusProtocol
import Terminal

/// Looks at a table and at the files made for it before they are loaded.
@LoopActor
struct BulkLoadCheck {
  let session: Session
  let request: StartBulkLoadRequest

  /// What the table itself says against it.
  ///
  /// - Throws: `ShellError` for what cannot end well
  func table(_ info: AppInfo, _ status: QueryBulkLoadResponse) throws {
    let table = request.appName
    if BulkLoadState(status).isLoading {
      throw ShellError(
        "start bulk load failed, error=ERR_BUSY: table '\(table)' is being loaded already",
        advice: "'query_bulk_load_status -a \(table) --wait' waits for it")
    }
    let envs = info.envs
    if request.ingestBehind, envs["rocksdb.allow_ingest_behind"] != "true" {
      throw ShellError(
        "start bulk load failed, error=ERR_INCONSISTENT_STATE [hint:\"inconsistent ingestion behind option\"]",
        advice: "table '\(table)' needs rocksdb.allow_ingest_behind=true, best from its creation on")
    }
    let output = session.output
    if let deny = envs["replica.deny_client_request"], deny.hasSuffix("all") || deny.hasSuffix("write") {
      output.warning("the table denies writes (replica.deny_client_request = \(deny)), so the load will not end")
    }
    if envs["replica.write_throttling"] != nil || envs["replica.write_throttling_by_size"] != nil {
      output.warning("the table's write throttling holds for the ingestion, too")
    }
    if envs["rocksdb.usage_scenario"] != "bulk_load" {
      let text = "rocksdb.usage_scenario of the table is not bulk_load"
      if request.ingestBehind {
        output.warning(
          text + ": what was written and compacted meanwhile may keep servers of 2.6 from loading behind it")
      } else {
        output.info(text + ": the servers will compact while they load")
      }
    }
  }

  /// The files, when the storage is known here.
  ///
  /// - Parameter readsFiles: reads them and compares the MD5s, which takes its time
  /// - Throws: `ShellError` that says what servers would not take
  func files(for info: AppInfo, readsFiles: Bool) async throws {
    guard
      let service = session.storageIfKnown(request.fileProviderType, otherwise: "the files are not looked at first")
    else { return }
    let tree = BulkLoadTree(
      root: request.remoteRootPath, cluster: request.clusterName, table: request.appName)
    let found = try await BulkLoadReader(service).read(tree, expecting: (info.appId, info.partitionCount))
    try refuse(found.allProblems)
    session.output.info(
      "\(tree.table) holds files for table id \(info.appId): \(found.partitions.count) partitions, "
        + Format.size(Double(found.bytes)))
    guard readsFiles else { return }
    // Servers do not see that rows are in the file of another partition: they would never be found again.
    let result = await BackupCheck(found, on: service, readsRows: true, parallel: 4).run()
    if let error = result.error { throw error }
    try refuse(result.problems)
    session.output.info("every MD5 is right")
  }

  private func refuse(_ problems: [StorageProblem]) throws(ShellError) {
    guard let first = problems.first else { return }
    for problem in problems.prefix(20) { session.output.error("\(problem)") }
    throw ShellError(
      "the servers would not take these files: "
        + (problems.count == 1 ? "" : "\(problems.count) problems, the first: ")
        + "\(first)", advice: ShellError.clause(first.advice))
  }
}
