// The part of the S2 library (Debian's libs2-dev) that the geo table needs, as plain C functions.
//
// libs2 is opened when it is first wanted and not linked: with the 22 libraries it brings along (OpenSSL and Abseil
// among them) it would add 3 to 4 ms to every start of a program, and only `copy_data -g` has a use for it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Opens the shared library `name` for `cs2_leaf_cell`. Returns NULL when it is ready, else the reason why not, which
/// is valid until the next call of this thread. A library that cannot be used leaves one opened before in place.
const char *_Nullable cs2_open(const char *_Nonnull name);

typedef enum {
  cs2_found,        ///< The cell was stored.
  cs2_out_of_range, ///< No such place: |latitude| > 90° or |longitude| > 180°, or not a number.
  cs2_not_open      ///< No library was opened.
} cs2_result;

/// Stores the leaf cell (level 30, edges of about 1 cm) that holds the place; both angles in degrees.
cs2_result cs2_leaf_cell(double latitude, double longitude, uint64_t *_Nonnull cell);

/// Reads all of `text` as a number in the grammar of strtod in the "C" locale, whatever the locale of the process.
/// False when it is empty, not a number, not finite, or beyond the range of a double.
bool cs2_number(const char *_Nullable text, size_t length, double *_Nonnull number);

#ifdef __cplusplus
}
#endif
