/// A bar of a given width.
package enum ProgressBar {
  /// `[=====>    ]`; the fraction is held between 0 and 1.
  package static func text(fraction: Double, width: Int) -> String {
    let inner = max(1, width - 2)
    let clamped = fraction.isFinite ? min(1, max(0, fraction)) : 0
    let done = Int(clamped * Double(inner))
    let head = done < inner && clamped > 0 ? ">" : ""
    let tail = String(repeating: " ", count: inner - done - head.count)
    return "[" + String(repeating: "=", count: done) + head + tail + "]"
  }
}
