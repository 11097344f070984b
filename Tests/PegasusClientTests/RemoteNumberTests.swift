import Testing

@testable import PegasusClient

/// What servers of several releases answer to remote commands with a number.
@Suite struct RemoteNumberTests {
  @Test(
    arguments: [
      ("{\"error\":\"ok\",\"nfs.x\":\"100\"}", nil, ClusterClient.RemoteNumber.value("100")),
      ("{\"error\":\"ok\"}", "50", .value("50")), ("{\"error\":\"ok\",\"nfs.x\":0}", "DEFAULT", .value("0")),
      ("{\"error\":\"ERR: invalid argument\"}", "x", .refused("ERR: invalid argument")),
      ("unknown command 'nfs.x'", nil, .unknownCommand), ("OK", "50", .value("50")), ("100", nil, .value("100")),
      ("ERR: invalid arguments", "x", .refused("ERR: invalid arguments")), ("", nil, .refused("")),
      ("max_send_rate_megabytes = 500 MB", nil, .value("500")),
    ] as [(String, String?, ClusterClient.RemoteNumber)])
  func answersAreRead(_ text: String, _ argument: String?, _ number: ClusterClient.RemoteNumber) {
    #expect(ClusterClient.remoteNumber(in: text, command: "nfs.x", argument: argument) == number)
  }
}
