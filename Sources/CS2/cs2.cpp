#include "cs2.h"

#include <dlfcn.h>
#include <locale.h>
#include <s2/s2cell_id.h>
#include <s2/s2latlng.h>
#include <stdlib.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <string>

// Only inline code of the headers may be used below; whatever else libs2 must do is looked up in the opened library.
// A slip does not link.

namespace {

/// S2CellId::S2CellId(const S2LatLng &), the constructor that finds the leaf cell of a place.
using LeafCellConstructor = void (*)(S2CellId *, const S2LatLng &);
constexpr const char *leaf_cell_symbol = "_ZN8S2CellIdC1ERK8S2LatLng";

std::atomic<LeafCellConstructor> leaf_cell_constructor{nullptr};

uint64_t leaf_cell(LeafCellConstructor construct, const S2LatLng &place) {
  S2CellId cell;
  construct(&cell, place);
  return cell.id();
}

/// What the loader has to say, never NULL.
const char *loader_error() {
  const char *reason = dlerror();
  return reason != nullptr ? reason : "the loader gives no reason";
}

}  // namespace

const char *cs2_open(const char *name) {
  void *library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) return loader_error();
  dlerror();
  auto construct = reinterpret_cast<LeafCellConstructor>(dlsym(library, leaf_cell_symbol));
  const char *reason = nullptr;
  if (construct == nullptr) {
    reason = loader_error();
  } else if (leaf_cell(construct, S2LatLng::FromDegrees(0, 0)) != 0x1000000000000001) {
    reason = "the library does not give the S2 cell of 0°, 0°";
  }
  // A usable library stays open for the life of the process; so does one whose reason was given by dlerror, which may
  // point into it.
  if (reason == nullptr) leaf_cell_constructor.store(construct, std::memory_order_release);
  return reason;
}

cs2_result cs2_leaf_cell(double latitude, double longitude, uint64_t *cell) {
  LeafCellConstructor construct = leaf_cell_constructor.load(std::memory_order_acquire);
  if (construct == nullptr) return cs2_not_open;
  S2LatLng place = S2LatLng::FromDegrees(latitude, longitude);
  if (!place.is_valid()) return cs2_out_of_range;
  *cell = leaf_cell(construct, place);
  return cs2_found;
}

bool cs2_number(const char *text, size_t length, double *number) {
  if (length == 0) return false;
  static const locale_t c_locale = newlocale(LC_ALL_MASK, "C", nullptr);
  const std::string terminated(text, length);
  const int saved_errno = errno;
  errno = 0;
  char *end = nullptr;
  const double value = strtod_l(terminated.c_str(), &end, c_locale);
  const bool in_range = errno == 0;
  errno = saved_errno;
  if (!in_range || !std::isfinite(value) || end != terminated.c_str() + length) return false;
  *number = value;
  return true;
}
