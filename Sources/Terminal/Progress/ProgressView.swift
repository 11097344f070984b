import Glibc

/// Shows how a long operation gets on: on a terminal as a block of lines that is painted over in place, elsewhere as plain
/// lines. Not for more than one thread at a time.
///
///     let view = ProgressView()
///     defer { view.finish() }
///     view.update(block: ["copying …", bar], plain: "processed for 3 seconds, 41000 rows …")
package final class ProgressView {
  private let capabilities: TerminalCapabilities
  private let minimumInterval: Duration
  private var painted = 0
  private var lastPaint: ContinuousClock.Instant?
  private var isCursorHidden = false
  /// Nothing is shown any more: what it told of goes on unwatched.
  package private(set) var isAbandoned = false

  /// Writes to standard error unless told otherwise, and repaints at most ten times a second.
  package init(
    _ capabilities: TerminalCapabilities = TerminalCapabilities(descriptor: STDERR_FILENO),
    minimumInterval: Duration = .milliseconds(100)
  ) {
    self.capabilities = capabilities
    self.minimumInterval = minimumInterval
  }

  deinit { finish() }

  /// Whether the block is painted; otherwise only plain lines are written.
  package var isRepainting: Bool { capabilities.canRepaint }

  /// Shows the present state. `plain` is the line for those who cannot repaint; nil writes nothing there.
  /// Calls that come too soon after the last one are dropped on a terminal.
  package func update(block: [String], plain: @autoclosure () -> String?) {
    guard !isAbandoned else { return }
    guard isRepainting else {
      if let line = plain() { DescriptorWriter.write(line + "\n", to: capabilities.descriptor) }
      return
    }
    let now = ContinuousClock.now
    if let lastPaint, now - lastPaint < minimumInterval { return }
    lastPaint = now
    paint(block)
  }

  /// Writes a line that stays, above the block.
  package func log(_ line: String) {
    guard isRepainting, painted > 0 else {
      DescriptorWriter.write(line + "\n", to: capabilities.descriptor)
      return
    }
    let info = Terminfo.current
    let text = "\r" + info.up(painted - 1) + info.clearToEndOfScreen + line + "\n"
    painted = 0
    lastPaint = nil
    DescriptorWriter.write(text, to: capabilities.descriptor)
  }

  /// Takes the block away and shows nothing from now on, so that the lines belong to somebody else.
  package func abandon() {
    finish()
    isAbandoned = true
  }

  /// Ends the block: takes it away, or leaves these lines in its place. Shows the cursor again.
  package func finish(leaving lines: [String]? = nil) {
    guard isRepainting else { return }
    let info = Terminfo.current
    var text = ""
    if painted > 0 { text += "\r" + info.up(painted - 1) + info.clearToEndOfScreen }
    for line in lines ?? [] { text += line + "\n" }
    painted = 0
    if isCursorHidden {
      text += info.showCursor
      isCursorHidden = false
      TerminalGuard.cursor(nil, descriptor: capabilities.descriptor)
    }
    if !text.isEmpty { DescriptorWriter.write(text, to: capabilities.descriptor) }
  }

  /// One frame: built whole, written at once, each line cut so that none wraps.
  private func paint(_ block: [String]) {
    let info = Terminfo.current
    let (columns, rows) = (capabilities.columns, capabilities.rows)
    let lines = block.prefix(max(1, rows - 1)).map { DisplayWidth.shortened($0, to: columns - 1) }
    var frame = ""
    if !isCursorHidden, !info.hideCursor.isEmpty {
      frame += info.hideCursor
      isCursorHidden = true
      TerminalGuard.cursor(info.showCursor, descriptor: capabilities.descriptor)
    }
    frame += "\r" + info.up(painted - 1)
    frame += lines.map { $0 + info.clearToEndOfLine }.joined(separator: "\n")
    if painted > lines.count { frame += info.clearToEndOfScreen }
    painted = lines.count
    DescriptorWriter.write(frame, to: capabilities.descriptor)
  }
}
