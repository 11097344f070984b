import Bytes
import EventLoop
import PegasusClient
import PegasusProtocol
import RPC

/// How the rows of a slot become a request, by the write mode.
extension RowWriter {
  /// A slot's number as the reply sink gets it back.
  private static func token(_ index: Int32) -> UInt64 { UInt64(UInt32(bitPattern: index)) }

  func sendAgain(_ index: Int32) {
    guard let page = ledger.page(slots[index].number) else { return }
    send(index, of: page)
  }

  func send(_ index: Int32, of page: ScanPage) {
    if watch != nil { slots[index].sent = EventLoop.shared.now }
    let slot = slots[index]
    let first = slot.isOrdered ? slot.row(at: Int(slot.first), in: ledger.order(of: slot.number)) : Int(slot.first)
    let row = page.rows[first]
    let bytes = page.bytes
    let hash = row.key(in: bytes.span.bytes).partitionHash
    let endpoint = target.endpoint(for: hash)
    guard let client = endpoint.client else {
      return later(index, because: "partition \(endpoint.header.gpid) of the target has no primary", refresh: true)
    }
    let header = endpoint.header
    switch options.mode {
    case .geo: sendGeo(index, page, row)
    case .putIfAbsent: sendIfAbsent(index, slot, page, row, client, header)
    case .delete: sendDelete(index, page, row, hash, client, header)
    case .multiSet where slot.count > 1: sendTogether(index, slot, page, hash, client, header)
    case .duplicate where slot.count > 1: sendDuplicates(index, slot, page, hash, client, header)
    case .put, .multiSet, .duplicate:
      let (dropsValue, expiry) = (options.dropsValues, options.dropsExpiry ? 0 : row.expireTimestamp)
      client.send(Put.self, timeout: options.timeout, token: Self.token(index), sink: self) {
        (buffer, sequence) in
        let span = bytes.span.bytes
        HotRequests.appendPut(
          RoutedKey(row.key(in: span), partitionHash: hash),
          value: dropsValue ? span.extracting(0..<0) : row.value(in: span),
          expiry: expiry, header: header, sequenceID: sequence, into: &buffer)
      }
    }
  }

  /// Rows for one partition of the target.
  private func sendDuplicates(
    _ index: Int32, _ slot: SlotTable.Slot, _ page: ScanPage, _ hash: UInt64, _ client: RPCClient,
    _ header: PartitionHeader
  ) {
    let order = ledger.order(of: slot.number)
    if slot.attempt > 0, !staysTogether(slot, page, order) { return split(index) }
    let (dropsValues, dropsExpiry) = (options.dropsValues, options.dropsExpiry)
    // The time of this attempt: whatever the target's own clients write later is newer, whatever they wrote is older.
    let origin = DuplicateFrame.Origin(microseconds: clock.unixMicroseconds, clusterID: options.originClusterID)
    let bytes = page.bytes
    client.send(Duplicate.self, timeout: options.timeout, token: Self.token(index), sink: self) {
      (buffer, sequence) in
      let span = bytes.span.bytes
      buffer.reserve(256 + Int(slot.bytes) + Int(slot.count) * DuplicateFrame.entryOverhead)
      var frame = DuplicateFrame(
        routedBy: RoutedKey(page.rows[slot.row(at: Int(slot.first), in: order)].key(in: span), partitionHash: hash),
        origin: origin, header: header, sequenceID: sequence, into: &buffer)
      for place in slot.places {
        let row = page.rows[slot.row(at: place, in: order)]
        frame.append(
          key: row.key(in: span).encoded, value: dropsValues ? span.extracting(0..<0) : row.value(in: span),
          expiry: dropsExpiry ? 0 : row.expireTimestamp, into: &buffer)
      }
      frame.finish(in: &buffer)
    }
  }

  private func sendTogether(
    _ index: Int32, _ slot: SlotTable.Slot, _ page: ScanPage, _ hash: UInt64, _ client: RPCClient,
    _ header: PartitionHeader
  ) {
    let rows = slot.places
    let head = page.rows[rows.lowerBound]
    let (dropsValue, expiry) = (options.dropsValues, options.dropsExpiry ? 0 : head.expireTimestamp)
    let bytes = page.bytes
    client.send(MultiPut.self, timeout: options.timeout, token: Self.token(index), sink: self) {
      (buffer, sequence) in
      let span = bytes.span.bytes
      let key = RoutedKey(head.key(in: span), partitionHash: hash)
      guard var frame = MultiPutFrame(hashKeyOf: key, header: header, sequenceID: sequence, into: &buffer) else {
        return
      }
      for number in rows {
        let row = page.rows[number]
        frame.append(
          sortKey: row.key(in: span).sortKey, value: dropsValue ? span.extracting(0..<0) : row.value(in: span),
          into: &buffer)
      }
      frame.finish(expiry: expiry, in: &buffer)
    }
  }

  private func sendIfAbsent(
    _ index: Int32, _ slot: SlotTable.Slot, _ page: ScanPage, _ row: ScanPage.Row, _ client: RPCClient,
    _ header: PartitionHeader
  ) {
    let bytes = page.bytes
    let key = row.key(in: bytes.span.bytes)
    let sortKey = [UInt8](key.sortKey)
    let request = CheckAndSetRequest(
      hashKey: [UInt8](key.hashKey), checkSortKey: sortKey, checkType: .valueNotExist,
      setValue: options.dropsValues ? [] : [UInt8](row.value(in: bytes.span.bytes)),
      setExpireTsSeconds: Int32(bitPattern: options.dropsExpiry ? 0 : row.expireTimestamp),
      // A request may meet an attempt of its own whose answer was lost, one of a resumed run the row of an earlier run; the
      // value tells.
      returnCheckValue: slot.mayBeWritten || isResumed)
    client.send(CheckAndSet.self, timeout: options.timeout, token: Self.token(index), sink: self) {
      (buffer, sequence) in
      RequestFrame.append(CheckAndSet.self, header: header, sequenceID: sequence, request: request, into: &buffer)
    }
  }

  private func sendDelete(
    _ index: Int32, _ page: ScanPage, _ row: ScanPage.Row, _ hash: UInt64, _ client: RPCClient,
    _ header: PartitionHeader
  ) {
    let bytes = page.bytes
    client.send(Remove.self, timeout: options.timeout, token: Self.token(index), sink: self) { (buffer, sequence) in
      HotRequests.appendRemove(
        RoutedKey(row.key(in: bytes.span.bytes), partitionHash: hash), header: header, sequenceID: sequence,
        into: &buffer)
    }
  }

  private func sendGeo(_ index: Int32, _ page: ScanPage, _ row: ScanPage.Row) {
    guard let geo else { return fail(index, "no geo table") }
    let bytes = page.bytes
    let key = PegasusKey(row.key(in: bytes.span.bytes))
    let value = options.dropsValues ? [] : [UInt8](row.value(in: bytes.span.bytes))
    let expiry = options.dropsExpiry ? 0 : row.expireTimestamp
    Task { @LoopActor in
      do throws(ClientError) {
        try await geo.write(key, value: value, expiry: expiry)
        self.lastSignOfLife = EventLoop.shared.now
        self.watch?.answered(sent: self.slots[index].sent, rows: 1)
        self.succeed(index)
      } catch {
        self.failed(index, error)
      }
    }
  }
}
