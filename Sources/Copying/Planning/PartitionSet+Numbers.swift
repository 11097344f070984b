extension PartitionSet {
  /// The partitions of one part of a plan.
  ///
  /// - Parameter numbers: at least one
  package init(_ numbers: [Int32]) { self.numbers = Set(numbers).sorted() }
}
