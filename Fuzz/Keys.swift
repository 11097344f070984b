import Bytes
import PegasusProtocol

/// Full keys.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = input(start, count)
  _ = KeyRange.next(bytes)
  guard let key = try? PegasusKey(encoded: bytes) else { return 0 }
  _ = key.partitionHash
  guard let again = try? PegasusKey(hashKey: key.hashKey, sortKey: key.sortKey), again == key else {
    fatalError("\(bytes) cannot be put together again")
  }
  return 0
}
