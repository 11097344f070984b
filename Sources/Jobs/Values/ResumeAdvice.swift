/// Advice for a job that did not come to its end. It may name 'resume' itself, without a number or with it, and what may
/// follow is said there: then the plain sentence would only say it again.
package enum ResumeAdvice {
  /// The advice with the job's number behind each 'resume'.
  package static func numbered(_ advice: String, _ id: JobID) -> String {
    advice.replacing("'resume'", with: "'resume \(id)'")
  }

  /// - Parameter sentence: "'resume 7' goes on"; follows unless the advice has told of it
  package static func joined(_ advice: String, _ id: JobID, _ sentence: String) -> String {
    let advice = numbered(advice, id)
    if advice.contains("'resume \(id)'") { return advice }
    return advice.isEmpty ? sentence : "\(advice); \(sentence)"
  }
}
