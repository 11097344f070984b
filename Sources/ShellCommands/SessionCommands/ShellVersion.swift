/// The version of this program.
package enum ShellVersion {
  package static let number = "1.0.0"

  package static var buildType: String {
    #if DEBUG
      "Debug"
    #else
      "Release"
    #endif
  }

  /// `Pegasus Shell 1.0.0`
  package static var title: String { "Pegasus Shell \(number)" }
}
