// SPDX-License-Identifier: Apache-2.0
// The shifted datums of Chinese web maps: GCJ-02 (Amap, Tencent) and BD-09 (Baidu).
//
// GCJ-02 moves WGS 84 positions by 100-800 m with a fixed, smooth formula; BD-09 adds a further offset and rotation to
// GCJ-02. Neither does anything outside China, which by the customary rule is the box 72.004-137.8347 E, 0.8293-55.8271
// N. CGCS 2000 differs from WGS 84 by centimetres and is treated as equal. The formula is public knowledge from several
// open libraries (eviltransform, coordtransform, gcoord); it was never published officially.
#pragma once

#include <string_view>

#include "engine/base/words.h"
#include "engine/geometry/lattice.h"

namespace gridloom {

// What a delivery says, or does not say, about its datum. `detect`: undo a shift where the evidence is overwhelming.
enum class Datum { detect, wgs84, gcj02, bd09 };
template <>
inline constexpr auto kWords<Datum> = words<Datum>({{"auto", Datum::detect},
                                                    {"wgs84", Datum::wgs84},
                                                    {"cgcs2000", Datum::wgs84},
                                                    {"gcj02", Datum::gcj02},
                                                    {"bd09", Datum::bd09}});

// Whether the shift applies: p lies in the box around China. The rule is stated for WGS 84 positions.
bool in_china_box(LonLat p);

// All functions: degrees in, degrees out, O(1), pure. The inverses are exact to 1e-12 degrees (fixed point; the
// shift's slope is below 0.01, so that each step gains two digits); near the edge of the box, where the shift jumps, a
// position that no WGS 84 position maps to is returned unchanged. Not-a-number passes through.
LonLat wgs84_to_gcj02(LonLat wgs84);
LonLat gcj02_to_wgs84(LonLat gcj02);
LonLat gcj02_to_bd09(LonLat gcj02);
LonLat bd09_to_gcj02(LonLat bd09);
LonLat wgs84_to_bd09(LonLat wgs84);
LonLat bd09_to_wgs84(LonLat bd09);

// The WGS 84 position of a position given in `datum`; `detect` counts as WGS 84.
LonLat undo_shift(Datum datum, LonLat p);

// "WGS 84", "GCJ-02", "BD-09", "undeclared".
std::string_view name_of(Datum datum);

}  // namespace gridloom
