import Backups
import PegasusProtocol
package import CommandLineKit
package import Configuration
package import EventLoop
package import Jobs
package import PegasusClient
import RPC

/// What the commands of one run of the shell share: the clusters, the chosen table, the settings, and where output goes.
@LoopActor
package final class Session {
  package let configuration: ShellConfiguration
  package let options: SessionOptions
  package let output: ShellOutput
  package let registry: CommandRegistry<Session>
  package let input: any SessionInput
  package let embedded: EmbeddedClusters
  package let names: NameCache
  /// The jobs of this process, and those of others in the same journal.
  package let jobs: JobCentre
  /// Where what belongs to this user lies.
  package let directories: UserDirectories
  /// Where the journal of the jobs lies; nil: jobs live as long as this process.
  package let jobsDirectory: String?
  /// The jobs that this run of the shell has begun.
  let desk = JobDesk()

  /// The current cluster; nil when none is configured.
  package private(set) var definition: ClusterDefinition?
  /// The chosen table.
  package var tableName: String? { didSet { publish() } }
  /// The time limit of data calls, retries included.
  package var timeout: Duration
  /// Whether every byte of keys and values is shown as `\xHH`.
  package var escapesAll = false
  /// `--yes` was among the words of the present command.
  package var commandAssumesYes = false
  /// `exit` was run.
  package var wantsExit = false
  /// The line of the command that runs, for the journal.
  package var commandLine = ""
  /// Where in a script the command that runs stands: "<stdin>:3: copy_data: "; empty at the prompt.
  package var place = ""
  /// The line of the command that runs ended in `&`.
  package var launchesInBackground = false
  /// The job that the command that runs is showing.
  var watch: JobWatch?
  /// How patient the shell is with storages that it reaches over HTTP.
  var webHDFSOptions = WebHDFSBlockService.Options()

  private var clients: [String: ClusterClient] = [:]

  package init(
    configuration: ShellConfiguration, options: SessionOptions = SessionOptions(), output: ShellOutput,
    registry: CommandRegistry<Session>, input: any SessionInput = EmptyInput(), cluster: ClusterDefinition? = nil,
    names: NameCache = NameCache(), directories: UserDirectories = UserDirectories(), jobsDirectory: String? = nil
  ) {
    self.configuration = configuration
    self.options = options
    self.output = output
    self.registry = registry
    self.input = input
    self.names = names
    self.directories = directories
    self.jobsDirectory = jobsDirectory
    jobs = JobCentre(directory: jobsDirectory)
    definition = cluster ?? configuration.defaultCluster
    timeout = .milliseconds(definition?.timeoutMilliseconds ?? configuration.defaults.timeoutMilliseconds)
    embedded = EmbeddedClusters()
    names.setClusters(configuration.clusters.map(\.name))
    names.setProviders(configuration.blockServices.map(\.name))
    publish()
  }

  /// Confirmations are taken as given, for the whole run or for the present command.
  package var assumesYes: Bool { options.assumesYes || commandAssumesYes }

  /// The name of the current cluster; empty when there is none.
  package var clusterName: String { definition?.name ?? "" }

  // MARK: Clusters and tables

  /// The current cluster. An embedded one has been started before the command began.
  ///
  /// - Throws: `ShellError` when no cluster is configured
  package func cluster() throws -> ClusterClient {
    guard let definition else { throw Self.noCluster }
    return client(of: definition)
  }

  /// A cluster by its name, or by its meta servers (`host:port,host:port`); an embedded one is started first.
  ///
  /// - Throws: `ShellError` that lists the known clusters, or says why an embedded one does not start
  package func cluster(named name: String) async throws -> ClusterClient {
    let definition = try find(name)
    try await embedded.ensureRunning(definition, output: output)
    return client(of: definition)
  }

  /// - Throws: `ShellError` that lists the known clusters, the nearest name first
  package func find(_ name: String) throws(ShellError) -> ClusterDefinition {
    if let definition, definition.name == name { return definition }
    do {
      return try configuration.resolve(name)
    } catch {
      let nearest = EditDistance.nearest(to: name, among: configuration.clusters.map(\.name))
      throw ShellError(
        error.message, advice: nearest.map { "did you mean '\($0)'?" } ?? "", status: .usage)
    }
  }

  /// Makes another cluster the current one. The chosen table is forgotten: the same name there is another table.
  ///
  /// - Throws: `ShellError` for an unknown name
  package func switchCluster(to name: String) async throws {
    let next = try find(name)
    let forgotten = next.name == clusterName ? nil : tableName
    definition = next
    timeout = .milliseconds(next.timeoutMilliseconds ?? configuration.defaults.timeoutMilliseconds)
    if let forgotten {
      tableName = nil
      output.note("Table '\(forgotten)' of the other cluster is forgotten; 'use' chooses one here.")
    }
    publish()
    embedded.startInBackground(next)
    refreshNames()
  }

  /// The chosen table of the current cluster.
  ///
  /// - Throws: `ShellError` when none is chosen
  package func table() throws -> Table {
    guard let tableName else {
      throw ShellError("no table is chosen", advice: "'use <table>' chooses one, 'ls' lists them", status: .usage)
    }
    return try cluster().table(tableName)
  }

  private func client(of definition: ClusterDefinition) -> ClusterClient {
    if let known = clients[definition.name] { return known }
    var options = ClientOptions()
    options.metaTimeout = .milliseconds(configuration.defaults.metaTimeoutMilliseconds)
    options.dataTimeout = .milliseconds(
      definition.timeoutMilliseconds ?? configuration.defaults.timeoutMilliseconds)
    let client = ClusterClient(
      name: definition.name,
      metaServers: definition.metas.map { NodeAddress(host: $0.host, port: $0.port) }, options: options)
    clients[definition.name] = client
    return client
  }

  private static let noCluster = ShellError(
    "no cluster is configured",
    advice: "name a configuration with --config, with lines 'name = host:port,…' below [pegasus.clusters]",
    status: .usage)

  // MARK: Around a command

  /// What has to be there before a command runs: an embedded cluster that it asks.
  ///
  /// - Throws: `ShellError` when the cluster does not start
  package func prepare(for effect: CommandEffect) async throws {
    guard effect != .local, let definition else { return }
    // Between two commands at the prompt a cluster may have been stopped; a script does not wait that long.
    if options.isInteractive { embedded.forgetState() }
    try await embedded.ensureRunning(definition, output: output)
  }

  /// Takes note of how a command ended.
  package func finished(_ error: ShellError?, effect: CommandEffect) {
    output.flush()
    if error?.status == .unreachable { embedded.forgetState() }
    if effect == .writes || effect == .destroys { refreshNames() }
  }

  /// Fetches the names that completion offers, in the background and with a short limit.
  package func refreshNames() {
    guard options.isInteractive, let definition else { return }
    let client = client(of: definition)
    let (name, names, embedded) = (definition.name, names, embedded)
    Task { @LoopActor in
      await embedded.settled(definition)
      if let tables = try? await client.listTables() { names.setTables(tables.map(\.appName), of: name) }
      if let nodes = try? await client.listNodes() { names.setNodes(nodes.map { "\($0.address)" }, of: name) }
    }
  }

  private func publish() {
    names.setPlace(cluster: clusterName, table: tableName, role: definition?.role ?? .production)
  }
}
