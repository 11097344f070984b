import BackupLayout
import Testing

/// What WebHDFS answers, taken apart.
@Suite struct WebHDFSTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private func status(_ name: String, _ type: String = "FILE", _ length: String = "5") -> String {
    #"{"blockSize":134217728,"length":\#(length),"owner":"o","pathSuffix":"\#(name)","type":"\#(type)"}"#
  }

  private func list(_ items: String...) -> [UInt8] {
    bytes(#"{"FileStatuses":{"FileStatus":[\#(items.joined(separator: ","))]}}"#)
  }

  @Test func aListIsReadInItsOrder() throws {
    let found = try WebHDFSStatus.list(contents: list(status("b"), status("a", "DIRECTORY"), status("l", "SYMLINK")))
    #expect(found.map(\.name) == ["b", "a", "l"])
    #expect(found.map(\.size) == [5, 0, 5] && found.map(\.isDirectory) == [false, true, false])
    #expect(try WebHDFSStatus.list(contents: list()).isEmpty)
    // Of a file.
    #expect(try WebHDFSStatus.list(contents: list(status(""))).map(\.name) == [""])
    #expect(try WebHDFSStatus(contents: bytes(#"{"FileStatus":\#(status(""))}"#)).size == 5)
  }

  @Test func aListThatIsNotThereIsNotEmpty() {
    for answer in [
      "{}", "[]", #"{"FileStatuses":{}}"#, #"{"FileStatuses":{"FileStatus":{}}}"#, #"{"ok":true}"#, "<html>",
    ] {
      #expect(throws: DocumentError.self, "\(answer)") { try WebHDFSStatus.list(contents: bytes(answer)) }
      #expect(throws: DocumentError.self, "\(answer)") { try WebHDFSStatus(contents: bytes(answer)) }
    }
  }

  @Test func namesThatLeadElsewhereAreNoNames() {
    for name in ["..", ".", "a/b", "/", #"a\u0000b"#] {
      #expect(throws: DocumentError.self, "\(name)") { try WebHDFSStatus.list(contents: list(status(name))) }
    }
    for items in [list(status("a"), status("a")), list(status("a"), status(""))] {
      #expect(throws: DocumentError.self) { try WebHDFSStatus.list(contents: items) }
    }
    for item in [
      status("a", "SOCKET"), status("a", "FILE", "-1"), status("a", "FILE", #""5""#), status("a", "FILE", "1.5"),
    ] {
      #expect(throws: DocumentError.self, "\(item)") { try WebHDFSStatus.list(contents: list(item)) }
    }
  }

  @Test func anExceptionIsOneLineThatCanBeShown() throws {
    let answer = bytes(#"{"RemoteException":{"exception":"IOException","message":"no \u001b[2Jroom\nat java"}}"#)
    let exception = try #require(WebHDFSException(contents: answer))
    #expect(exception.name == "IOException" && exception.message == "no  [2Jroom")
    let long = String(repeating: "x", count: 1000)
    let endless = WebHDFSException(
      contents: bytes(#"{"RemoteException":{"exception":"\#(long)","message":"\#(long)"}}"#))
    #expect(endless?.name.count == 100 && endless?.message.count == 300)
    #expect(WebHDFSException(contents: bytes(#"{"RemoteException":{}}"#))?.name == "")
    #expect(WebHDFSException(contents: bytes("{}")) == nil && WebHDFSException(contents: []) == nil)
  }

  @Test(arguments: [
    ("http://dn-1.example:9864/webhdfs/v1/a?op=CREATE", "dn-1.example"), ("https://dn/webhdfs", "dn"),
    ("http://[fd00::1]:9865/a:b", "[fd00::1]"), ("http://u:p@dn:1?x=@y", "dn"), ("http://dn#:/", "dn"),
    ("http://", nil), ("/webhdfs/v1", nil), ("http://:80/", nil), ("http://u@/", nil), ("", nil),
    ("http://dn/\u{301}x", "dn"),
  ])
  func theHostOfAPlaceIsFound(_ url: String, _ host: String?) {
    #expect(WebHDFSPlace.host(of: url) == host)
  }

  @Test func aTokenStandsAloneOrInAnAnswer() {
    #expect(WebHDFSToken.read(bytes(" JQAI \n")) == "JQAI")
    #expect(WebHDFSToken.read(bytes(#" {"Token":{"urlString":"JQAI"}}"#)) == "JQAI")
    for contents in ["", " \n", "{", #"{"Token":{"urlString":""}}"#, #"{"Token":null}"#] {
      #expect(WebHDFSToken.read(bytes(contents)) == nil, "\(contents)")
    }
  }
}
