import Glibc

var unixNow: Int64 { Int64(time(nil)) }
