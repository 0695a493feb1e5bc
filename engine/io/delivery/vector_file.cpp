// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/vector_file.h"

#include <cpl_conv.h>
#include <gdal_priv.h>
#include <ogrsf_frmts.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>

#include "engine/base/errors.h"
#include "engine/base/nearest_word.h"
#include "engine/base/strings.h"
#include "engine/io/delivery/field_text.h"
#include "engine/io/delivery/vector_dataset.h"
#include "engine/io/gdal.h"
#include "engine/io/text_encoding.h"

namespace gridloom {
namespace {

struct FeatureDeleter {
  void operator()(OGRFeature* feature) const { OGRFeature::DestroyFeature(feature); }
};

OGRLayer& pick_table(const CatalogueSource& source, const VectorDataset& dataset) {
  std::vector<std::string> names;
  for (OGRLayer* layer : dataset->GetLayers()) names.emplace_back(layer->GetName());
  if (!dataset.table().empty()) {
    if (OGRLayer* layer = dataset->GetLayerByName(dataset.table().c_str())) return *layer;
    source.fail({"table_missing", {{"table", dataset.table()}, {"tables", names}}});
  }
  if (names.empty()) source.fail({"no_features"});
  if (names.size() > 1) source.fail({"several_tables", {{"tables", names}}});
  return *dataset->GetLayer(0);
}

FieldType type_of(const OGRFieldDefn& field) {
  switch (field.GetType()) {
    case OFTInteger:
    case OFTInteger64:
      return FieldType::integer;
    case OFTReal:
      return FieldType::real;
    default:
      return FieldType::text;
  }
}

std::vector<Field> fields_of(OGRFeatureDefn& definition) {
  std::vector<Field> fields;
  for (int i = 0; i < definition.GetFieldCount(); ++i) {
    const OGRFieldDefn& field = *definition.GetFieldDefn(i);
    fields.push_back({field.GetNameRef(), type_of(field)});
  }
  return fields;
}

// ISO 8601, with a zone only where the file has one.
std::string iso_time(const OGRFeature& feature, int field, bool with_clock) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, zone = 0;
  float second = 0;
  feature.GetFieldAsDateTime(field, &year, &month, &day, &hour, &minute, &second, &zone);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
  std::string iso = text;
  if (!with_clock) return iso;
  std::snprintf(text, sizeof text, "T%02d:%02d:%02d", hour, minute, static_cast<int>(second));
  iso += text;
  if (zone <= 1) return iso;  // unknown, or local
  const int minutes = (zone - 100) * 15;
  std::snprintf(text, sizeof text, "%c%02d:%02d", minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                std::abs(minutes) % 60);
  return iso + text;
}

std::string value_of(const OGRFeature& feature, int field) {
  switch (feature.GetFieldDefnRef(field)->GetType()) {
    case OFTReal:
      return number_text(feature.GetFieldAsDouble(field));
    case OFTDate:
      return iso_time(feature, field, false);
    case OFTDateTime:
      return iso_time(feature, field, true);
    default:
      return feature.GetFieldAsString(field);
  }
}

std::vector<std::optional<std::string>> values_of(OGRFeature& feature) {
  std::vector<std::optional<std::string>> values(static_cast<std::size_t>(feature.GetFieldCount()));
  for (int i = 0; i < feature.GetFieldCount(); ++i) {
    if (feature.IsFieldSetAndNotNull(i)) values[static_cast<std::size_t>(i)] = value_of(feature, i);
  }
  return values;
}

RawRing ring_of(const OGRSimpleCurve& ring, bool hole) {
  RawRing raw;
  raw.hole = hole;
  const auto n = static_cast<std::size_t>(ring.getNumPoints());
  raw.x.resize(n);
  raw.y.resize(n);
  ring.getPoints(raw.x.data(), sizeof(double), raw.y.data(), sizeof(double));
  return raw;
}

void add_polygon(const OGRPolygon& polygon, RawFeature& feature) {
  bool hole = false;
  for (const OGRLinearRing* ring : polygon) {
    if (!ring->IsEmpty() || !hole) feature.rings.push_back(ring_of(*ring, hole));
    hole = true;
  }
}

void add_geometry(const OGRGeometry& geometry, RawFeature& feature) {
  if (geometry.IsEmpty()) return;
  switch (wkbFlatten(geometry.getGeometryType())) {
    case wkbPolygon:
    case wkbTriangle:
      add_polygon(*geometry.toPolygon(), feature);
      return;
    case wkbPoint:
      if (feature.points++ == 0) feature.point = Projected{geometry.toPoint()->getX(), geometry.toPoint()->getY()};
      return;
    case wkbLineString:
      feature.lines.push_back(ring_of(*geometry.toLineString(), false));
      return;
    case wkbMultiLineString:
    case wkbMultiPolygon:
    case wkbMultiPoint:
    case wkbGeometryCollection:
    case wkbPolyhedralSurface:
    case wkbTIN:
      break;
    default:
      feature.other_geometry.insert(geometry.getGeometryName());
      return;
  }
  if (const auto* surface = dynamic_cast<const OGRPolyhedralSurface*>(&geometry)) {
    for (const auto* part : *surface) add_geometry(*part, feature);
    return;
  }
  for (const OGRGeometry* part : *geometry.toGeometryCollection()) add_geometry(*part, feature);
}

RawFeature feature_of(OGRFeature& source) {
  RawFeature feature;
  feature.values = values_of(source);
  const OGRGeometry* geometry = source.GetGeometryRef();
  if (!geometry) return feature;
  if (geometry->hasCurveGeometry()) {
    const std::unique_ptr<OGRGeometry> straight(geometry->getLinearGeometry());
    add_geometry(*straight, feature);
  } else {
    add_geometry(*geometry, feature);
  }
  return feature;
}

std::string crs_of(const OGRSpatialReference* srs) {
  if (!srs || srs->IsEmpty() || srs->IsLocal()) return {};
  const char* authority = srs->GetAuthorityName(nullptr);
  const char* code = srs->GetAuthorityCode(nullptr);
  if (authority && code) return std::string(authority) + ":" + code;
  const GdalErrors quiet;
  char* wkt = nullptr;
  srs->exportToWkt(&wkt);
  const std::string text = wkt ? wkt : "";
  CPLFree(wkt);
  return text;
}

// GDAL takes GeoJSON whose CRS it cannot tell for WGS 84, and says so only in passing.
void require_known_crs(const CatalogueSource& source, const VectorDataset& dataset) {
  if (!source.crs.empty() || !EQUAL(dataset.format().drivers.front().name, "GeoJSON")) return;
  const std::string& complaint = dataset.complaint();
  for (const char* sign : {"link refused: ", "recognized as a URL", "Cannot import", "PROJ: "})
    if (complaint.find(sign) != complaint.npos) source.fail({"crs_of_file_unusable", {{"why", complaint}}});
}

class Filter {
 public:
  Filter(const CatalogueSource& source, const RawLayer& layer) {
    for (const auto& [name, values] : source.where)
      wanted_.push_back(condition(layer, layer.field(name, source.place), values));
  }
  bool accepts(const RawFeature& feature) const {
    return std::all_of(wanted_.begin(), wanted_.end(), [&](const Condition& wanted) {
      const auto& value = feature.values[wanted.field];
      return value && wanted.values.contains(std::string(wanted.column.id(*value)));
    });
  }

