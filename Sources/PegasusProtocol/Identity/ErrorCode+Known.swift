/// The codes servers of 2.0 to 2.6 know.
extension ErrorCode {
  /// Success.
  package static let ok = Self(name: "ERR_OK")
  /// Unspecified; also the reader's fallback.
  package static let unknown = Self(name: "ERR_UNKNOWN")
  /// START_RECOVERY on a running meta.
  package static let serviceAlreadyRunning = Self(name: "ERR_SERVICE_ALREADY_RUNNING")
  /// Internal.
  package static let ioPending = Self(name: "ERR_IO_PENDING")
  /// No answer in time.
  package static let timeout = Self(name: "ERR_TIMEOUT")
  /// Service disabled or starting.
  package static let serviceNotActive = Self(name: "ERR_SERVICE_NOT_ACTIVE")
  /// Throttled, or operation in progress.
  package static let busy = Self(name: "ERR_BUSY")
  /// Local.
  package static let networkInitFailed = Self(name: "ERR_NETWORK_INIT_FAILED")
  /// Not the leader meta.
  package static let forwardToOthers = Self(name: "ERR_FORWARD_TO_OTHERS")
  /// No such table/replica/dup/file.
  package static let objectNotFound = Self(name: "ERR_OBJECT_NOT_FOUND")
  /// RPC unknown to that process.
  package static let handlerNotFound = Self(name: "ERR_HANDLER_NOT_FOUND")
  /// Stale ballot/version.
  package static let invalidVersion = Self(name: "ERR_INVALID_VERSION")
  /// Bad request.
  package static let invalidParameters = Self(name: "ERR_INVALID_PARAMETERS")
  /// Too many pending writes.
  package static let capacityExceeded = Self(name: "ERR_CAPACITY_EXCEEDED")
  /// Wrong role or state.
  package static let invalidState = Self(name: "ERR_INVALID_STATE")
  /// Replica inactive; no bulk load running.
  package static let inactiveState = Self(name: "ERR_INACTIVE_STATE")
  /// Too few replicas for a write.
  package static let notEnoughMember = Self(name: "ERR_NOT_ENOUGH_MEMBER")
  /// File error.
  package static let fileOperationFailed = Self(name: "ERR_FILE_OPERATION_FAILED")
  /// Write too large / bad data.
  package static let invalidData = Self(name: "ERR_INVALID_DATA")
  /// Stale.
  package static let versionOutdated = Self(name: "ERR_VERSION_OUTDATED")
  /// File exists.
  package static let pathAlreadyExist = Self(name: "ERR_PATH_ALREADY_EXIST")
  /// Meta level too low / too few nodes.
  package static let stateFreezed = Self(name: "ERR_STATE_FREEZED")
  /// Storage failure.
  package static let localAppFailure = Self(name: "ERR_LOCAL_APP_FAILURE")
  /// Unsupported option.
  package static let notImplemented = Self(name: "ERR_NOT_IMPLEMENTED")
  /// Nothing to do.
  package static let noNeedOperate = Self(name: "ERR_NO_NEED_OPERATE")
  /// Damaged data or metadata.
  package static let corruption = Self(name: "ERR_CORRUPTION")
  /// Table exists.
  package static let appExist = Self(name: "ERR_APP_EXIST")
  /// No such table.
  package static let appNotExist = Self(name: "ERR_APP_NOT_EXIST")
  /// Table being created or recalled.
  package static let busyCreating = Self(name: "ERR_BUSY_CREATING")
  /// Table being dropped.
  package static let busyDropping = Self(name: "ERR_BUSY_DROPPING")
  /// Connection failed (client side).
  package static let networkFailure = Self(name: "ERR_NETWORK_FAILURE")
  /// Meta waits for START_RECOVERY.
  package static let underRecovery = Self(name: "ERR_UNDER_RECOVERY")
  /// Refused by configuration or state.
  package static let operationDisabled = Self(name: "ERR_OPERATION_DISABLED")
  /// Metadata does not match.
  package static let inconsistentState = Self(name: "ERR_INCONSISTENT_STATE")
  /// Block service.
  package static let dirNotEmpty = Self(name: "ERR_DIR_NOT_EMPTY")
  /// Block service error.
  package static let fsInternal = Self(name: "ERR_FS_INTERNAL")
  /// Restore skipped a partition.
  package static let ignoreBadData = Self(name: "ERR_IGNORE_BAD_DATA")
  /// Table is dropped.
  package static let appDropped = Self(name: "ERR_APP_DROPPED")
  /// Meta storage.
  package static let zookeeperOperation = Self(name: "ERR_ZOOKEEPER_OPERATION")
  /// Split child already registered.
  package static let childRegistered = Self(name: "ERR_CHILD_REGISTERED")
  /// Bulk load ingestion. Since 2.1.
  package static let ingestionFailed = Self(name: "ERR_INGESTION_FAILED")
  /// No valid login. Since 2.2.
  package static let unauthenticated = Self(name: "ERR_UNAUTHENTICATED")
  /// Kerberos. Since 2.2.
  package static let krb5Internal = Self(name: "ERR_KRB5_INTERNAL")
  /// SASL. Since 2.2.
  package static let saslInternal = Self(name: "ERR_SASL_INTERNAL")
  /// SASL: more tokens needed (local). Since 2.2.
  package static let saslIncomplete = Self(name: "ERR_SASL_INCOMPLETE")
  /// Not authorised. Since 2.2.
  package static let aclDeny = Self(name: "ERR_ACL_DENY")
  /// Short block during split. Since 2.2.
  package static let splitting = Self(name: "ERR_SPLITTING")
  /// Key belongs to the child partition. Since 2.2.
  package static let parentPartitionMisused = Self(name: "ERR_PARENT_PARTITION_MISUSED")
  /// Split child not serving yet (client side). Since 2.3.
  package static let childNotReady = Self(name: "ERR_CHILD_NOT_READY")
  /// Disk space. Since 2.3.
  package static let diskInsufficient = Self(name: "ERR_DISK_INSUFFICIENT")
  /// Bulk load gave up. Since 2.4.
  package static let retryExhausted = Self(name: "ERR_RETRY_EXHAUSTED")
  /// RocksDB corruption. Since 2.5.
  package static let rdbCorruption = Self(name: "ERR_RDB_CORRUPTION")
  /// Disk I/O error. Since 2.5.
  package static let diskIoError = Self(name: "ERR_DISK_IO_ERROR")
  /// HTTP client. Since 2.6.
  package static let curlFailed = Self(name: "ERR_CURL_FAILED")
  /// Duplication already exists. Since 2.6.
  package static let dupExist = Self(name: "ERR_DUP_EXIST")
  /// HTTP client. Since 2.6.
  package static let httpError = Self(name: "ERR_HTTP_ERROR")
  /// Pattern does not match (internal). Since 2.6.
  package static let notMatched = Self(name: "ERR_NOT_MATCHED")
}

