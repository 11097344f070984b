// MD5 (RFC 1321), as Pegasus keeps it for every file of a backup. In C, so that it is as fast in a debug build.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A digest under way. All of it is the library's.
typedef struct {
  uint32_t state[4];
  uint64_t length;
  uint8_t rest[64];
} cdigest_md5;

/// Begins anew.
void cdigest_md5_start(cdigest_md5 *_Nonnull digest);
/// Takes `count` further bytes.
void cdigest_md5_add(cdigest_md5 *_Nonnull digest, const void *_Nullable bytes, size_t count);
/// Stores the 16 bytes of the digest. Nothing may be added afterwards.
void cdigest_md5_finish(cdigest_md5 *_Nonnull digest, uint8_t result[_Nonnull 16]);

/// Takes `count` bytes into each of sixteen digests, in the time that two or three of them would need: those of the first
/// begin at `bytes`, those of the next `stride` bytes further on, and so on. False, and nothing is taken, unless `count` and
/// what each of them has taken are multiples of 64.
bool cdigest_md5_add_sixteen(
    cdigest_md5 digests[_Nonnull 16], const void *_Nonnull bytes, size_t stride, size_t count);