 private:
  struct Condition {
    std::size_t field;
    IdColumn column;
    std::set<std::string> values;
  };

  static Condition condition(const RawLayer& layer, std::size_t field, const std::vector<std::string>& values) {
    Condition wanted{field, id_column(layer, field), {}};
    for (const std::string& value : values) wanted.values.emplace(plain_cell(value));
    return wanted;
  }

  std::vector<Condition> wanted_;
};

// A .dbf of an unnamed Windows code page: that of whoever wrote it.
bool is_ansi(OGRLayer& table) {
  constexpr const char* kAnsi = "87";
  const char* driver = table.GetMetadataItem("LDID_VALUE", "SHAPEFILE");
  return driver && EQUAL(driver, kAnsi);
}

// In bytes; 0: without bound.
std::vector<std::size_t> widths_of(OGRLayer& table) {
  std::vector<std::size_t> widths;
  for (int f = 0; f < table.GetLayerDefn()->GetFieldCount(); ++f)
    widths.push_back(static_cast<std::size_t>(table.GetLayerDefn()->GetFieldDefn(f)->GetWidth()));
  return widths;
}

// What a shapefile says of its texts.
StatedEncoding stated_by_shapefile(OGRLayer& table) {
  const auto said = [&](const char* key) {
    const char* value = table.GetMetadataItem(key, "SHAPEFILE");
    return std::string(value ? value : "");
  };
  if (const std::string cpg = said("ENCODING_FROM_CPG"); !cpg.empty()) return {cpg, "cpg_file"};
  if (const std::string cpg = said("CPG_VALUE"); !cpg.empty()) return {cpg, "cpg_file"};
  if (is_ansi(table)) return {};
  return {said("ENCODING_FROM_LDID"), "dbf_file", said("LDID_VALUE")};
}

StatedEncoding stated_encoding(const CatalogueSource& source, const FileFormat& format, OGRLayer& table) {
  const bool decoded =
      format.texts == TextBytes::decoded || (format.name == "MapInfo" && table.TestCapability(OLCStringsAsUTF8));
  if (!source.encoding.empty() && decoded) source.fail({"encoding_of_decoded_file", {{"format", format.name}}});
  if (!source.encoding.empty()) return {source.encoding, "encoding_key"};
  return EQUAL(format.drivers.front().name, "ESRI Shapefile") ? stated_by_shapefile(table) : StatedEncoding{};
}

// Every field's name and every value, in UTF-8.
void decode_texts(const CatalogueSource& source, const FileFormat& format, OGRLayer& table, RawLayer& layer) {
  const std::vector<std::size_t> widths = widths_of(table);
  const auto cut = [&](std::size_t f, const std::string& text) { return widths[f] && text.size() >= widths[f]; };
  try {
    const StatedEncoding stated = stated_encoding(source, format, table);
    if (is_utf16(stated.name))
      throw DataError("utf16_of_layer", {{"by", stated.by}, {"driver", stated.language_driver}});
    TextDecoder decoder(stated, is_ansi(table) ? "windows-1252" : "");
    std::vector<std::string> names;
    for (const Field& field : layer.fields) names.push_back(field.name);
    for (const std::string& name : names) decoder.look_at(name, 0, TextDecoder::kNames, name, true);
    for (std::size_t row = 0; row < layer.features.size(); ++row)
      for (std::size_t f = 0; f < names.size(); ++f)
        if (const auto& text = layer.features[row].values[f])
          decoder.look_at(*text, row + 1, f, names[f], cut(f, *text));
    decoder.decide();
    for (std::size_t f = 0; f < names.size(); ++f)
      layer.fields[f].name = decoder.decode(names[f], 0, TextDecoder::kNames, names[f], true);
    for (std::size_t row = 0; row < layer.features.size(); ++row)
      for (std::size_t f = 0; f < names.size(); ++f)
        if (auto& text = layer.features[row].values[f])
          *text = decoder.decode(*text, row + 1, f, layer.fields[f].name, cut(f, *text));
    layer.remarks = decoder.remarks();
  } catch (const DataError& e) {
    if (!e.reason().where.empty()) throw;
    source.fail(e.reason());
  }
}

// GeoJSON has ids beside the properties, and GDAL numbers the features where there are none; databases name a column.
void take_row_ids(OGRLayer& table, const FileFormat& format, const std::vector<GIntBig>& ids, RawLayer& layer) {
  const bool beside = EQUAL(format.drivers.front().name, "GeoJSON");
  layer.row_id = beside ? "id" : table.GetFIDColumn();
  if (layer.row_id.empty()) return;
  for (std::size_t row = 0; row < ids.size(); ++row) layer.features[row].values.emplace_back(std::to_string(ids[row]));
  const auto is_row = [&, row = GIntBig{0}](GIntBig id) mutable { return id == row++; };
  layer.numbered = beside && std::all_of(ids.begin(), ids.end(), is_row);
}

RawLayer read_table(const CatalogueSource& source, const VectorDataset& dataset) {
  OGRLayer& table = pick_table(source, dataset);
  RawLayer layer;
  layer.file = source.file.string();
  layer.fields = fields_of(*table.GetLayerDefn());
  layer.crs = crs_of(table.GetSpatialRef());
  layer.means_wgs84 = EQUAL(dataset->GetDriverName(), "TopoJSON") || EQUAL(dataset->GetDriverName(), "GeoJSON");
  const GdalErrors errors;
  std::vector<GIntBig> ids;
  while (const std::unique_ptr<OGRFeature, FeatureDeleter> feature{table.GetNextFeature()}) {
    layer.features.push_back(feature_of(*feature));
    ids.push_back(feature->GetFID());
  }
  if (!errors.last().empty()) source.fail({"file_damaged", {{"why", errors.last()}}});
  if (layer.features.empty()) source.fail({"no_features"});
  take_row_ids(table, dataset.format(), ids, layer);
  decode_texts(source, dataset.format(), table, layer);
  return layer;
}

}  // namespace

