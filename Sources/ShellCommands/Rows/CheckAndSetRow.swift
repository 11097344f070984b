import CommandLineKit
import EventLoop
import PegasusClient

/// `check_and_set`: writes a row when a row of the same hash key is as expected.
struct CheckAndSetRow: ShellCommand {
  static let name = "check_and_set"
  static let summary = "write a row if a row of the same hash key is as expected"
  static let discussion = """
    Check and write are one step on the server. Without --set_value_ttl_seconds the written row lives for ever: unlike \
    incr, this drops the time to live it had. When the answer of the server is lost, the shell does not try again: it says \
    that the outcome is unknown.
    """
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] =
    [.argument(\.hashKey, "hash_key", help: "the hash key of both rows")]
    + CheckOptions.parameters.nested(in: \.check) + [
      .option(\.setSortKey, "-s", "--set_sort_key", value: "str", help: "the row that is written"),
      .option(\.setValue, "-v", "--set_value", value: "str", help: "its value"),
      .option(
        \.ttl, "-l", "--set_value_ttl_seconds", value: "num", help: "how long it lives; left out: for ever"),
      .flag(\.returnsValue, "-r", "--return_check_value", help: "show the value that was checked"),
    ]
  static let examples = [
    CommandExample(
      "check_and_set user42 -c lock -t not_exist -s lock -v me -l 60", "take a lock for a minute if it is free")
  ]

  var hashKey: [UInt8] = []
  var check = CheckOptions()
  var setSortKey: [UInt8]?
  var setValue: [UInt8]?
  var ttl: Int32?
  var returnsValue = false

  func validate() throws(UsageError) {
    try check.validate()
    if setSortKey == nil { throw UsageError("set_sort_key not provided", kind: .missingParameter) }
    if setValue == nil { throw UsageError("set_value not provided", kind: .missingParameter) }
    try checkTTL(ttl)
  }

  var echo: ParameterEcho {
    var echo = ParameterEcho()
    echo.add("hash_key", bytes: hashKey)
    check.add(to: &echo)
    echo.add("set_sort_key", bytes: setSortKey ?? [])
    echo.add("set_value", bytes: setValue ?? [])
    echo.add("set_value_ttl_seconds", ttl ?? 0)
    echo.add("return_check_value", returnsValue)
    return echo
  }

  @LoopActor func run(in session: Session) async throws {
    session.show(echo)
    let table = try session.table()
    let answer = try await explainingInvalidArgument(CheckOptions.invalidArgument) {
      try await table.checkAndSet(
        hashKey: hashKey, check: check.check(returnsValue: returnsValue), sortKey: setSortKey, value: setValue ?? [],
        ttl: timeToLive(ttl), limit: session.timeout)
    }
    session.show(answer, verb: "Set")
  }
}
