// RocksDB's C interface. On x86-64 the library is not linked: every function of functions.h is a jump to where the library
// has it, and the first call loads the library. It and what it needs take half of the time in which a program starts, and
// most runs of the shell never touch a file of RocksDB.
#pragma once

#include <rocksdb/c.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Loads the library, once. Answers why that is not possible; NULL when it is there. Without this call the first use of a
/// function loads it, and ends the process when it cannot.
const char *_Nullable crocksdb_open(void);

#ifdef __cplusplus
}
#endif
