import Configuration
import Testing

@Suite struct ShellConfigurationTests {
  let directories = UserDirectories(environment: Environment(["HOME": "/home/u"]))

  func read(_ text: String) throws -> ShellConfiguration {
    try ShellConfiguration(document: INIDocument(Array(text.utf8), file: "/c/f.ini"), directories: directories)
  }

  @Test func clustersAndDefaults() throws {
    let configuration = try read(
      """
      [pegasus.clusters]
        b = h1:1, h2:2 ,[::1]:3
        onebox = 127.0.0.1:34601
      [cluster.b]
        role = staging
        timeout_ms = 20000
      [task..default]
        rpc_timeout_milliseconds = 3000
      [shell]
        timeout_ms = 100
        colour = red
      """)
    #expect(configuration.clusters.map(\.name) == ["b", "onebox"])
    #expect(configuration.clusters[0].metas.map(\.description) == ["h1:1", "h2:2", "[::1]:3"])
    #expect(configuration.clusters[0].role == .staging)
    #expect(configuration.clusters[0].timeoutMilliseconds == 20000)
    #expect(configuration.clusters[1].role == .production)
    #expect(configuration.defaultCluster?.name == "onebox")
    #expect(configuration.defaults.metaTimeoutMilliseconds == 3000)
    #expect(configuration.defaults.timeoutMilliseconds == 100)
    #expect(configuration.warnings.count == 1)
    #expect(configuration.warnings.first?.hasPrefix("/c/f.ini:11: [shell] has no 'colour'") == true)
  }

  @Test func theDuplicationGroup() throws {
    let configuration = try read(
      """
      [duplication-group]
        A = 1
        far = 7
      [onebox.A]
        meta_port = 36601
      """)
    #expect(configuration.duplicationGroup == ["A": 1, "far": 7])
    #expect(configuration.clusters[0].onebox?.duplicationGroup == ["A": 1, "far": 7])
    for wrong in ["A = 0", "A = 128", "A = x", "A =", "A = 1\nB = 1"] {
      #expect(throws: ConfigurationError.self) { try read("[duplication-group]\n\(wrong)") }
    }
  }

  /// Embedded clusters share a storage, written or not; others are not given any.
  @Test func storagesOfOneboxes() throws {
    let without = try read("[onebox.A]\nmeta_port = 36601\n[onebox.B]\nmeta_port = 37601\n")
    let root = try #require(without.blockServices.first?.localRoot)
    #expect(without.blockServices.map(\.name) == ["local_service"] && root.hasSuffix("/block_service/local_service"))
    #expect(without.clusters.map { $0.onebox?.blockServices } == [["local_service": root], ["local_service": root]])
    let written = try read(
      """
      [onebox.A]
        meta_port = 36601
      [block_service.local_service]
        type = local_service
        args = /mnt/backup
      [block_service.hdfs]
        type = hdfs_service
        args = hdfs://nn:8020
      """)
    #expect(written.clusters[0].onebox?.blockServices == ["local_service": "/mnt/backup"])
    #expect(written.blockServices.count == 2)
    #expect(try read("[pegasus.clusters]\nA = 127.0.0.1:1\n").blockServices.isEmpty)
  }

  @Test func oneboxes() throws {
    let configuration = try read(
      """
      [pegasus.clusters]
        A = 127.0.0.1:36601
      [onebox.A]
        replica_ports = 36801, 36802
        host_ports = TRUE
      [onebox.B]
        meta_port = 40000
        replicas = 2
        data_dir = data/b
        listen = 0.0.0.0
      [onebox.C]
        meta_port = 41000
        data_dir = ~/c
      """)
    let (a, b, c) = (configuration.clusters[0], configuration.clusters[1], configuration.clusters[2])
    #expect(a.role == .test && a.onebox?.sendsHostPorts == true)
    #expect(a.onebox?.ports == [36601, 36801, 36802])
    #expect(a.onebox?.dataDirectory == "/home/u/.local/share/pegasus-shell/onebox/A")
    #expect(b.metas == [ServerAddress(host: "0.0.0.0", port: 40000)])
    #expect(b.onebox?.replicaPorts == [40200, 40201])
    #expect(b.onebox?.dataDirectory == "/c/data/b")
    #expect(c.onebox?.dataDirectory == "/home/u/c")
  }

