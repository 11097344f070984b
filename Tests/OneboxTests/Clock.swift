import Glibc

var unixNow: Int64 { Int64(time(nil)) }

/// An hour of the day that is far from the present one, here where we are.
var farHour: Int {
  var (now, parts) = (time(nil), tm())
  localtime_r(&now, &parts)
  return (Int(parts.tm_hour) + 12) % 24
}