std::size_t RawLayer::field(const std::string& name, const CataloguePlace& asked_by) const {
  std::vector<std::string> names;
  for (const Field& f : fields) names.push_back(f.name);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  if (!row_id.empty() && lower_case(row_id) == lower_case(name)) {
    if (numbered) throw DataError("row_numbers_are_no_ids", {{"field", name}}).within(file).within(asked_by.text());
    return fields.size();
  }
  const auto near = nearest_word(name, names);
  throw DataError("field_missing", {{"field", name}, {"near", near.value_or("")}, {"known", names}})
      .within(file)
      .within(asked_by.text());
}

RawLayer select_features(const RawLayer& layer, const CatalogueSource& source) {
  const Filter filter(source, layer);
  RawLayer selected{layer.file,        layer.fields,  {},           layer.crs,
                    layer.means_wgs84, layer.remarks, layer.row_id, layer.numbered};
  for (const RawFeature& feature : layer.features)
    if (filter.accepts(feature)) selected.features.push_back(feature);
  if (selected.features.empty()) source.fail({"no_features_pass"});
  return selected;
}

RawLayer read_vector_file(const CatalogueSource& source) {
  const GdalErrors quiet;
  const VectorDataset dataset(source);
  require_known_crs(source, dataset);
  return read_table(source, dataset);
}

}  // namespace gridloom
