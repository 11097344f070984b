import CommandLineKit
import EventLoop
import PegasusClient

/// `check_and_mutate`: changes rows when a row of the same hash key is as expected.
struct CheckAndMutateRows: ShellCommand {
  static let name = "check_and_mutate"
  static let summary = "change rows if a row of the same hash key is as expected"
  static let discussion = """
    The changes are read from the lines that follow: 'set <sort_key> <value> [ttl]' or 'del <sort_key>', one on each \
    line, and 'ok' at the end; 'abort' gives the command up. Check and changes are one step on the server: all of them or \
    none. When the answer of the server is lost, the shell does not try again: it says that the outcome is unknown.
    """
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] =
    [.argument(\.hashKey, "hash_key", help: "the hash key of all the rows")]
    + CheckOptions.parameters.nested(in: \.check) + [
      .flag(\.returnsValue, "-r", "--return_check_value", help: "show the value that was checked")
    ]
  static let examples = [
    CommandExample("check_and_mutate user42 -c state -t bytes_equal -o new", "then: set state paid / del cart / ok")
  ]

  var hashKey: [UInt8] = []
  var check = CheckOptions()
  var returnsValue = false

  func validate() throws(UsageError) { try check.validate() }

  @LoopActor func run(in session: Session) async throws {
    let table = try session.table()
    guard let list = try await read(in: session) else { return }
    var echo = ParameterEcho()
    echo.add("hash_key", bytes: hashKey)
    check.add(to: &echo)
    echo.add("return_check_value", returnsValue)
    list.add(to: &echo)
    session.show(echo)
    let answer = try await explainingInvalidArgument(CheckOptions.invalidArgument) {
      try await table.checkAndMutate(
        hashKey: hashKey, check: check.check(returnsValue: returnsValue), mutations: list.mutations,
        limit: session.timeout)
    }
    session.show(answer, verb: "Mutate")
  }

  /// `nil` when the user has given up. A wrong line can be typed again at the prompt. In a script it fails the command,
  /// but only after the line that ends the list: what follows a wrong line must not be run as commands.
  @LoopActor private func read(in session: Session) async throws -> MutationList? {
    if session.options.isInteractive {
      session.output.note("Load mutations, like")
      session.output.note("  set <sort_key> <value> [ttl]")
      session.output.note("  del <sort_key>")
      session.output.note("Print \"ok\" to finish loading, \"abort\" to abort this command")
    }
    var list = MutationList()
    var firstError: UsageError?
    while let line = try await session.readFollowingLine(prompt: ">>> ") {
      let step: MutationList.Step
      do throws(UsageError) {
        step = try list.add(line)
      } catch {
        if session.options.isInteractive {
          session.output.error("\(error.message); print \"ok\" to finish loading")
        } else {
          firstError = firstError ?? error
        }
        continue
      }
      switch step {
      case .blank: break
      case .loaded(let text): session.output.note(text)
      case .aborted, .finished:
        if let firstError { throw firstError }
        if step == .aborted {
          session.output.info("abort loading")
          return nil
        }
        if list.mutations.isEmpty { throw UsageError("no mutation was given", kind: .missingParameter) }
        session.output.info("load mutations done.")
        session.output.note("")
        return list
      }
    }
    if let firstError { throw firstError }
    throw ShellError("the input ended before 'ok'", advice: "nothing was changed", status: .usage)
  }
}
