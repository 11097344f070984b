// Reading one data file of RocksDB by itself, which RocksDB's C interface cannot; writing one with little memory, and
// without driving it out of the system's cache, which that does not let one choose; and flushing a database as a whole.
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

/// A file under way.
typedef struct csst_writer csst_writer;

typedef struct {
  /// RocksDB's number of the block compression.
  int compression;
  /// A bloom filter of ten bits a key.
  bool has_filter;
  /// Format 2 with xxHash64 checksums, which RocksDB reads from 5.18 on.
  bool is_portable;
  /// Bytes collected before they are written.
  size_t buffer_bytes;
} csst_writer_options;

/// Creates the file, replacing what is there. NULL when it cannot: `*error` is then a text for `csst_free`.
csst_writer *_Nullable csst_create(
    const char *_Nonnull path, csst_writer_options options, char *_Nullable *_Nonnull error);
void csst_discard(csst_writer *_Nullable writer);
/// Adds a row or a deletion behind the ones before. NULL, or a text for `csst_free`.
char *_Nullable csst_put(
    csst_writer *_Nonnull writer, const char *_Nullable key, size_t key_count, const char *_Nullable value,
    size_t value_count);
char *_Nullable csst_delete(csst_writer *_Nonnull writer, const char *_Nullable key, size_t key_count);
/// Completes the file and waits until the disk has it.
char *_Nullable csst_finish(csst_writer *_Nonnull writer);
/// Bytes written so far.
uint64_t csst_size(csst_writer *_Nonnull writer);

/// Writes what is in memory of these families to files, in one step, and waits for it. Database and families are handles
/// of RocksDB's C interface. `*error` is NULL, or a text for `csst_free`.
///
/// That interface flushes one family at a time. Where families are flushed together (atomic_flush), RocksDB 7.8 ends the
/// process by an assertion when that meets another flush, of a checkpoint for instance, that waits for its turn.
void csst_flush(
    void *_Nonnull database, void *_Nullable const *_Nullable families, size_t count, char *_Nullable *_Nonnull error);

#ifdef __cplusplus
}
#endif
