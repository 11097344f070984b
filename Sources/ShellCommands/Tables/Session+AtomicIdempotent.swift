import JSON
import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

extension Session {
  func setAtomicIdempotent(_ isOn: Bool, table: String) async throws {
    try await requireConfirmation(
      "Set atomic_idempotent of table '\(table)' of cluster '\(clusterName)' to \(isOn)?", effect: .writes)
    let result = try await cluster().setAtomicIdempotent(isOn, table: table)
    if output.isJSON {
      output.json([
        "app_name": .string(table), "old_atomic_idempotent": .bool(result.old), "atomic_idempotent": .bool(isOn),
      ])
    } else {
      output.line(
        "set_atomic_idempotent from \(result.old) to \(isOn): " + (result.hint.isEmpty ? "succeed" : result.hint))
    }
  }
}
