internal import EventLoop

/// What happened in one partition since it was opened, under the names of a 2.6 server's metrics.
@LoopActor
final class PartitionCounters {
  var get: Int64 = 0
  var multiGet: Int64 = 0
  var batchGet: Int64 = 0
  var scan: Int64 = 0
  var put: Int64 = 0
  var multiPut: Int64 = 0
  var remove: Int64 = 0
  var multiRemove: Int64 = 0
  var incr: Int64 = 0
  var checkAndSet: Int64 = 0
  var checkAndMutate: Int64 = 0
  var dup: Int64 = 0
  var getBytes: Int64 = 0
  var multiGetBytes: Int64 = 0
  var batchGetBytes: Int64 = 0
  var scanBytes: Int64 = 0
  var putBytes: Int64 = 0
  var multiPutBytes: Int64 = 0
  var readCapacityUnits: Int64 = 0
  var writeCapacityUnits: Int64 = 0
  var readExpiredValues: Int64 = 0
  var readFilteredValues: Int64 = 0
  var abnormalReads: Int64 = 0
  var delayedReads: Int64 = 0
  var delayedWrites: Int64 = 0
  var rejectedReads: Int64 = 0
  var rejectedWrites: Int64 = 0
  var oversizedWrites: Int64 = 0
  var backupsStarted: Int64 = 0
  var backupsFailed: Int64 = 0
  var backupsCancelled: Int64 = 0
  var backupsSuccessful: Int64 = 0
  var backupsRunning: Int64 = 0
  /// Milliseconds of the running backup, or the last.
  var backupMilliseconds: Int64 = 0
  var uploadsFailed: Int64 = 0
  var uploadsSuccessful: Int64 = 0
  var uploadedBytes: Int64 = 0
  /// Bytes of the largest file of the running backup; 0 without one.
  var largestUpload: Int64 = 0
  var loadsDownloading: Int64 = 0
  var loadsIngesting: Int64 = 0
  var loadsSuccessful: Int64 = 0
  var loadsFailed: Int64 = 0
  var downloadsSuccessful: Int64 = 0
  var downloadsFailed: Int64 = 0
  var downloadedBytes: Int64 = 0
  var writesRejectedByIngestion: Int64 = 0
  /// RocksDB writes; with several writes in one turn of the loop fewer than requests.
  var commits: Int64 = 0

  /// Capacity is counted in units of 4 KiB, at least one a request.
  func countRead(_ bytes: Int) { readCapacityUnits += Int64(max((bytes + 4095) >> 12, 1)) }
  func countWrite(_ bytes: Int) { writeCapacityUnits += Int64(max((bytes + 4095) >> 12, 1)) }

  /// Counts what a throttle said.
  func count(_ verdict: Throttle.Verdict, isWrite: Bool) {
    switch verdict {
    case .pass: break
    case .delay: if isWrite { delayedWrites += 1 } else { delayedReads += 1 }
    case .reject: if isWrite { rejectedWrites += 1 } else { rejectedReads += 1 }
    }
  }
}