/// Codes that clients see rarely or never.
extension ErrorCode {
  package static let serviceNotFound = Self(name: "ERR_SERVICE_NOT_FOUND")
  package static let learnFileFailed = Self(name: "ERR_LEARN_FILE_FAILED")
  package static let getLearnStateFailed = Self(name: "ERR_GET_LEARN_STATE_FAILED")
  package static let handleEof = Self(name: "ERR_HANDLE_EOF")
  package static let wrongChecksum = Self(name: "ERR_WRONG_CHECKSUM")
  package static let invalidHandle = Self(name: "ERR_INVALID_HANDLE")
  package static let incompleteData = Self(name: "ERR_INCOMPLETE_DATA")
  package static let pathNotFound = Self(name: "ERR_PATH_NOT_FOUND")
  package static let addressAlreadyUsed = Self(name: "ERR_ADDRESS_ALREADY_USED")
  package static let bindIocpFailed = Self(name: "ERR_BIND_IOCP_FAILED")
  package static let networkStartFailed = Self(name: "ERR_NETWORK_START_FAILED")
  package static let checkpointFailed = Self(name: "ERR_CHECKPOINT_FAILED")
  package static let wrongTiming = Self(name: "ERR_WRONG_TIMING")
  package static let tryAgain = Self(name: "ERR_TRY_AGAIN")
  package static let clusterNotFound = Self(name: "ERR_CLUSTER_NOT_FOUND")
  package static let clusterAlreadyExist = Self(name: "ERR_CLUSTER_ALREADY_EXIST")
  package static let serviceAlreadyExist = Self(name: "ERR_SERVICE_ALREADY_EXIST")
  package static let injected = Self(name: "ERR_INJECTED")
  package static let replicationFailure = Self(name: "ERR_REPLICATION_FAILURE")
  package static let learnerNotFound = Self(name: "ERR_LEARNER_NOT_FOUND")
  package static let expired = Self(name: "ERR_EXPIRED")
  package static let lockAlreadyExist = Self(name: "ERR_LOCK_ALREADY_EXIST")
  package static let holdByOthers = Self(name: "ERR_HOLD_BY_OTHERS")
  package static let recursiveLock = Self(name: "ERR_RECURSIVE_LOCK")
  package static let noOwner = Self(name: "ERR_NO_OWNER")
  package static let nodeAlreadyExist = Self(name: "ERR_NODE_ALREADY_EXIST")
  package static let arrayIndexOutOfRange = Self(name: "ERR_ARRAY_INDEX_OUT_OF_RANGE")
  package static let mockInternal = Self(name: "ERR_MOCK_INTERNAL")
  package static let syncRangerPoliciesFailed = Self(name: "ERR_SYNC_RANGER_POLICIES_FAILED")
  package static let rangerParseAcl = Self(name: "ERR_RANGER_PARSE_ACL")
  package static let rangerPoliciesNoNeedUpdate = Self(name: "ERR_RANGER_POLICIES_NO_NEED_UPDATE")
}
