// SPDX-License-Identifier: Apache-2.0
// Any bytes as a GeoPackage geometry: what is read from them comes back from what is written of it.
#pragma once

#include <algorithm>

#include "engine/io/project/geopackage.h"
#include "fuzz/bytes.h"

namespace gridloom::fuzz {

inline std::string check_point(std::span<const std::byte> blob, const Lattice& lattice, GeometryEncoder& encode) {
  const auto point = decode_point(blob, lattice);
  if (!point) return {};
  if (!point_in(blob)) return "a point on the lattice is nowhere";
  return decode_point(encode.point(*point).bytes, lattice) == point ? "" : "another point";
}

inline std::string check_line(std::span<const std::byte> blob, const Lattice& lattice, GeometryEncoder& encode) {
  std::vector<Point> line, again;
  if (!decode_line(blob, lattice, line)) return {};
  return decode_line(encode.line(line).bytes, lattice, again) && again == line ? "" : "another line";
}

inline std::string check_multipolygon(std::span<const std::byte> blob, const Lattice& lattice,
                                      GeometryEncoder& encode) {
  const auto polygons = decode_multipolygon(blob, lattice);
  if (!polygons) return {};
  if (std::any_of(polygons->begin(), polygons->end(), [](const auto& rings) { return rings.empty(); }))
    return {};  // never written
  return decode_multipolygon(encode.multipolygon(*polygons).bytes, lattice) == polygons ? "" : "other polygons";
}

inline std::string check_geometry_blob(Bytes data) {
  const Lattice lattice{"EPSG:4528", 40'513'000, 3'990'000};
  GeometryEncoder encode(lattice, 4528);
  const std::span<const std::byte> blob = std::as_bytes(data);
  for (const auto check : {check_point, check_line, check_multipolygon})
    if (std::string wrong = check(blob, lattice, encode); !wrong.empty()) return wrong;
  return {};
}

}  // namespace gridloom::fuzz
