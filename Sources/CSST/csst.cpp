#include "csst.h"

#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table.h>

#include <cstring>
#include <memory>
#include <new>
#include <string>

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
    options.readahead_size = 1 << 20;
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
