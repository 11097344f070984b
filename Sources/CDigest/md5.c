#include "cdigest.h"

#include <string.h>

static inline uint32_t rotate(uint32_t value, int bits) { return value << bits | value >> (32 - bits); }

static inline uint32_t load(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static inline void store(uint8_t *bytes, uint32_t value) {
  for (int index = 0; index < 4; index++) bytes[index] = (uint8_t)(value >> (8 * index));
}

// One operation: a = b + rotate(a + mix(b, c, d) + word + constant, bits).
#define STEP(mix, a, b, c, d, word, constant, bits) a = b + rotate(a + mix(b, c, d) + (word) + constant##u, bits)
// The sum form of the second mixture keeps its halves independent: `d & b` and `~d & c` share no bit.
#define MIX1(b, c, d) ((d) ^ ((b) & ((c) ^ (d))))
#define MIX2(b, c, d) (((d) & (b)) + (~(d) & (c)))
#define MIX3(b, c, d) ((b) ^ (c) ^ (d))
#define MIX4(b, c, d) ((c) ^ ((b) | ~(d)))
// Four operations of one round with the words i, j, k, l.
#define FOUR(mix, i, j, k, l, t1, t2, t3, t4, s1, s2, s3, s4) \
  STEP(mix, a, b, c, d, word[i], t1, s1);                     \
  STEP(mix, d, a, b, c, word[j], t2, s2);                     \
  STEP(mix, c, d, a, b, word[k], t3, s3);                     \
  STEP(mix, b, c, d, a, word[l], t4, s4)

// The four rounds over the sixteen words of a block.
#define ROUNDS                                                                               \
  FOUR(MIX1, 0, 1, 2, 3, 0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 7, 12, 17, 22);     \
  FOUR(MIX1, 4, 5, 6, 7, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 7, 12, 17, 22);     \
  FOUR(MIX1, 8, 9, 10, 11, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 7, 12, 17, 22);   \
  FOUR(MIX1, 12, 13, 14, 15, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 7, 12, 17, 22); \
  FOUR(MIX2, 1, 6, 11, 0, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 5, 9, 14, 20);     \
  FOUR(MIX2, 5, 10, 15, 4, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 5, 9, 14, 20);    \
  FOUR(MIX2, 9, 14, 3, 8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 5, 9, 14, 20);     \
  FOUR(MIX2, 13, 2, 7, 12, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 5, 9, 14, 20);    \
  FOUR(MIX3, 5, 8, 11, 14, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 4, 11, 16, 23);   \
  FOUR(MIX3, 1, 4, 7, 10, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 4, 11, 16, 23);    \
  FOUR(MIX3, 13, 0, 3, 6, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 4, 11, 16, 23);    \
  FOUR(MIX3, 9, 12, 15, 2, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 4, 11, 16, 23);   \
  FOUR(MIX4, 0, 7, 14, 5, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 6, 10, 15, 21);    \
  FOUR(MIX4, 12, 3, 10, 1, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1, 6, 10, 15, 21);   \
  FOUR(MIX4, 8, 15, 6, 13, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 6, 10, 15, 21);   \
  FOUR(MIX4, 4, 11, 2, 9, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391, 6, 10, 15, 21);

static void take_blocks(uint32_t state[4], const uint8_t *bytes, size_t blocks) {
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  for (; blocks > 0; blocks--, bytes += 64) {
    uint32_t word[16];
    for (int index = 0; index < 16; index++) word[index] = load(bytes + 4 * index);
    uint32_t a0 = a, b0 = b, c0 = c, d0 = d;
    ROUNDS
    a += a0;
    b += b0;
    c += c0;
    d += d0;
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

// Sixteen digests side by side, each word of a vector belonging to another one: an operation of MD5 waits for the one before,
// so that a processor has room for many.
typedef uint32_t eight __attribute__((vector_size(32)));
typedef uint32_t lanes __attribute__((vector_size(64)));
typedef uint32_t four __attribute__((vector_size(16)));
#define VECTOR_ROTATE(value, bits) ((value) << (bits) | (value) >> (32 - (bits)))

static inline four load_four(const uint8_t *bytes) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  four words;
  memcpy(&words, bytes, sizeof words);
  return words;
#else
  return (four){load(bytes), load(bytes + 4), load(bytes + 8), load(bytes + 12)};
#endif
}

// Four words of each of four digests, turned into one word of each in four vectors.
static inline void turn(const uint8_t *const bytes[4], size_t place, four out[4]) {
  four p = load_four(bytes[0] + place), q = load_four(bytes[1] + place);
  four r = load_four(bytes[2] + place), s = load_four(bytes[3] + place);
  four pq = __builtin_shufflevector(p, q, 0, 4, 1, 5), rs = __builtin_shufflevector(r, s, 0, 4, 1, 5);
  out[0] = __builtin_shufflevector(pq, rs, 0, 1, 4, 5);
  out[1] = __builtin_shufflevector(pq, rs, 2, 3, 6, 7);
  pq = __builtin_shufflevector(p, q, 2, 6, 3, 7), rs = __builtin_shufflevector(r, s, 2, 6, 3, 7);
  out[2] = __builtin_shufflevector(pq, rs, 0, 1, 4, 5);
  out[3] = __builtin_shufflevector(pq, rs, 2, 3, 6, 7);
}

#if defined(__x86_64__)
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
static void take_blocks_of_sixteen(cdigest_md5 *digests, const uint8_t *const bytes[16], size_t blocks) {
#undef STEP
#define STEP(mix, a, b, c, d, word, constant, bits)             \
  do {                                                          \
    lanes sum = a + mix(b, c, d) + (word) + (uint32_t)constant; \
    a = b + VECTOR_ROTATE(sum, bits);                           \
  } while (0)
  lanes a, b, c, d;
  for (int lane = 0; lane < 16; lane++) {
    a[lane] = digests[lane].state[0];
    b[lane] = digests[lane].state[1];
    c[lane] = digests[lane].state[2];
    d[lane] = digests[lane].state[3];
  }
  for (size_t block = 0; block < blocks; block++) {
    lanes word[16];
    for (int index = 0; index < 16; index += 4) {
      size_t place = block * 64 + 4 * (size_t)index;
      four turned[4][4];
      for (int part = 0; part < 4; part++) turn(bytes + 4 * part, place, turned[part]);
      for (int part = 0; part < 4; part++) {
        eight low = __builtin_shufflevector(turned[0][part], turned[1][part], 0, 1, 2, 3, 4, 5, 6, 7);
        eight high = __builtin_shufflevector(turned[2][part], turned[3][part], 0, 1, 2, 3, 4, 5, 6, 7);
        word[index + part] =
            __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      }
    }
    lanes a0 = a, b0 = b, c0 = c, d0 = d;
    ROUNDS
    a += a0;
    b += b0;
    c += c0;
    d += d0;
  }
  for (int lane = 0; lane < 16; lane++) {
    digests[lane].state[0] = a[lane];
    digests[lane].state[1] = b[lane];
    digests[lane].state[2] = c[lane];
    digests[lane].state[3] = d[lane];
    digests[lane].length += blocks * 64;
  }
}

void cdigest_md5_start(cdigest_md5 *digest) {
  memset(digest, 0, sizeof *digest);
  digest->state[0] = 0x67452301;
  digest->state[1] = 0xefcdab89;
  digest->state[2] = 0x98badcfe;
  digest->state[3] = 0x10325476;
}

void cdigest_md5_add(cdigest_md5 *digest, const void *bytes, size_t count) {
  if (count == 0) return;
  const uint8_t *next = bytes;
  size_t kept = digest->length % 64;
  digest->length += count;
  if (kept > 0) {
    size_t missing = 64 - kept;
    if (count < missing) {
      memcpy(digest->rest + kept, next, count);
      return;
    }
    memcpy(digest->rest + kept, next, missing);
    take_blocks(digest->state, digest->rest, 1);
    next += missing;
    count -= missing;
  }
  take_blocks(digest->state, next, count / 64);
  memcpy(digest->rest, next + count / 64 * 64, count % 64);
}

void cdigest_md5_finish(cdigest_md5 *digest, uint8_t result[16]) {
  uint64_t bits = digest->length * 8;
  static const uint8_t end[64] = {0x80};
  size_t kept = digest->length % 64;
  cdigest_md5_add(digest, end, kept < 56 ? 56 - kept : 120 - kept);
  uint8_t length[8];
  store(length, (uint32_t)bits);
  store(length + 4, (uint32_t)(bits >> 32));
  cdigest_md5_add(digest, length, 8);
  for (int index = 0; index < 4; index++) store(result + 4 * index, digest->state[index]);
}

bool cdigest_md5_add_sixteen(cdigest_md5 *digests, const void *bytes, size_t stride, size_t count) {
  if (count % 64 != 0) return false;
  const uint8_t *next[16];
  for (int lane = 0; lane < 16; lane++) {
    if (digests[lane].length % 64 != 0) return false;
    next[lane] = (const uint8_t *)bytes + (size_t)lane * stride;
  }
  take_blocks_of_sixteen(digests, next, count / 64);
  return true;
}
