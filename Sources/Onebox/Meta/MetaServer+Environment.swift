internal import PegasusProtocol

extension MetaServer {
  /// SET checks every pair before it looks for the table, and takes all or none.
  func updateEnvironment(_ request: ConfigurationUpdateAppEnvRequest) -> ConfigurationUpdateAppEnvResponse {
    func refused(_ hint: String = "") -> ConfigurationUpdateAppEnvResponse {
      ConfigurationUpdateAppEnvResponse(err: .invalidParameters, hintMessage: hint)
    }
    switch request.op {
    case .set:
      guard let keys = request.keys, let values = request.values, !keys.isEmpty, keys.count == values.count
      else { return refused() }
      for (key, value) in zip(keys, values) {
        if let complaint = EnvironmentRules.complaint(key, value) { return refused(complaint) }
      }
      return change(request.appName) { environment in
        for (key, value) in zip(keys, values) { environment[key] = value }
        return ""
      }
    case .del:
      guard let keys = request.keys, !keys.isEmpty else { return refused() }
      return change(request.appName) { Self.delete(keys, from: &$0) }
    case .clear:
      guard let prefix = request.clearPrefix else { return refused() }
      return change(request.appName) { environment in
        let keys = environment.keys.filter { prefix.isEmpty || $0.hasPrefix(prefix + ".") }.sorted()
        return Self.delete(keys, from: &environment)
      }
    default: return refused()
    }
  }

  private static func delete(_ keys: [String], from environment: inout [String: String]) -> String {
    var deleted: [String] = []
    for key in keys where environment.removeValue(forKey: key) != nil { deleted.append(key) }
    guard !deleted.isEmpty else { return "no key needs to be deleted" }
    return "deleted keys:" + deleted.map { "\n    \($0)" }.joined()
  }

  private func change(
    _ name: String, _ edit: (inout [String: String]) -> String
  ) -> ConfigurationUpdateAppEnvResponse {
    guard let table = cluster.table(named: name) else {
      return ConfigurationUpdateAppEnvResponse(err: .appNotExist, hintMessage: "app cannot be found")
    }
    let before = table.record.environment
    let hint = edit(&table.record.environment)
    guard table.record.environment != before else {
      return ConfigurationUpdateAppEnvResponse(err: .ok, hintMessage: hint)
    }
    guard saved() else {
      table.record.environment = before
      return ConfigurationUpdateAppEnvResponse(err: .fileOperationFailed, hintMessage: "cannot keep the change")
    }
    table.environmentChanged()
    return ConfigurationUpdateAppEnvResponse(err: .ok, hintMessage: hint)
  }
}
