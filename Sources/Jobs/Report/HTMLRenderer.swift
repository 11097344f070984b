/// Blocks as one HTML page that needs nothing from elsewhere.
enum HTMLRenderer {
  private static let style = """
    :root { color-scheme: light dark; }
    body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
    h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid #8886; }
    table { border-collapse: collapse; } th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0;
      border-bottom: 1px solid #8883; overflow-wrap: anywhere; }
    pre { padding: .6rem .8rem; background: #8882; white-space: pre-wrap; overflow-wrap: anywhere; }
    """

  static func render(_ blocks: [ReportBlock], title: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(escape(title))</title>
    <style>
    \(style)
    </style>
    </head>
    <body>
    \(blocks.map(render).joined(separator: "\n"))
    </body>
    </html>

    """
  }

  private static func render(_ block: ReportBlock) -> String {
    switch block {
    case .heading(let level, let text): "<h\(level)>\(escape(text))</h\(level)>"
    case .paragraph(let text): "<p>\(escape(text))</p>"
    case .list(let items): "<ul>\n\(items.map { "<li>\(escape($0))</li>\n" }.joined())</ul>"
    case .code(let text): "<pre>\(escape(text))</pre>"
    case .table(let head, let rows):
      "<table>\n" + (head.allSatisfy(\.isEmpty) ? "" : row(head, "th")) + rows.map { row($0, "td") }.joined()
        + "</table>"
    }
  }

  private static func row(_ cells: [String], _ tag: String) -> String {
    "<tr>" + cells.map { "<\(tag)>\(escape($0))</\(tag)>" }.joined() + "</tr>\n"
  }

  static func escape(_ text: String) -> String {
    var out = ""
    for scalar in ReportText.oneLine(text).unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
