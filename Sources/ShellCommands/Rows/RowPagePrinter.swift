import JSON
import Terminal
import EventLoop
import PegasusClient

/// Shows the rows of one hash key as they come, and how many there were.
@LoopActor
struct RowPagePrinter {
  let session: Session
  let hashKey: [UInt8]
  var showsValues = true
  var showsOnlySortKeys = false

  init(session: Session, hashKey: [UInt8]) {
    self.session = session
    self.hashKey = hashKey
  }

  func run(_ source: any RowPageSource) async throws {
    var count = 0
    var objects: [JSONValue] = []
    while let rows = try await source.next() {
      count += rows.count
      for row in rows {
        let value = showsValues ? row.value : nil
        if session.output.isJSON {
          objects.append(
            showsOnlySortKeys ? sortKeyObject(row.sortKey) : session.rowObject(hashKey, row.sortKey, value))
        } else if showsOnlySortKeys {
          session.output.line(quoted(row.sortKey, all: session.escapesAll))
        } else {
          session.output.line(session.rowLine(hashKey, row.sortKey, value))
        }
      }
    }
    var report = DataReport(place: source.place)
    let what = showsOnlySortKeys ? "sort keys" : "key-value pairs"
    report.lines = ["", "\(count) \(what) got, fetch \(source.isComplete ? "completed" : "not completed")."]
    report.fields = [
      showsOnlySortKeys ? "sort_keys" : "rows": .array(objects), "count": .int(count),
      "complete": .bool(source.isComplete),
    ]
    session.show(report)
  }
}

/// A sort key as a JSON object: an object, because bytes that are no text are told by the member's name.
func sortKeyObject(_ sortKey: [UInt8]) -> JSONValue {
  var object = JSONObject()
  object.add(bytes: sortKey, as: "sort_key")
  return .object(object)
}
