import CCurl
import EventLoop
import Glibc
import Synchronization

/// One request on its way.
///
/// `@unchecked Sendable`: `continuation` is set before the transfer is submitted; from then on only the transfer thread
/// touches the transfer, but for `isCancelled`, which is atomic.
final class Transfer: @unchecked Sendable {
  typealias Outcome = Result<HTTPAnswer, HTTPFailure>

  /// Longest body of an error taken beside a sink.
  private static let errorBodyLimit = 256 << 10

  var continuation: UnsafeContinuation<Outcome, Never>?
  let isCancelled = Atomic<Bool>(false)
  private let call: HTTPCall
  private let sink: (any HTTPBodySink)?
  private var handle: UnsafeMutableRawPointer?
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private var headers: [String: String] = [:]
  private var body: [UInt8] = []
  private var upload: UploadBody?
  /// Why we ended it ourselves.
  private var ownFailure: HTTPFailure?

  init(_ call: HTTPCall, sink: (any HTTPBodySink)?) {
    self.call = call
    self.sink = sink
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit { errorText.deallocate() }

  func failure(_ kind: HTTPFailure.Kind, _ detail: String) -> HTTPFailure {
    HTTPFailure(kind, method: call.method, url: call.url, detail: detail)
  }

  /// Resumes the caller, once, and gives everything back.
  func end(_ outcome: Outcome) {
    if let handle { ccurl_easy_cleanup(handle) }
    handle = nil
    ccurl_slist_free_all(headerList)
    headerList = nil
    upload = nil
    continuation?.resume(returning: outcome)
    continuation = nil
  }

  /// How it ended, by libcurl's code.
  func outcome(_ code: CURLcode) -> Outcome {
    if let ownFailure { return .failure(ownFailure) }
    if let upload, let reason = upload.failure { return .failure(failure(.unreadable, reason)) }
    guard code == CURLE_OK else {
      let text = String(cString: errorText)
      return .failure(
        HTTPFailure(
          Self.kind(of: code), method: call.method, url: effectiveURL,
          detail: text.isEmpty ? String(cString: ccurl_error(code)) : text))
    }
    return .success(HTTPAnswer(status: status, url: effectiveURL, headers: headers, body: body))
  }

  private static func kind(of code: CURLcode) -> HTTPFailure.Kind {
    switch code {
    case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST: .unreachable
    case CURLE_OPERATION_TIMEDOUT: .timedOut
    case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_HTTP2_STREAM: .truncated
    default: .other
    }
  }

  private var status: Int {
    var status = 0
    if let handle { _ = ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status) }
    return status
  }

  private var effectiveURL: String {
    var text: UnsafeMutablePointer<CChar>?
    if let handle { _ = ccurl_get_text(handle, CURLINFO_EFFECTIVE_URL, &text) }
    return text.map { String(cString: $0) } ?? call.url
  }

  // MARK: Setting up

