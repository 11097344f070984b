import Copying
import EventLoop
import Jobs

extension RateLimiter {
  /// Sets the limit of a job, of rows and of bytes.
  @LoopActor
  func take(_ rate: JobRate) {
    rowsPerSecond = rate.unitsPerSecond
    bytesPerSecond = rate.bytesPerSecond
  }
}
