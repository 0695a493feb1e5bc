// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/street_reader.h"

#include <cmath>
#include <optional>

#include "engine/base/errors.h"
#include "engine/io/catalogue/catalogue.h"
#include "engine/io/delivery/ground.h"
#include "engine/io/delivery/vector_file.h"

namespace gridloom {
namespace {

std::vector<CatalogueSource> sources_of(const std::filesystem::path& file, const std::string& table) {
  if (file.extension() != ".yaml" && file.extension() != ".yml") {
    if (!std::filesystem::exists(file)) throw DataError("no_such_file").within(file.string());
    CatalogueSource source;
    source.file = file;
    source.table = table;
    source.datum = Datum::wgs84;
    source.place.file = "streets";
    return {source};
  }
  std::vector<CatalogueSource> sources;
  for (const CatalogueLinework& lines : read_catalogue(file).linework)
    if (lines.kind == LineKind::road) sources.push_back(lines.source);
  if (sources.empty()) throw DataError("catalogue_without_roads").within(file.string());
  return sources;
}

std::string crs_of(const RawLayer& raw, const CatalogueSource& source) {
  if (!source.crs.empty()) return source.crs;
  if (!raw.crs.empty()) return raw.crs;
  if (raw.means_wgs84) return "EPSG:4326";
  throw DataError("streets_without_crs").within(raw.file);
}

// Empty where a vertex lies beyond the lattice.
std::vector<Point> on_lattice(const std::vector<Projected>& line, const Lattice& lattice) {
  constexpr double kReach = 1'000'000;  // metres
  std::vector<Point> points;
  for (const Projected p : line) {
    if (!(std::abs(p.x - lattice.origin_x) < kReach && std::abs(p.y - lattice.origin_y) < kReach)) return {};
    points.push_back(lattice.round(p));
  }
  return points;
}

void add_lines(const CatalogueSource& source, const Lattice& lattice, std::vector<std::vector<Point>>& lines) {
  RawLayer raw = read_vector_file(source);
  if (!source.where.empty()) raw = select_features(raw, source);
  const Datum datum = source.datum == Datum::detect ? Datum::wgs84 : source.datum;
  PositionReader reader(crs_of(raw, source), datum, lattice.crs);
  bool any = false;
  for (const RawFeature& feature : raw.features)
    for (const RawRing& line : feature.lines) {
      any = true;
      std::vector<Point> points = on_lattice(line_on_ground(line, source.swapped, reader), lattice);
      if (points.size() >= 2) lines.push_back(std::move(points));
    }
  if (!any) throw DataError("no_lines").within(raw.file);
}

}  // namespace

std::vector<std::vector<Point>> read_streets(const std::filesystem::path& file, const std::string& table,
                                             const Lattice& lattice) {
  std::vector<std::vector<Point>> lines;
  for (const CatalogueSource& source : sources_of(file, table)) add_lines(source, lattice, lines);
  if (lines.empty()) throw DataError("no_line_near_city").within(file.string());
  return lines;
}

std::vector<std::vector<Point>> read_named_streets(const std::string& name, const Lattice& lattice) {
  const std::size_t colon = name.rfind(':');
  if (colon == name.npos || std::filesystem::exists(name)) return read_streets(name, {}, lattice);
  return read_streets(name.substr(0, colon), name.substr(colon + 1), lattice);
}

}  // namespace gridloom
