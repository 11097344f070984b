#include "csst.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>

#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

struct csst_reader {
  std::unique_ptr<rocksdb::SstFileReader> file;
  std::shared_ptr<const rocksdb::TableProperties> properties;
  std::unique_ptr<rocksdb::Iterator> rows;
};

namespace {

rocksdb::Options reading_options() {
  rocksdb::Options options;
  options.max_open_files = 1;
  rocksdb::BlockBasedTableOptions table;
  table.no_block_cache = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

char *copy(const std::string &text) { return strdup(text.c_str()); }

}  // namespace

csst_reader *csst_open(const char *path, char **error) {
  *error = nullptr;
  // A damaged file may announce sizes that cannot be had.
  try {
    std::unique_ptr<csst_reader> reader(new csst_reader);
    reader->file.reset(new rocksdb::SstFileReader(reading_options()));
    rocksdb::Status status = reader->file->Open(path);
    if (!status.ok()) {
      *error = copy(status.ToString());
      return nullptr;
    }
    reader->properties = reader->file->GetTableProperties();
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.total_order_seek = true;
    options.readahead_size = 256 << 10;
    reader->rows.reset(reader->file->NewIterator(options));
    return reader.release();
  } catch (const std::exception &failure) {
    *error = copy(std::string("Corruption: ") + failure.what());
    return nullptr;
  }
}

void csst_close(csst_reader *reader) { delete reader; }
void csst_free(char *text) { free(text); }

void csst_first(csst_reader *reader) { reader->rows->SeekToFirst(); }
void csst_next(csst_reader *reader) { reader->rows->Next(); }
bool csst_valid(const csst_reader *reader) { return reader->rows->Valid(); }

const char *csst_key(const csst_reader *reader, size_t *count) {
  rocksdb::Slice key = reader->rows->key();
  *count = key.size();
  return key.data();
}

const char *csst_value(const csst_reader *reader, size_t *count) {
  rocksdb::Slice value = reader->rows->value();
  *count = value.size();
  return value.data();
}

char *csst_status(const csst_reader *reader) {
  rocksdb::Status status = reader->rows->status();
  return status.ok() ? nullptr : copy(status.ToString());
}

csst_numbers csst_properties(const csst_reader *reader) {
  const rocksdb::TableProperties &found = *reader->properties;
  const auto &own = found.user_collected_properties;
  csst_numbers numbers = {};
  numbers.entries = found.num_entries;
  numbers.deletions = found.num_deletions;
  numbers.raw_key_bytes = found.raw_key_size;
  numbers.raw_value_bytes = found.raw_value_size;
  numbers.is_external = own.find("rocksdb.external_sst_file.version") != own.end();
  return numbers;
}

const char *csst_comparator(const csst_reader *reader) { return reader->properties->comparator_name.c_str(); }
const char *csst_compression(const csst_reader *reader) { return reader->properties->compression_name.c_str(); }

struct csst_writer {
  rocksdb::SstFileWriter file;
};

namespace {

rocksdb::Options writing_options(const csst_writer_options &wanted) {
  rocksdb::Options options;
  options.compression = static_cast<rocksdb::CompressionType>(wanted.compression);
  rocksdb::BlockBasedTableOptions table;
  table.no_block_cache = true;
  if (wanted.has_filter) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  if (wanted.is_portable) {
    table.checksum = rocksdb::kxxHash64;
    table.format_version = 2;
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

char *text(const rocksdb::Status &status) { return status.ok() ? nullptr : copy(status.ToString()); }

rocksdb::Slice slice(const char *bytes, size_t count) { return rocksdb::Slice(bytes ? bytes : "", count); }

}  // namespace

csst_writer *csst_create(const char *path, csst_writer_options wanted, char **error) {
  rocksdb::EnvOptions environment;
  environment.writable_file_max_buffer_size = wanted.buffer_bytes;
  environment.bytes_per_sync = 1 << 20;
  // Whoever writes a file reads it again: pages that are thrown away would have to come from the disk.
  const bool throws_pages_away = false;
  std::unique_ptr<csst_writer> writer(
      new csst_writer{rocksdb::SstFileWriter(environment, writing_options(wanted), nullptr, throws_pages_away)});
  *error = text(writer->file.Open(path));
  return *error ? nullptr : writer.release();
}

void csst_discard(csst_writer *writer) { delete writer; }

char *csst_put(csst_writer *writer, const char *key, size_t key_count, const char *value, size_t value_count) {
  return text(writer->file.Put(slice(key, key_count), slice(value, value_count)));
}

char *csst_delete(csst_writer *writer, const char *key, size_t key_count) {
  return text(writer->file.Delete(slice(key, key_count)));
}

char *csst_finish(csst_writer *writer) { return text(writer->file.Finish()); }

uint64_t csst_size(csst_writer *writer) { return writer->file.FileSize(); }

void csst_flush(void *database, void *const *families, size_t count, char **error) {
  // A handle of the C interface is a struct whose first member is the object.
  auto *object = *static_cast<rocksdb::DB **>(database);
  std::vector<rocksdb::ColumnFamilyHandle *> all;
  for (size_t index = 0; index < count; index++) {
    if (families[index]) all.push_back(*static_cast<rocksdb::ColumnFamilyHandle **>(families[index]));
  }
  *error = text(object->Flush(rocksdb::FlushOptions(), all));
}
