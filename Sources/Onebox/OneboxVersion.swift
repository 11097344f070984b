/// What a onebox says of itself. The wire is that of Apache Pegasus 2.6.
package enum OneboxVersion {
  package static let text = "2.6.0-onebox"
  package static let commit = "pegasus-shell"
  #if DEBUG
    package static let buildType = "Debug"
  #else
    package static let buildType = "Release"
  #endif
}
