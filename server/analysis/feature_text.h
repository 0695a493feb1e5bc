// SPDX-License-Identifier: Apache-2.0
// Tables of results as text.
#pragma once

#include <string>

#include "engine/io/results/feature_file.h"

namespace gridloom {

// RFC 7946: WGS 84, ten decimals (a hundredth of a millimetre). The table's name and record are the foreign members
// "name" and "provenance" of the collection. Without geometry: null geometries.
std::string geojson_of(const FeatureTable&);

// A header and a row each; for polygons also lon and lat of the first ring's mean place, in degrees. No value: empty.
std::string csv_of(const FeatureTable&);

}  // namespace gridloom
