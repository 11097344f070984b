import Backups
import EventLoop
import TestSupport

extension StandInHDFS {
  /// The service with the root `/base`, impatient.
  func service(
    root: String = "/base", addresses: [String]? = nil, access: WebHDFSAccess = .anonymous, slice: Int64 = 32 << 20
  ) -> WebHDFSBlockService {
    var options = WebHDFSBlockService.Options()
    options.pauses = [.milliseconds(1), .milliseconds(2)]
    options.laterPauses = options.pauses
    options.slice = slice
    return WebHDFSBlockService(
      name: "hdfs_x", addresses: addresses ?? [address], root: root, access: access, options: options)
  }
}
