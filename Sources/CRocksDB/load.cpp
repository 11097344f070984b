#include "CRocksDB.h"

#include <rocksdb/version.h>

#include <dlfcn.h>
#include <cstdio>
#include <cstdlib>

#if defined(__x86_64__)

#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number
// The C interface changes with the second number; the headers are those of this one.
static const char library_name[] = "librocksdb.so." TEXT(ROCKSDB_MAJOR) "." TEXT(ROCKSDB_MINOR);

static const char *const names[] = {
#define FUNCTION(name) #name,
#include "functions.h"
#undef FUNCTION
};

static char reason[512];

static void *open_library() {
  void *library = dlopen(library_name, RTLD_LAZY | RTLD_LOCAL);
  if (library) return library;
  const char *text = dlerror();
  snprintf(reason, sizeof reason, "%s", text ? text : library_name);
  return nullptr;
}

/// Whoever comes second waits for the first one.
static void *library() {
  static void *const opened = open_library();
  return opened;
}

extern "C" {

/// Of stubs.S: a place for each name.
extern void *crocksdb_slots[] __attribute__((visibility("hidden")));
__attribute__((visibility("hidden"))) void *crocksdb_resolve(void **slot);

const char *crocksdb_open(void) { return library() ? nullptr : reason; }

/// Looks a function up and leaves it in its slot. Two threads may do that at once: both leave the same.
void *crocksdb_resolve(void **slot) {
  const char *name = names[slot - crocksdb_slots];
  void *function = library() ? dlsym(library(), name) : nullptr;
  if (!function) {
    fprintf(stderr, "cannot go on without RocksDB: %s\n", library() ? name : reason);
    abort();
  }
  __atomic_store_n(slot, function, __ATOMIC_RELEASE);
  return function;
}

}  // extern "C"

#else

// Linked as any library.
const char *crocksdb_open(void) { return nullptr; }

#endif