  /// Libcurl's handle for it; nil when there is none.
  func prepare() -> UnsafeMutableRawPointer? {
    guard let handle = ccurl_easy_init() else { return nil }
    self.handle = handle
    let own = Unmanaged.passUnretained(self).toOpaque()
    _ = ccurl_set_text(handle, CURLOPT_URL, call.url)
    _ = ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
    _ = ccurl_set_text(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    _ = ccurl_set_text(handle, CURLOPT_PROXY, "")
    _ = ccurl_set_text(handle, CURLOPT_USERAGENT, "pegasus-shell")
    _ = ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
    _ = ccurl_set_long(handle, CURLOPT_FOLLOWLOCATION, call.followsRedirects ? 1 : 0)
    _ = ccurl_set_long(handle, CURLOPT_MAXREDIRS, 5)
    _ = ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(call.connectTimeout.wholeMilliseconds))
    _ = ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(call.timeout?.wholeMilliseconds ?? 0))
    _ = ccurl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
    _ = ccurl_set_long(handle, CURLOPT_LOW_SPEED_TIME, max(1, Int(call.stallTimeout.wholeMilliseconds) / 1000))
    _ = ccurl_set_long(handle, CURLOPT_BUFFERSIZE, 256 << 10)
    _ = ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
    _ = ccurl_set_function(handle, CURLOPT_WRITEFUNCTION, bodyArrived)
    _ = ccurl_set_pointer(handle, CURLOPT_WRITEDATA, own)
    _ = ccurl_set_function(handle, CURLOPT_HEADERFUNCTION, headerArrived)
    _ = ccurl_set_pointer(handle, CURLOPT_HEADERDATA, own)
    setBody(handle, own)
    // Servers are not asked whether they want a body: they are known to.
    for (name, value) in [("Expect", "")] + call.headers {
      headerList = ccurl_slist_append(headerList, "\(name): \(value)")
    }
    _ = ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, headerList)
    return handle
  }

  private func setBody(_ handle: UnsafeMutableRawPointer, _ own: UnsafeMutableRawPointer) {
    switch (call.method, call.body) {
    case ("HEAD", _): _ = ccurl_set_long(handle, CURLOPT_NOBODY, 1)
    case ("GET", .none), ("DELETE", .none): break
    default:
      let upload = UploadBody(call.body)
      self.upload = upload
      _ = ccurl_set_long(handle, CURLOPT_UPLOAD, 1)
      _ = ccurl_set_offset(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(upload.size))
      _ = ccurl_set_function(handle, CURLOPT_READFUNCTION, bodyWanted)
      _ = ccurl_set_pointer(handle, CURLOPT_READDATA, own)
      _ = ccurl_set_seek(handle, bodyRewound)
      _ = ccurl_set_pointer(handle, CURLOPT_SEEKDATA, own)
    }
    if call.method != "HEAD" { _ = ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, call.method) }
  }

  // MARK: What libcurl calls

  fileprivate func receivedHeader(_ bytes: UnsafeRawBufferPointer) {
    let line = String(decoding: bytes, as: UTF8.self)
    // The head of another answer: a redirection was followed.
    if line.hasPrefix("HTTP/") { return headers.removeAll() }
    guard let colon = line.firstIndex(of: ":") else { return }
    let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
    headers[line[..<colon].lowercased()] = String(value.prefix { $0 != "\r" && $0 != "\n" && $0 != "\r\n" })
  }

  /// False ends the transfer.
  fileprivate func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if isCancelled.load(ordering: .relaxed) {
      ownFailure = failure(.cancelled, "cancelled")
      return false
    }
    if let sink, (200..<300).contains(status) {
      do {
        try sink.take(RawSpan(_unsafeBytes: bytes))
        return true
      } catch {
        ownFailure = failure(.refused, "\(error)")
        return false
      }
    }
    if sink != nil {
      body.append(contentsOf: bytes.prefix(max(0, Self.errorBodyLimit - body.count)))
      return true
    }
    guard body.count + bytes.count <= call.bodyLimit else {
      ownFailure = failure(.tooLong, "the answer is longer than \(call.bodyLimit) bytes")
      return false
    }
    body.append(contentsOf: bytes)
    return true
  }

  fileprivate func wanted(_ space: UnsafeMutableRawBufferPointer) -> Int? { upload?.read(into: space) }
  fileprivate func rewound(to offset: Int64) -> Bool { upload?.seek(to: offset) ?? false }
}

private func transfer(_ state: UnsafeMutableRawPointer?) -> Transfer? {
  state.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

private func bodyArrived(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ state: UnsafeMutableRawPointer?
) -> Int {
  guard let transfer = transfer(state) else { return 0 }
  return transfer.received(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private func headerArrived(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ state: UnsafeMutableRawPointer?
) -> Int {
  transfer(state)?.receivedHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
  return size * count
}

private func bodyWanted(
  _ space: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ state: UnsafeMutableRawPointer?
) -> Int {
  let abort = 0x1000_0000
  return transfer(state)?.wanted(UnsafeMutableRawBufferPointer(start: space, count: size * count)) ?? abort
}

private func bodyRewound(_ state: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
  origin == SEEK_SET && transfer(state)?.rewound(to: Int64(offset)) == true ? 0 : 1
}
