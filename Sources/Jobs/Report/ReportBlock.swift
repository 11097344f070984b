/// A part of a report, in plain text: each format escapes in its own way.
enum ReportBlock: Equatable {
  /// 1: the title of the document.
  case heading(Int, String)
  case paragraph(String)
  case list([String])
  /// A line that is typed.
  case code(String)
  case table(head: [String], rows: [[String]])
}
