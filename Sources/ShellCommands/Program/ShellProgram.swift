package import CommandLineKit
import Configuration
import EventLoop
import Glibc
import Jobs
import Terminal

/// `pegasus-shell`, from its command line to its exit status.
package enum ShellProgram {
  /// Runs the shell and ends the process.
  package static func main(_ arguments: [String] = Array(CommandLine.arguments.dropFirst())) -> Never {
    StandardStreams.complete()
    signal(SIGPIPE, SIG_IGN)
    let options: ProgramOptions
    do {
      options = try parse(arguments)
    } catch {
      fail("pegasus-shell: \(error)\nTry 'pegasus-shell --help'.", .usage)
    }
    if options.wantsManual { show(ProgramOptions.manual) }
    if let shell = options.completion { show(ProgramOptions.completions(for: shell)) }
    if options.wantsHelp { show(ProgramOptions.help) }
    if options.wantsVersion { show("\(ShellVersion.title) (Swift) \(ShellVersion.buildType)\n") }
    Task { @LoopActor in
      do {
        let status = try await run(options)
        TerminalGuard.restore()
        exit(status.rawValue)
      } catch {
        let shown = ShellError(error)
        fail("pegasus-shell: \(shown)", shown.status)
      }
    }
    // Everything happens on the loop's thread and the editor's; this one only catches signals.
    while true { pause() }
  }

  /// The command line as options.
  package static func parse(_ arguments: [String]) throws(UsageError) -> ProgramOptions {
    switch try ArgumentParser.parse(ProgramOptions.self, arguments.map { Token($0) }) {
    case .value(let options, _): return options
    case .help:
      var options = ProgramOptions()
      options.wantsHelp = true
      return options
    }
  }

  private static func show(_ text: String) -> Never {
    let output = OutputStream.standardOutput()
    try? output.write(text)
    try? output.flush()
    exit(ExitStatus.ok.rawValue)
  }

  private static func fail(_ text: String, _ status: ExitStatus) -> Never {
    let output = OutputStream.standardError()
    try? output.line(text)
    try? output.flush()
    exit(status.rawValue)
  }

  @LoopActor
  private static func run(_ options: ProgramOptions) async throws -> ExitStatus {
    let (configuration, cluster) = try configuration(options)
    let isPrompt = options.commands == nil && options.file == nil && isatty(STDIN_FILENO) == 1
    return isPrompt
      ? try await interact(options, configuration, cluster) : try await runScript(options, configuration, cluster)
  }

  // MARK: Configuration

  private static func configuration(
    _ options: ProgramOptions
  ) throws(ShellError) -> (ShellConfiguration, ClusterDefinition?) {
    var file = options.config
    var cluster = options.cluster ?? options.secondWord
    if let word = options.firstWord {
      // One word alone is the old shell's configuration file; a name that is no file can be a cluster.
      if file != nil || (options.secondWord == nil && cluster == nil && access(word, F_OK) != 0 && !word.contains("/"))
      {
        cluster = cluster ?? word
      } else {
        file = word
      }
    }
    do {
      let configuration = try ShellConfiguration.load(path: file)
      if let cluster {
        if file == nil, options.cluster == nil, options.secondWord == nil, configuration.cluster(named: cluster) == nil,
          !cluster.contains(":")
        {
          throw ConfigurationError("'\(cluster)' is neither a configuration file nor a configured cluster")
        }
        return (configuration, try configuration.resolve(cluster))
      }
      return (configuration, configuration.defaultCluster)
    } catch {
      throw ShellError("\(error)", status: .usage)
    }
  }

  private static func sessionOptions(_ options: ProgramOptions) -> SessionOptions {
    var session = SessionOptions()
    session.isJSON = options.isJSON
    session.assumesYes = options.assumesYes
    session.keepsGoing = options.keepsGoing
    return session
  }

  // MARK: Batch

  @LoopActor
  private static func runScript(
    _ options: ProgramOptions, _ configuration: ShellConfiguration, _ cluster: ClusterDefinition?
  ) async throws -> ExitStatus {
    let script: ScriptReader
    if let commands = options.commands {
      script = try ScriptReader(commands: commands)
    } else if let file = options.file, file != "-" {
      script = try ScriptReader(file: file)
    } else {
      script = ScriptReader(descriptor: STDIN_FILENO, name: "<stdin>")
    }
    let input = BatchInput(script)
    var settings = sessionOptions(options)
    settings.readsKeys = script.descriptorOfInput != STDIN_FILENO && isatty(STDIN_FILENO) == 1
    let session = Session(
      configuration: configuration, options: settings,
      output: ShellOutput(
        isJSON: options.isJSON, terminal: TerminalCapabilities(descriptor: STDOUT_FILENO, colours: .never)),
      registry: shellCommands, input: input, cluster: cluster, jobsDirectory: UserDirectories().state)
    for warning in configuration.warnings { session.output.warning(warning) }
    let shell = BatchShell(session: session, script: script)
    let signals = SignalWatch { shell.interrupt($0) }
    shell.onIdleSignal = { signals.die(of: $0) }
    session.output.onBroken = { shell.stop() }
    let status = await shell.run()
    if session.output.broken == .closed { return .ok }
    if let number = shell.endedBySignal { signals.die(of: number) }
    return status
  }

  // MARK: The prompt

  @LoopActor
  private static func interact(
    _ options: ProgramOptions, _ configuration: ShellConfiguration, _ cluster: ClusterDefinition?
  ) async throws -> ExitStatus {
    signal(SIGQUIT, SIG_IGN)
    let colours = options.hasNoColor ? ColourChoice.never : .auto
    let terminal = TerminalCapabilities(descriptor: STDOUT_FILENO, colours: colours)
    let errors = TerminalCapabilities(descriptor: STDERR_FILENO, colours: colours)
    let registry = shellCommands
    let names = NameCache()
    var settings = LineEditorOptions()
    settings.history = history(configuration)
    settings.historyLimit = configuration.defaults.historySize
    settings.remembers = { !registry.carriesSecret(Array($0.utf8)) }
    let completer = Completer(commands: registry.descriptions, source: names)
    settings.complete = { line, cursor in
      let found = completer.complete(line, cursor: cursor)
      return LineCompletion(
        replaced: found.replaced,
        candidates: found.candidates.map { .init(text: $0.text, label: $0.label, isFinal: $0.isFinal) })
    }
    let hinter = Hinter(commands: registry.descriptions)
    settings.hint = { hinter.hint(for: $0) }
    settings.output = terminal.isTerminal ? STDOUT_FILENO : STDERR_FILENO
    settings.style = Style(terminal.isTerminal ? terminal : errors)
    guard let editor = LineEditor(settings) else {
      throw ShellError("standard input is a terminal, but there is none to show a prompt on", status: .usage)
    }
    var sessionOptions = sessionOptions(options)
    sessionOptions.isInteractive = errors.isTerminal
    sessionOptions.readsKeys = true
    sessionOptions.usesColor = terminal.hasColours
    let input = EditorInput(editor)
    let session = Session(
      configuration: configuration, options: sessionOptions,
      output: ShellOutput(
        isJSON: options.isJSON, style: Style(terminal), messageStyle: Style(errors), terminal: terminal),
      registry: registry, input: input, cluster: cluster, names: names, jobsDirectory: UserDirectories().state)
    let shell = InteractiveShell(session: session, editor: editor, input: input, style: settings.style)
    var dying: (@LoopActor (Int32) -> Void)?
    let signals = SignalWatch { number in
      if number == SIGINT { shell.interrupt() } else { dying?(number) }
    }
    var isDying = false
    dying = { number in
      if isDying || session.jobs.running.isEmpty { signals.die(of: number) }
      isDying = true
      Task { @LoopActor in
        await JobsStop(session.jobs).wait()
        signals.die(of: number)
      }
    }
    await shell.run()
    session.output.flush()
    dying = nil
    return .ok
  }

  private static func history(_ configuration: ShellConfiguration) -> HistoryFile? {
    let limit = configuration.defaults.historySize
    if let path = Environment.process["PEGASUS_SHELL_HISTORY"] { return HistoryFile(path: path, limit: limit) }
    guard let state = try? UserDirectories().makeState() else { return nil }
    return HistoryFile(path: Path.join(state, "history"), limit: limit)
  }
}
