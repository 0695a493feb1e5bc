// SPDX-License-Identifier: Apache-2.0
#include "engine/io/results/feature_file.h"

#include <gdal_priv.h>
#include <ogr_spatialref.h>
#include <ogrsf_frmts.h>

#include <cmath>
#include <memory>
#include <utility>

#include "engine/base/errors.h"
#include "engine/io/gdal.h"
#include "engine/io/qgis_tables.h"
#include "engine/io/results/memory_file.h"

namespace gridloom {
namespace {

struct Close {
  void operator()(GDALDataset* dataset) const { GDALClose(dataset); }
};

OGRFieldType type_of(FieldType type) {
  if (type == FieldType::integer) return OFTInteger64;
  return type == FieldType::real ? OFTReal : OFTString;
}

void put(OGRFeature& feature, int field, const FeatureValue& value) {
  if (is_null(value)) return feature.SetFieldNull(field);
  if (const auto* whole = std::get_if<std::int64_t>(&value))
    feature.SetField(field, static_cast<GIntBig>(*whole));
  else if (const auto* real = std::get_if<double>(&value))
    feature.SetField(field, *real);
  else
    feature.SetField(field, std::get<std::string>(value).c_str());
}

void add_points(OGRSimpleCurve& curve, const std::vector<Point>& points, const Lattice& lattice) {
  for (Point p : points) {
    const Projected at = lattice.metres(p);
    curve.addPoint(at.x, at.y);
  }
}

OGRGeometryUniquePtr multipolygon(const std::vector<PolygonRings>& polygons, const Lattice& lattice) {
  auto shape = std::make_unique<OGRMultiPolygon>();
  for (const PolygonRings& rings : polygons) {
    auto* polygon = new OGRPolygon;  // the multipolygon takes it
    for (const std::vector<Point>& points : rings) {
      auto* ring = new OGRLinearRing;
      add_points(*ring, points, lattice);
      polygon->addRingDirectly(ring);
    }
    shape->addGeometryDirectly(polygon);
  }
  return OGRGeometryUniquePtr(shape.release());
}

OGRGeometryUniquePtr line(const std::vector<Point>& points, const Lattice& lattice) {
  auto shape = std::make_unique<OGRLineString>();
  add_points(*shape, points, lattice);
  return OGRGeometryUniquePtr(shape.release());
}

OGRwkbGeometryType geometry_type(const FeatureTable& table) {
  if (!table.polygons.empty()) return wkbMultiPolygon;
  return table.lines.empty() ? wkbNone : wkbLineString;
}

bool fill(OGRLayer& layer, const FeatureTable& table) {
  for (const Field& field : table.fields) {
    OGRFieldDefn definition(field.name.c_str(), type_of(field.type));
    if (layer.CreateField(&definition) != OGRERR_NONE) return false;
  }
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const OGRFeatureUniquePtr feature(OGRFeature::CreateFeature(layer.GetLayerDefn()));
    for (std::size_t f = 0; f < table.fields.size(); ++f) put(*feature, static_cast<int>(f), table.rows[row][f]);
    if (!table.polygons.empty()) feature->SetGeometry(multipolygon(table.polygons[row], table.lattice).get());
    if (!table.lines.empty()) feature->SetGeometry(line(table.lines[row], table.lattice).get());
    if (layer.CreateFeature(feature.get()) != OGRERR_NONE) return false;
  }
  return true;
}

void execute(GDALDataset& dataset, const std::string& sql) {
  dataset.ReleaseResultSet(dataset.ExecuteSQL(sql.c_str(), nullptr, nullptr));
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("\'\'") : std::string(1, c);
  return out + "'";
}

// GDAL binds nothing.
void put_style(GDALDataset& dataset, const FeatureTable& table) {
  std::string insert = kInsertLayerStyle;
  for (const auto& [mark, value] : {std::pair{"?2", &table.style}, std::pair{"?1", &table.name}})
    insert.replace(insert.find(mark), 2, quoted(*value));
  execute(dataset, kLayerStyles);
  execute(dataset, insert);
}

}  // namespace

bool is_null(const FeatureValue& value) {
  const auto* real = std::get_if<double>(&value);
  return std::holds_alternative<std::monostate>(value) || (real && !std::isfinite(*real));
}

std::string geopackage_bytes(const FeatureTable& table) {
  const GdalErrors errors;
  const MemoryFile file(".gpkg");
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("GPKG");
  if (!driver) throw DataError("driver_missing", {{"format", "GeoPackage"}});
  std::unique_ptr<GDALDataset, Close> dataset(driver->Create(file.path().c_str(), 0, 0, 0, GDT_Unknown, nullptr));
  OGRSpatialReference crs;
  set_crs(crs, table.lattice.crs);
  const std::string description = "DESCRIPTION=" + table.description;
  const char* options[] = {description.c_str(), "GEOMETRY_NAME=geom", nullptr};
  OGRLayer* layer =
      dataset ? dataset->CreateLayer(table.name.c_str(), &crs, geometry_type(table), const_cast<char**>(options))
              : nullptr;
  if (!layer || dataset->StartTransaction() != OGRERR_NONE || !fill(*layer, table) ||
      dataset->CommitTransaction() != OGRERR_NONE)
    throw DataError("answer_unwritten", {{"format", "GeoPackage"}, {"why", errors.last()}});
  layer->SetMetadataItem("PROVENANCE", table.record.c_str());
  if (!table.style.empty()) put_style(*dataset, table);
  dataset.reset();  // the last pages are written here
  return file.bytes();
}

}  // namespace gridloom
