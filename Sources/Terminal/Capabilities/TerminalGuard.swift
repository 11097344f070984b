internal import CTerminfo
import Glibc

/// Gives the terminal back as it was found: mode, cursor and paste marks, whenever the process exits.
package enum TerminalGuard {
  /// Remembers the mode of the terminal on a descriptor; call it before anything changes it.
  package static func begin(descriptor: Int32 = STDIN_FILENO) { ct_guard_begin(descriptor) }

  /// Restores at once. May be called from a signal handler.
  package static func restore() { ct_guard_restore() }

  /// What a restore has to write to show the cursor again; nil when it is visible.
  static func cursor(_ text: String?, descriptor: Int32) { ct_guard_text(0, descriptor, text) }

  /// What a restore has to write to end bracketed paste; nil when it is off.
  static func paste(_ text: String?, descriptor: Int32) { ct_guard_text(1, descriptor, text) }
}
