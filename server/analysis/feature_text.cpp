// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/feature_text.h"

#include <cmath>
#include <sstream>

#include "engine/base/strings.h"
#include "engine/io/antimeridian.h"
#include "engine/io/crs.h"
#include "engine/io/project/project_meta.h"
#include "server/words/csv.h"
#include "server/words/json_text.h"

namespace gridloom {
namespace {

// A hundredth of a millimetre: what is valid on the lattice stays valid.
double ten_decimals(double degrees) { return std::round(degrees * 1e10) / 1e10; }

class Degrees {
 public:
  explicit Degrees(const Lattice& lattice) : lattice_(lattice), projection_(lattice.crs) {}
  LonLat of(Projected p) {
    const LonLat at = projection_.to_lonlat(p);
    return {ten_decimals(at.lon), ten_decimals(at.lat)};
  }
  std::vector<LonLat> line(const std::vector<Point>& points) {
    std::vector<LonLat> out;
    for (Point p : points) out.push_back(of(lattice_.metres(p)));
    return out;
  }
  // The mean of the corners of the first ring.
  LonLat middle(const std::vector<PolygonRings>& polygons) {
    const std::vector<Point>& ring = polygons.front().front();
    Projected sum;
    for (std::size_t i = 1; i < ring.size(); ++i) {
      const Projected at = lattice_.metres(ring[i]);
      sum.x += at.x, sum.y += at.y;
    }
    const auto n = static_cast<double>(ring.size() - 1);
    return of({sum.x / n, sum.y / n});
  }

 private:
  const Lattice& lattice_;
  Projection projection_;
};

Json json_of(const std::vector<LonLat>& line) {
  Json out = Json::array();
  for (const LonLat p : line) out.push_back({p.lon, p.lat});
  return out;
}

Json json_of(const FeatureValue& value) {
  if (is_null(value)) return nullptr;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::get<std::string>(value);
}

std::string text_of(const FeatureValue& value) {
  if (is_null(value)) return {};
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* real = std::get_if<double>(&value)) return number_text(*real);
  return std::get<std::string>(value);
}

Json geometry_of(const FeatureTable& table, std::size_t row, Degrees& degrees) {
  if (!table.lines.empty()) {
    Json lines = Json::array();
    for (const std::vector<LonLat>& part : cut_at_antimeridian(degrees.line(table.lines[row])))
      lines.push_back(json_of(part));
    if (lines.size() == 1) return {{"type", "LineString"}, {"coordinates", std::move(lines.front())}};
    return {{"type", "MultiLineString"}, {"coordinates", std::move(lines)}};
  }
  if (table.polygons.empty()) return nullptr;
  Json polygons = Json::array();
  for (const PolygonRings& rings : table.polygons[row]) {
    DegreePolygon whole;
    for (const std::vector<Point>& ring : rings) whole.push_back(degrees.line(ring));
    for (const DegreePolygon& part : cut_at_antimeridian(std::move(whole))) {
      Json polygon = Json::array();
      for (const std::vector<LonLat>& ring : part) polygon.push_back(json_of(ring));
      polygons.push_back(std::move(polygon));
    }
  }
  if (polygons.size() == 1) return {{"type", "Polygon"}, {"coordinates", std::move(polygons.front())}};
  return {{"type", "MultiPolygon"}, {"coordinates", std::move(polygons)}};
}

}  // namespace

std::string geojson_of(const FeatureTable& table) {
  Degrees degrees(table.lattice);
  std::string text = R"({"type":"FeatureCollection","name":)" + dump(Json(table.name)) + R"(,"provenance":)" +
                     (table.record.empty() ? "null" : table.record) + R"(,"features":[)";
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    Json properties = Json::object();
    for (std::size_t f = 0; f < table.fields.size(); ++f)
      properties[table.fields[f].name] = json_of(table.rows[row][f]);
    text += (row ? ",\n" : "\n") + dump(Json{{"type", "Feature"},
                                             {"properties", std::move(properties)},
                                             {"geometry", geometry_of(table, row, degrees)}});
  }
  return text + "\n]}\n";
}

std::string csv_of(const FeatureTable& table) {
  Degrees degrees(table.lattice);
  std::ostringstream out;
  CsvRow cells;
  for (const Field& field : table.fields) cells.push_back(field.name);
  const bool placed = !table.polygons.empty();
  if (placed) cells.insert(cells.end(), {"lon", "lat"});
  write_csv_row(out, cells);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    cells.clear();
    for (const FeatureValue& value : table.rows[row]) cells.push_back(text_of(value));
    if (placed) {
      const LonLat at = degrees.middle(table.polygons[row]);
      cells.insert(cells.end(), {number_text(at.lon), number_text(at.lat)});
    }
    write_csv_row(out, cells);
  }
  return std::move(out).str();
}

}  // namespace gridloom
