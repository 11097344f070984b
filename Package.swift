// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target of the package is built with the same language rules.
let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
]

/// A library layer: its sources in `Sources/<name>`.
func layer(_ name: String, _ dependencies: [Target.Dependency] = [], links: [LinkerSetting] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings, linkerSettings: links)
}

/// A program: a few lines of `@main` in `Sources/<name>`.
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

/// The tests of one layer, in `Tests/<layer>Tests`.
func tests(_ layer: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
  .testTarget(
    name: "\(layer)Tests", dependencies: [.byName(name: layer)] + dependencies, resources: resources,
    swiftSettings: swiftSettings)
}

let package = Package(
  name: "pegasus-shell",
  products: [
    .executable(name: "pegasus-shell", targets: ["pegasus-shell"]),
    .executable(name: "pegasus-onebox", targets: ["pegasus-onebox"]),
    .executable(name: "pegasus-bench", targets: ["pegasus-bench"]),
    // For the tests: put before libc with LD_PRELOAD.
    .library(name: "fake-clock", type: .dynamic, targets: ["CFakeClock"]),
  ],
  targets: [
    // C libraries: each is imported by exactly one Swift module.
    .target(name: "CLinux"),
    .target(name: "CBench"),
    .systemLibrary(name: "CRocksDB"),
    .systemLibrary(name: "CEditline"),
    .systemLibrary(name: "CSQLite"),
    .target(name: "CCurl"),
    .target(name: "CSST", cxxSettings: [.define("NDEBUG")], linkerSettings: [.linkedLibrary("rocksdb")]),
    .target(name: "CDigest"),
    .target(name: "CTerminfo", linkerSettings: [.linkedLibrary("tinfo")]),
    .target(name: "CS2", cxxSettings: [.define("NDEBUG")]),

    // Texts.
    layer("JSON"),
    layer("BackupLayout", ["JSON"]),

    // The wire.
    layer("Bytes", ["CDigest"]),
    layer("Thrift", ["Bytes"]),
    layer("PegasusProtocol", ["Bytes", "Thrift"]),

    // Transport.
    layer("EventLoop", ["Bytes", "CLinux"]),
    layer("RPC", ["Bytes", "Thrift", "PegasusProtocol", "EventLoop"]),

    // The client of a cluster.
    layer("PegasusClient", ["Bytes", "JSON", "Thrift", "PegasusProtocol", "EventLoop", "RPC"]),

    // The embedded cluster.
    layer("StorageEngine", ["Bytes", "CRocksDB", "CSST"]),
    layer(
      "Onebox", ["Bytes", "JSON", "BackupLayout", "Thrift", "PegasusProtocol", "EventLoop", "RPC", "StorageEngine"]),

    // Moving data.
    layer("HTTP", ["Bytes", "EventLoop", "CCurl"]),
    layer("Jobs", ["JSON", "EventLoop", "CLinux", "CSQLite"]),
    layer("Geo", ["CS2"]),
    layer("Copying", ["Bytes", "Geo", "PegasusProtocol", "EventLoop", "RPC", "PegasusClient"]),
    layer(
      "Backups",
      [
        "Bytes", "JSON", "BackupLayout", "PegasusProtocol", "EventLoop", "RPC", "PegasusClient", "StorageEngine",
        "HTTP",
      ]),

    // The shell.
    layer("Configuration"),
    layer("CommandLineKit"),
    layer("Terminal", ["JSON", "CEditline", "CTerminfo", "CLinux"]),
    layer(
      "ShellCommands",
      [
        "Bytes", "JSON", "BackupLayout", "PegasusProtocol", "EventLoop", "RPC", "PegasusClient", "Jobs", "Copying",
        "Backups", "Geo", "Configuration", "CommandLineKit", "Terminal", "CLinux",
      ]),

    // Programs.
    program("pegasus-shell", ["ShellCommands"]),
    program("pegasus-onebox", ["Onebox", "EventLoop"]),
    program(
      "pegasus-bench",
      [
        "Bytes", "JSON", "CBench", "PegasusProtocol", "EventLoop", "RPC", "PegasusClient", "StorageEngine", "Onebox",
        "Jobs", "Copying", "BackupLayout", "Backups", "Terminal",
      ]),
    program("schema-compiler", []),

    // Tests.
    .target(
      name: "TestSupport", dependencies: ["Bytes", "JSON", "EventLoop"], path: "Tests/TestSupport",
      swiftSettings: swiftSettings),
    .target(name: "CFakeClock", path: "Tests/CFakeClock"),
    tests("Bytes"),
    tests("Thrift", ["Bytes"]),
    tests("PegasusProtocol", ["Bytes", "Thrift", "TestSupport"], resources: [.copy("Vectors")]),
    tests("EventLoop", ["Bytes", "TestSupport"]),
    tests("RPC", ["Bytes", "Thrift", "PegasusProtocol", "EventLoop", "TestSupport"]),
    tests("PegasusClient", ["Bytes", "PegasusProtocol", "EventLoop", "RPC", "Onebox", "TestSupport"]),
    tests("StorageEngine", ["Bytes", "TestSupport"]),
    tests("BackupLayout", ["JSON", "TestSupport"]),
    tests(
      "Onebox",
      ["Bytes", "JSON", "BackupLayout", "PegasusProtocol", "EventLoop", "RPC", "StorageEngine", "TestSupport"]),
    tests("Geo"),
    tests("JSON"),
    tests("HTTP", ["Bytes", "EventLoop", "RPC", "TestSupport"]),
    tests("Jobs", ["JSON", "EventLoop", "TestSupport"]),
    tests(
      "Backups",
      [
        "Bytes", "JSON", "BackupLayout", "PegasusProtocol", "EventLoop", "RPC", "PegasusClient", "StorageEngine",
        "HTTP",
        "Onebox",
        "TestSupport",
      ], resources: [.copy("Storage")]),
    tests(
      "Copying",
      ["Bytes", "Geo", "PegasusProtocol", "EventLoop", "RPC", "PegasusClient", "Onebox", "TestSupport"]),
    tests("Configuration", ["TestSupport"]),
    tests("CommandLineKit", ["TestSupport"]),
    tests("Terminal", ["JSON", "TestSupport"]),
    tests(
      "ShellCommands",
      [
        "Bytes", "JSON", "PegasusProtocol", "EventLoop", "RPC", "PegasusClient", "Jobs", "Copying", "Backups", "Onebox",
        "CommandLineKit", "Configuration", "Terminal", "Thrift", "TestSupport",
      ]),
    .testTarget(
      name: "ProcessTests",
      dependencies: [
        "TestSupport", "Bytes", "JSON", "BackupLayout", "PegasusProtocol", "PegasusClient", "Jobs", "Copying",
        "EventLoop", "RPC",
      ],
      resources: [.copy("Scripts")], swiftSettings: swiftSettings),
  ],
  cxxLanguageStandard: .cxx17
)
