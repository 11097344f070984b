import PegasusProtocol

extension MetaServer {
  /// Carries out a proposal of where a partition's replicas are. Pegasus 2.0–2.6 queue it and answer before it is done;
  /// here the actions that name a primary are done at once, and replicas need no adding since all servers share the files.
  /// Where primaries are is not kept: the next start places them anew.
  func propose(_ request: ConfigurationBalancerRequest) -> ConfigurationBalancerResponse {
    guard let partition = cluster.partition(request.gpid) else {
      return ConfigurationBalancerResponse(err: .appNotExist)
    }
    for action in request.actionList {
      switch action.type {
      case .assignPrimary, .upgradeToPrimary:
        guard let node = cluster.nodes.firstIndex(where: { $0.address == action.node }) else {
          return ConfigurationBalancerResponse(err: .invalidParameters)
        }
        partition.move(to: node)
      default: continue
      }
    }
    return ConfigurationBalancerResponse(err: .ok)
  }
}