  @Test(arguments: [
    ("[pegasus.clusters]\nA = h:1,\n", "/c/f.ini:2: cluster 'A': host:port is expected, not ''"),
    ("[pegasus.clusters]\nA = h:1,h2\n", "/c/f.ini:2: cluster 'A': host:port is expected, not 'h2'"),
    ("[pegasus.clusters]\nA = h:70000\n", "/c/f.ini:2: cluster 'A': host:port is expected, not 'h:70000'"),
    ("[onebox.A]\n", "/c/f.ini:1: [onebox.A] needs 'meta_port = <port>'"),
    ("[onebox.A]\nmeta_port = x", "/c/f.ini:2: 'meta_port': a number from 1 to 65535 is expected, not 'x'"),
    (
      "[onebox.A]\nmeta_port = 5\nreplica_ports = 6,5",
      "/c/f.ini:1: port 5 of 'A' is taken twice; different ports are expected"
    ),
    (
      "[onebox.A]\nmeta_port = 5\n[onebox.B]\nmeta_port = 5",
      "/c/f.ini:3: port 5 of 'B' is taken by 'A'; different ports are expected"
    ),
    (
      "[pegasus.clusters]\nA = h:1\n[onebox.A]\nmeta_port = 2",
      "/c/f.ini:4: meta_port 2 is expected among the addresses of 'A' in [pegasus.clusters]: h:1"
    ),
    ("[cluster.X]\nrole = test", "/c/f.ini:1: [cluster.X] is about a cluster that is not in [pegasus.clusters] ()"),
    (
      "[pegasus.clusters]\nA = h:1\n[cluster.A]\nrole = prod",
      "/c/f.ini:4: 'role': one of production, staging, test is expected, not 'prod'"
    ),
    ("[block_service.a]\nargs = /x", "/c/f.ini:1: [block_service.a] needs 'type = local_service' or 'hdfs_service'"),
    (
      "[block_service.a]\ntype = s3_service",
      "/c/f.ini:2: 'type': local_service or hdfs_service is expected, not 's3_service'"
    ),
    ("[block_service.a]\ntype = local_service", "/c/f.ini:1: 'args': one directory is expected, not ''"),
    (
      "[block_service.a]\ntype = local_service\nargs = /a /b",
      "/c/f.ini:3: 'args': one directory is expected, not '/a /b'"
    ),
    (
      "[block_service.a]\ntype = hdfs_service\nargs = hdfs://n b",
      "/c/f.ini:3: 'args': a name node and a directory that begins with '/' are expected, not 'hdfs://n b'"
    ),
    (
      "[block_service.a]\ntype = hdfs_service\nhttp = n1:9870, n2",
      "/c/f.ini:3: 'http': host:port or http://host:port of WebHDFS or HttpFS is expected, not 'n2'"
    ),
    ("[pegasus.clusters]\nA = h:1\n[shell]\ncluster = B", "/c/f.ini:4: 'cluster': one of A is expected, not 'B'"),
  ])
  func errors(text: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try read(text) }
    #expect(error?.description == message)
  }

  @Test func filesOfTheOldShell() throws {
    let configuration = try read(
      """
      [apps..default]
      run = true
      count = 1

      [apps.mimic]
      name = mimic
      type = dsn.app.mimic
      arguments =
      pools = THREAD_POOL_DEFAULT
      run = true

      [core]
      ;tool = simulator
      tool = nativerun
      pause_on_start = false
      logging_factory_name = dsn::tools::simple_logger

      [task..default]
      is_trace = false
      rpc_timeout_milliseconds = 10000

      [pegasus.clusters]
          @CLUSTER_NAME@ = @CLUSTER_ADDRESS@
          mycluster = 127.0.0.1:34601,127.0.0.1:34602
      """)
    #expect(configuration.clusters.map(\.name) == ["mycluster"])
    #expect(configuration.warnings == ["/c/f.ini:23: '@CLUSTER_NAME@' has no addresses yet; passed over"])
  }

  @Test func resolving() throws {
    let configuration = try read("[pegasus.clusters]\nA = h:1\nB = h:2")
    #expect(try configuration.resolve("B").metas == [ServerAddress(host: "h", port: 2)])
    #expect(try configuration.resolve("h:1").name == "A")
    #expect(try configuration.resolve("x:5,y:6").metas.count == 2)
    let error = #expect(throws: ConfigurationError.self) { try configuration.resolve("C") }
    #expect(error?.description == "no cluster is called 'C' (known: A, B)")
    #expect(configuration.defaultCluster?.name == "A")
    #expect(ShellConfiguration().defaultCluster == nil)
  }

  @Test func blockServices() throws {
    let configuration = try read(
      """
      [block_service.local_service]
        type = local_service
        args = /mnt/backup
      [block_service.near]
        type = local_service
        args = data/backup
      [block_service.hdfs_zjy]
        type = hdfs_service
        args = hdfs://nn:8020  /user/pegasus
        http = nn1:9870, https://nn2:9871/gateway/
        user = pegasus
        delegation_file = ~/token
        colour = red
      [block_service.bare]
        type = hdfs_service
        args = hdfs://cluster/
      """)
    #expect(
      configuration.blockServices.map(\.kind) == [
        .local(root: "/mnt/backup"), .local(root: "/c/data/backup"),
        .hdfs(
          HDFSDefinition(
            nameNode: "hdfs://nn:8020", root: "/user/pegasus",
            addresses: ["http://nn1:9870", "https://nn2:9871/gateway"], user: "pegasus",
            delegationFile: "/home/u/token")),
        .hdfs(HDFSDefinition(nameNode: "hdfs://cluster/")),
      ])
    #expect(
      configuration.warnings == [
        "/c/f.ini:13: [block_service.hdfs_zjy] has no 'colour'; known: type, args, http, user, "
          + "delegation_file"
      ]
    )
    #expect(try configuration.blockService(named: "bare").line == 14)
    let error = #expect(throws: ConfigurationError.self) { try configuration.blockService(named: "x") }
    #expect(error?.description.hasPrefix("/c/f.ini: no storage is called 'x' (known: local_service, near, ") == true)
  }

  @Test func shippedFile() throws {
    let root = Path.directory(of: Path.directory(of: Path.directory(of: #filePath)))
    let configuration = try ShellConfiguration(path: Path.join(root, "shell-config.ini"), directories: directories)
    #expect(configuration.warnings.isEmpty)
    #expect(configuration.clusters.map(\.name) == ["ClusterA", "ClusterB"])
    #expect(
      configuration.clusters.map(\.onebox?.ports) == [[26601, 26801, 26802, 26803], [27601, 27801, 27802, 27803]])
    #expect(configuration.defaultCluster?.name == "ClusterA")
  }

  @Test func places() throws {
    let variables = Environment([
      "HOME": "/home/u", "XDG_STATE_HOME": "/s", "XDG_CONFIG_HOME": "relative", "XDG_DATA_HOME": "",
    ])
    let places = UserDirectories(environment: variables)
    #expect(places.state == "/s/pegasus-shell")
    #expect(places.configuration == "/home/u/.config/pegasus-shell")
    #expect(places.data == "/home/u/.local/share/pegasus-shell")
    let search = ConfigurationSearch(
      directories: places, currentDirectory: "/w", executable: "/p/.build/release/pegasus-shell")
    #expect(
      search.candidates.prefix(4) == [
        "/w/shell-config.ini", "/w/config.ini", "/home/u/.config/pegasus-shell/config.ini", "/etc/pegasus-shell.ini",
      ])
    #expect(search.candidates.contains("/p/shell-config.ini"))
    #expect(Path.absolute("/a") == "/a" && Path.directory(of: "/a") == "/" && Path.directory(of: "a") == ".")
  }
}
