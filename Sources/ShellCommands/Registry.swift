package import CommandLineKit

/// Every command of the shell, in the order in which help lists them.
package let shellCommands = CommandRegistry<Session> {
  // Session
  Help.self
  Version.self
  Exit.self
  ChangeCluster.self
  Use.self
  SetTimeout.self
  EscapeAll.self

  // Cluster
  ClusterInformation.self
  Nodes.self
  GetMetaLevel.self
  SetMetaLevel.self

  // Tables
  ListTables.self
  ShowTable.self
  ShowTableDisk.self
  ShowTableStatistics.self
  CreateTable.self
  DropTable.self
  RecallTable.self
  RenameTable.self
  GetReplicaCount.self
  SetReplicaCount.self
  GetAtomicIdempotent.self
  EnableAtomicIdempotent.self
  DisableAtomicIdempotent.self

  // Table environment
  GetTableEnvironment.self
  SetTableEnvironment.self
  DeleteTableEnvironment.self
  ClearTableEnvironment.self

  // Remote commands
  RemoteCommand.self
  RateLimits.self
  ServerInformation.self
  ServerStatistics.self
  FlushLog.self

  // Keys and values
  ShowHash.self
  EncodeKey.self
  DecodeKey.self
  DecodeValue.self

  // Data: single rows, rows of one hash key, conditions
  SetRow.self
  GetRow.self
  DeleteRow.self
  RowExists.self
  RowTTL.self
  IncrementRow.self
  MultiSetRows.self
  MultiGetRows.self
  MultiGetRange.self
  MultiGetSortKeys.self
  MultiDeleteRows.self
  MultiDeleteRange.self
  CountSortKeys.self
  BatchGetRows.self
  CheckAndSetRow.self
  CheckAndMutateRows.self

  // Data: scans, and rows to try things on
  HashScan.self
  FullScan.self
  GenerateData.self

  // Data: whole tables
  PlanCopy.self
  CopyData.self
  CountData.self
  VerifyData.self
  RepairData.self
  ClearData.self

  // Backups
  BackupTable.self
  QueryBackups.self
  AddBackupPolicy.self
  ListBackupPolicies.self
  QueryBackupPolicies.self
  ChangeBackupPolicy.self
  EnableBackupPolicy.self
  DisableBackupPolicy.self
  RestoreTable.self
  RestoreApp.self
  ShowRestoreStatus.self
  ListBackups.self
  CheckBackup.self
  RemoveBackup.self

  // Bulk load
  SplitBackup.self
  BeginBulkLoad.self
  ShowBulkLoad.self
  PauseBulkLoad.self
  RestartBulkLoad.self
  CancelBulkLoad.self
  ForgetBulkLoad.self
  StartCompaction.self
  ShowCompaction.self

  // Playbooks
  MigrateByBackup.self
  MigrateByBulkLoad.self
  UndoJob.self

  // Jobs
  ListJobs.self
  ShowJob.self
  AttachJob.self
  PauseJob.self
  ResumeJob.self
  StopJob.self
  CancelJob.self
  SetJobRate.self
  ReportJob.self

  // Embedded clusters
  OneboxControl.self
}

extension CommandRegistry {
  /// As `resolve`; an unknown name gets the usage line of the nearest command.
  package func lookUp(_ tokens: [Token]) throws(UsageError) -> Resolution<Context> {
    do {
      return try resolve(tokens)
    } catch {
      var error = error
      if error.kind == .unknownCommand {
        error.usage = error.suggestion.flatMap { self[$0] }?.description.usage ?? "help [command]"
      }
      throw error
    }
  }
}
