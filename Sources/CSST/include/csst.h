// Reading one data file of RocksDB by itself, which RocksDB's C interface cannot.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// An open file and a place in it.
typedef struct csst_reader csst_reader;

/// Opens the file. NULL when it is no readable data file: `*error` is then a text for `csst_free`.
csst_reader *_Nullable csst_open(const char *_Nonnull path, char *_Nullable *_Nonnull error);
void csst_close(csst_reader *_Nullable reader);
void csst_free(char *_Nullable text);

/// Goes to the first row.
void csst_first(csst_reader *_Nonnull reader);
/// One row on; only while `csst_valid`.
void csst_next(csst_reader *_Nonnull reader);
bool csst_valid(const csst_reader *_Nonnull reader);
/// The row's key and value: valid until the reader moves.
const char *_Nonnull csst_key(const csst_reader *_Nonnull reader, size_t *_Nonnull count);
const char *_Nonnull csst_value(const csst_reader *_Nonnull reader, size_t *_Nonnull count);
/// Why the reading ended early: a text for `csst_free`, or NULL when it did not.
char *_Nullable csst_status(const csst_reader *_Nonnull reader);

/// What the file says about itself.
typedef struct {
  uint64_t entries;
  uint64_t deletions;
  uint64_t raw_key_bytes;
  uint64_t raw_value_bytes;
  /// 1 when it was made outside of a database, and may be ingested.
  bool is_external;
} csst_numbers;
csst_numbers csst_properties(const csst_reader *_Nonnull reader);
/// Valid until the reader is closed.
const char *_Nonnull csst_comparator(const csst_reader *_Nonnull reader);
const char *_Nonnull csst_compression(const csst_reader *_Nonnull reader);

#ifdef __cplusplus
}
#endif
