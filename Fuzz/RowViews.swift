import Bytes
import PegasusProtocol

/// The views that read rows in place: scan replies, puts, multi_puts, duplicated writes. The first byte chooses.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = input(start, count)
  guard let first = bytes.first else { return 0 }
  let body = Array(bytes.dropFirst())
  switch first % 4 {
  case 0: readScanReply(body)
  case 1: readPut(body)
  case 2: readMultiPut(body)
  default: readDuplicate(body)
  }
  return 0
}

private func readScanReply(_ bytes: [UInt8]) {
  do {
    var view = try ScanReplyView(ByteReader(bytes.span.bytes))
    var rows = 0
    let announced = view.rowCount
    while let row = try? view.nextRow() {
      rows += 1
      _ = try? KeyView(row.key)
    }
    if rows != announced { fatalError("\(rows) rows of \(announced)") }
  } catch {}
}

private func readPut(_ bytes: [UInt8]) {
  do {
    let view = try PutRequestView(ByteReader(bytes.span.bytes))
    if view.key.encoded.byteCount < 2 { fatalError("a key that is none") }
  } catch {}
}

private func readMultiPut(_ bytes: [UInt8]) {
  do {
    var view = try MultiPutRequestView(ByteReader(bytes.span.bytes))
    var rows = 0
    let announced = view.rowCount
    while let row = try? view.nextRow() {
      rows += 1
      _ = row.value.byteCount
    }
    if rows != announced { fatalError("\(rows) rows of \(announced)") }
  } catch {}
}

private func readDuplicate(_ bytes: [UInt8]) {
  do {
    var view = try DuplicateRequestView(ByteReader(bytes.span.bytes))
    var entries = 0
    let announced = view.entryCount
    while let entry = try? view.nextEntry() {
      entries += 1
      guard entry.write == .put else { continue }
      _ = try? PutRequestView(ByteReader(entry.message)).value.byteCount
    }
    if entries != announced { fatalError("\(entries) entries of \(announced)") }
  } catch {}
}
