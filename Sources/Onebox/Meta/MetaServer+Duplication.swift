internal import PegasusProtocol

extension MetaServer {
  /// A onebox ships its writes to nobody; what a real server would refuse is refused for the same reason, in its order.
  func addDuplication(_ request: DuplicationAddRequest) -> DuplicationAddResponse {
    let remote = request.remoteClusterName
    guard remote != cluster.options.clusterName else {
      return DuplicationAddResponse(
        err: .invalidParameters, hint: "illegal operation: adding duplication to itself")
    }
    guard cluster.options.duplicationGroup[remote] != nil else {
      return DuplicationAddResponse(
        err: .invalidParameters,
        hint: "get_duplication_cluster_id(\(remote)) failed, error: ERR_OBJECT_NOT_FOUND: "
          + "failed to get cluster id for  << \(remote)")
    }
    guard cluster.table(named: request.appName) != nil else {
      return DuplicationAddResponse(err: .appNotExist, hint: "app \(request.appName) was not found")
    }
    return DuplicationAddResponse(
      err: .operationDisabled, hint: "an embedded cluster does not duplicate its writes")
  }
}
