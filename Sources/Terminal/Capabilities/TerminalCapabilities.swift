internal import CTerminfo
import Glibc

/// When to use colours.
package enum ColourChoice: String, Sendable, CaseIterable {
  /// On a terminal that has them, unless $NO_COLOR is set.
  case auto
  case always
  case never
}

/// What a descriptor can show; each of the three standard ones has its own.
package struct TerminalCapabilities: Sendable, Equatable {
  package let descriptor: Int32
  package let isTerminal: Bool
  /// Repainting in place is possible.
  package let canRepaint: Bool
  package let hasColours: Bool

  package init(descriptor: Int32, isTerminal: Bool, canRepaint: Bool, hasColours: Bool) {
    self.descriptor = descriptor
    self.isTerminal = isTerminal
    self.canRepaint = canRepaint
    self.hasColours = hasColours
  }

  /// Asks the descriptor. `always` colours even what is not a terminal; an empty $NO_COLOR counts as unset.
  package init(descriptor: Int32, colours: ColourChoice = .auto) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
    canRepaint = isTerminal && Terminfo.current.canMoveCursor
    switch colours {
    case .always: hasColours = true
    case .never: hasColours = false
    case .auto:
      let refused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
      hasColours = isTerminal && !refused && Terminfo.current.canMoveCursor && Terminfo.current.colours >= 8
    }
  }

  /// Columns of the terminal at this moment; 80 when it does not say.
  package var columns: Int { size.columns }

  /// Rows of the terminal at this moment; 24 when it does not say.
  package var rows: Int { size.rows }

  private var size: (rows: Int, columns: Int) {
    var (rows, columns): (Int32, Int32) = (24, 80)
    guard ct_window_size(descriptor, &rows, &columns) else { return (24, 80) }
    return (max(1, Int(rows)), max(1, Int(columns)))
  }
}
