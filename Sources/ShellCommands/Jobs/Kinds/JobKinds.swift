/// The kinds of jobs that this shell can run and resume.
package enum JobKinds {
  package static let all: [JobKind] = [.verify, .repair]

  /// The kind of that name; nil for one that a newer shell has written.
  package static subscript(name: String) -> JobKind? { all.first { $0.name == name } }
}
