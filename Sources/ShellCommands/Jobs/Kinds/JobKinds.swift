/// The kinds of jobs that this shell can run and resume.
enum JobKinds {
  static let all = simple + Playbooks.all.map(\.kind)

  private static let simple: [JobKind] = [
    .copy, .clear, .count, .generate, .verify, .repair, .backup, .restore, .check, .offlineSplit, .bulkLoad,
    .compaction, .undo,
  ]

  /// The kind of that name; nil for one that a newer shell has written.
  static subscript(name: String) -> JobKind? { all.first { $0.name == name } }
}
