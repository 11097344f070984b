import Glibc
import StorageEngine
import Testing

@testable import Backups

@Suite struct SplitErrorTests {
  @Test func whoeverMayOpenTooFewFilesIsToldHowToHaveMore() {
    let backup = SplitError(
      StorageError(
        code: .inputOutput, message: "IO error: While opening a file: /b/CURRENT: Too many open files",
        operation: "list families", path: "/b"), whileReading: true)
    #expect(backup.kind == .engine && backup.advice.contains("ulimit -n"))
    #expect(SplitError(FileError(operation: "open", path: "/b/1.sst", code: EMFILE)).advice == backup.advice)
    #expect(SplitError(FileError(operation: "open", path: "/b/1.sst", code: EIO)).advice == "")
  }
}
