extension PegasusKey: PartitionRequest {
  package var routingHash: PartitionHash { .key(view.partitionHash) }
}

extension HashKeyRequest: PartitionRequest {
  package var routingHash: PartitionHash { PartitionHash(hashKey: hashKey) }
}

extension UpdateRequest: PartitionRequest {
  package var routingHash: PartitionHash { key.routingHash }
}

extension IncrRequest: PartitionRequest {
  package var routingHash: PartitionHash { key.routingHash }
}

extension MultiPutRequest: PartitionRequest {
  package var routingHash: PartitionHash { PartitionHash(hashKey: hashKey) }
}

extension MultiRemoveRequest: PartitionRequest {
  package var routingHash: PartitionHash { PartitionHash(hashKey: hashKey) }
}

extension MultiGetRequest: PartitionRequest {
  package var routingHash: PartitionHash { PartitionHash(hashKey: hashKey) }
}

extension CheckAndSetRequest: PartitionRequest {
  package var routingHash: PartitionHash { PartitionHash(hashKey: hashKey) }
}

extension CheckAndMutateRequest: PartitionRequest {
  package var routingHash: PartitionHash { PartitionHash(hashKey: hashKey) }
}

extension BatchGetRequest: PartitionRequest {
  /// All keys belong to one partition: the first speaks for them.
  package var routingHash: PartitionHash {
    guard let first = keys.first else { return .ofPartition }
    return PartitionHash(hashKey: first.hashKey.isEmpty ? first.sortKey : first.hashKey)
  }
}

extension DuplicateRequest: PartitionRequest {
  package var routingHash: PartitionHash { .ofPartition }
}

extension ScanRequest: PartitionRequest {
  package var routingHash: PartitionHash { .ofPartition }
}

extension ScanContext: PartitionRequest {
  package var routingHash: PartitionHash { .ofPartition }
}
