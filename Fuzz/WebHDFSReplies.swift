import BackupLayout

/// What a storage answers over HTTP: lists, file statuses, errors, tokens and places to go to.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = input(start, count)
  if let list = try? WebHDFSStatus.list(contents: bytes) {
    for entry in list { check(entry) }
    guard Set(list.map(\.name)).count == list.count else { fatalError("a name is there twice") }
  }
  if let status = try? WebHDFSStatus(contents: bytes) { check(status) }
  if let exception = WebHDFSException(contents: bytes) {
    for text in [exception.name, exception.message] {
      guard text.unicodeScalars.count <= 300,
        text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
      else { fatalError("\(text) cannot be shown in one line") }
    }
  }
  if let token = WebHDFSToken.read(bytes), token.isEmpty { fatalError("an empty token") }
  if let host = WebHDFSPlace.host(of: String(decoding: bytes, as: UTF8.self)) {
    guard !host.isEmpty, !host.utf8.contains(where: { Array("/?#@".utf8).contains($0) }) else {
      fatalError("\(host) is no host")
    }
  }
  return 0
}

/// The names are put behind directories, here and on the storage.
private func check(_ entry: WebHDFSStatus) {
  guard entry.size >= 0, !entry.isDirectory || entry.size == 0 else { fatalError("\(entry) has a wrong size") }
  guard StoragePath.staysInside(entry.name), !entry.name.utf8.contains(0),
    StoragePath.split(entry.name).directory.isEmpty
  else { fatalError("\(entry.name) leads elsewhere") }
}
