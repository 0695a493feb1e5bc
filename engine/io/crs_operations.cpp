// SPDX-License-Identifier: Apache-2.0
#include "engine/io/crs_operations.h"

#include <cpl_conv.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/crs.h"
#include "engine/io/crs_name.h"
#include "engine/io/gdal.h"

namespace gridloom {
namespace {

// Cached pairs, and the objects in them while they are cloned; grid folders.
std::mutex& guard() {
  static std::mutex mutex;
  return mutex;
}

std::vector<std::string>& grid_folders() {
  static std::vector<std::string> folders;
  return folders;
}

using Cache = std::map<std::pair<std::string, std::string>, std::shared_ptr<const CrsOperations>>;
Cache& cache() {
  static Cache pairs;
  return pairs;
}

std::string text_or_empty(const char* text) { return text ? text : ""; }

std::string degrees_text(double degrees) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", degrees);
  return text;
}

// Silent, without network, with the grid folders. Under the guard.
PjContext proj_context() {
  PjContext context(proj_context_create());
  proj_log_level(context.get(), PJ_LOG_NONE);
  proj_context_set_enable_network(context.get(), 0);
  std::vector<const char*> folders;
  for (const std::string& folder : grid_folders()) folders.push_back(folder.c_str());
  if (!folders.empty()) {
    // The folders that PROJ looks in by itself stay.
    static const std::string own = text_or_empty(proj_info().searchpath);
    std::vector<std::string> all;
    for (std::size_t start = 0; start < own.size();) {
      const std::size_t end = std::min(own.find(':', start), own.size());
      all.push_back(own.substr(start, end - start));
      start = end + 1;
    }
    for (const std::string& folder : all) folders.push_back(folder.c_str());
    proj_context_set_search_paths(context.get(), static_cast<int>(folders.size()), folders.data());
  }
  return context;
}

std::string wkt2_of(const OGRSpatialReference& srs) {
  const char* const options[] = {"FORMAT=WKT2_2019", nullptr};
  char* wkt = nullptr;
  srs.exportToWkt(&wkt, options);
  const std::string text = text_or_empty(wkt);
  CPLFree(wkt);
  return text;
}

// The CRS without heights; null where PROJ cannot say.
Pj horizontal(PJ_CONTEXT* context, Pj crs) {
  while (crs && proj_get_type(crs.get()) == PJ_TYPE_COMPOUND_CRS)
    crs.reset(proj_crs_get_sub_crs(context, crs.get(), 0));
  return crs;
}

std::string parameter(const char* name, int code, double value) {
  return std::string(",PARAMETER[\"") + name + "\"," + number_text(value) + ",ID[\"EPSG\"," + std::to_string(code) +
         "]]";
}

// What is declared of a datum, as the method of an abridged transformation in WKT 2.
std::string declared_method(const CrsName& name) {
  if (!name.grid.empty())
    return "METHOD[\"NTv2\",ID[\"EPSG\",9615]],PARAMETERFILE[\"file\",\"" + name.grid + "\",ID[\"EPSG\",8656]]";
  // An abridged transformation's units are metres, arc seconds, and for the scale 1 + what it is above 1.
  std::vector<double> p = name.to_wgs84;
  p.resize(7, 0);
  return "METHOD[\"Position_Vector\",ID[\"EPSG\",9606]]" + parameter("dx", 8605, p[0]) + parameter("dy", 8606, p[1]) +
         parameter("dz", 8607, p[2]) + parameter("rx", 8608, p[3]) + parameter("ry", 8609, p[4]) +
         parameter("rz", 8610, p[5]) + parameter("scale", 8611, 1 + p[6] * 1e-6);
}

// One side of a transformation.
struct Side {
  CrsName name;
  OGRSpatialReference srs;
  Pj crs;
  bool cgcs2000 = false, wgs84 = false;

  bool declared() const { return !name.to_wgs84.empty() || !name.grid.empty(); }
};

std::string wkt2_of(PJ_CONTEXT* context, const PJ* crs) {
  return text_or_empty(proj_as_wkt(context, crs, PJ_WKT2_2019, nullptr));
}

Pj bound(PJ_CONTEXT* context, const PJ* crs, const CrsName& name) {
  const Pj hub(proj_create(context, "EPSG:4326"));
  const std::string wkt = "BOUNDCRS[SOURCECRS[" + wkt2_of(context, crs) + "],TARGETCRS[" + wkt2_of(context, hub.get()) +
                          "],ABRIDGEDTRANSFORMATION[\"declared\"," + declared_method(name) + "]]";
  return Pj(proj_create(context, wkt.c_str()));
}

// "World Geodetic System 1984", "China 2000"; empty for a CRS without a datum.
std::string datum_of(PJ_CONTEXT* context, const PJ* crs) {
  if (crs && proj_get_type(crs) == PJ_TYPE_BOUND_CRS) return {};  // leads to WGS 84 by what it declares
  const Pj geodetic(proj_crs_get_geodetic_crs(context, crs));
  if (!geodetic) return {};
  const Pj datum(proj_crs_get_datum_forced(context, geodetic.get()));
  return datum ? text_or_empty(proj_get_name(datum.get())) : "";
}

bool is_china_2000(const std::string& datum) {
  const std::string name = lower_case(datum);
  return name.find("2000") != name.npos && (name.find("china") != name.npos || name.find("cgcs") != name.npos);
}

Side side_of(PJ_CONTEXT* context, const std::string& text) {
  Side side;
  side.name = parse_crs_name(text);
  const GdalErrors quiet;
  if (!set_crs(side.srs, side.name.crs)) throw DataError("crs_unknown", {{"crs", text}});
  const char* authority = side.srs.GetAuthorityName(nullptr);
  const char* code = side.srs.GetAuthorityCode(nullptr);
  // By its code, where it has one: so PROJ's database knows what it is related to.
  const std::string named = authority && code ? std::string(authority) + ":" + code : wkt2_of(side.srs);
  side.crs = horizontal(context, Pj(proj_create(context, named.c_str())));
  if (!side.crs) side.crs = horizontal(context, Pj(proj_create(context, wkt2_of(side.srs).c_str())));
  if (!side.crs) throw DataError("crs_unknown", {{"crs", text}});
  if (side.declared()) side.crs = bound(context, side.crs.get(), side.name);
  if (!side.crs) throw DataError("crs_parameters_unusable", {{"crs", text}});
  const std::string datum = datum_of(context, side.crs.get());
  side.cgcs2000 = is_china_2000(datum);
  side.wgs84 = datum.starts_with("World Geodetic System 1984") || datum.starts_with("WGS 84") || datum == "WGS_1984";
  return side;
}

// The same CRS on WGS 84 instead of CGCS 2000.
Pj on_wgs84(PJ_CONTEXT* context, const Side& side) {
  OGRSpatialReference wgs84;
  wgs84.importFromEPSG(4326);
  if (side.srs.IsGeographic()) return Pj(proj_create(context, "EPSG:4326"));
  OGRSpatialReference altered(side.srs);
  altered.CopyGeogCSFrom(&wgs84);
  return horizontal(context, Pj(proj_create(context, wkt2_of(altered).c_str())));
}

bool offshore_only(const std::string& area) {
  const std::string name = lower_case(area);
  return name.find("offshore") != name.npos && name.find("onshore") == name.npos;
}

std::vector<std::string> missing_grids(PJ_CONTEXT* context, const PJ* op) {
  std::vector<std::string> names;
  for (int i = 0; i < proj_coordoperation_get_grid_used_count(context, op); ++i) {
    const char* name = nullptr;
    int available = 0;
    if (proj_coordoperation_get_grid_used(context, op, i, &name, nullptr, nullptr, nullptr, nullptr, nullptr,
                                          &available) &&
        name && !available)
      names.emplace_back(name);
  }
  return names;
}

struct Found {
  std::vector<CrsOperation> known, ballpark;
  std::vector<MissingGrid> missing;
};

void add_operation(PJ_CONTEXT* context, Pj op, Found& found) {
  CrsOperation made;
  made.name = text_or_empty(proj_get_name(op.get()));
  made.accuracy_m = std::max(0.0, proj_coordoperation_get_accuracy(context, op.get()));
  AreaOfUse& a = made.area;
  const char* area = nullptr;
  const bool limited = proj_get_area_of_use(context, op.get(), &a.west, &a.south, &a.east, &a.north, &area) &&
                       a.west >= -180 && made.accuracy_m > 0;
  if (!limited) a = {};
  made.everywhere = !limited;
  if (limited && area && offshore_only(area)) return;
  const bool ballpark = proj_coordoperation_has_ballpark_transformation(context, op.get());
  if (!proj_coordoperation_is_instantiable(context, op.get())) {
    for (std::string& grid : missing_grids(context, op.get()))
      if (!ballpark) found.missing.push_back({std::move(grid), made.accuracy_m, made.area});
    return;
  }
  made.op.reset(proj_normalize_for_visualization(context, op.get()));
  if (made.op) (ballpark ? found.ballpark : found.known).push_back(std::move(made));
}

Found find_operations(PJ_CONTEXT* context, const PJ* from, const PJ* to) {
  Found found;
  const std::unique_ptr<PJ_OPERATION_FACTORY_CONTEXT, PjDeleter> factory(
      proj_create_operation_factory_context(context, nullptr));
  proj_operation_factory_context_set_spatial_criterion(context, factory.get(),
                                                       PROJ_SPATIAL_CRITERION_PARTIAL_INTERSECTION);
  proj_operation_factory_context_set_grid_availability_use(context, factory.get(), PROJ_GRID_AVAILABILITY_IGNORED);
  const std::unique_ptr<PJ_OBJ_LIST, PjDeleter> list(proj_create_operations(context, from, to, factory.get()));
  for (int i = 0; list && i < proj_list_get_count(list.get()); ++i)
    add_operation(context, Pj(proj_list_get(context, list.get(), i)), found);
  const auto better = [](const auto& a, const auto& b) {
    return std::pair(a.accuracy_m, a.area.size()) < std::pair(b.accuracy_m, b.area.size());
  };
  std::stable_sort(found.known.begin(), found.known.end(), better);
  std::stable_sort(found.missing.begin(), found.missing.end(), better);
  return found;
}

Found find_operations(PJ_CONTEXT* context, const Side& from, const Side& to) {
  Found found = find_operations(context, from.crs.get(), to.crs.get());
  if (!found.known.empty()) return found;
  if ((from.cgcs2000 && to.wgs84) || (from.wgs84 && to.cgcs2000)) {
    found.known = std::move(found.ballpark);  // the same position on both, to centimetres
  } else if (from.cgcs2000 != to.cgcs2000) {
    const Pj altered = on_wgs84(context, from.cgcs2000 ? from : to);
    if (Found on = altered ? find_operations(context, from.cgcs2000 ? altered.get() : from.crs.get(),
                                             to.cgcs2000 ? altered.get() : to.crs.get())
                           : Found{};
        !on.known.empty())
      return on;
  }
  return found;
}

std::string short_name(const std::string& crs, const PJ* object) {
  constexpr std::size_t kReadable = 48;
  return crs.size() <= kReadable || !object ? crs : text_or_empty(proj_get_name(object));
}

std::shared_ptr<const CrsOperations> make(const std::string& from_text, const std::string& to_text) {
  auto made = std::make_shared<CrsOperations>();
  made->context = proj_context();
  PJ_CONTEXT* context = made->context.get();
  const Side from = side_of(context, from_text), to = side_of(context, to_text);
  made->from = short_name(from_text, from.crs.get());
  made->to = short_name(to_text, to.crs.get());
  Found found = find_operations(context, from, to);
  if (found.known.empty() && found.ballpark.empty() && found.missing.empty())
    throw DataError("no_transformation",
                    {{"from", made->from},
                     {"to", made->to},
                     {"why", text_or_empty(proj_context_errno_string(context, proj_context_errno(context)))}});
  made->operations = std::move(found.known);
  made->missing = std::move(found.missing);
  if (from.name.ballpark || to.name.ballpark)
    for (CrsOperation& op : found.ballpark) {
      op.everywhere = true;  // it is meant
      made->operations.push_back(std::move(op));
    }
  if (made->operations.empty()) made->fail_as_ballpark(std::nullopt);
  if (!made->operations.front().everywhere) {
    Pj source(proj_get_type(from.crs.get()) == PJ_TYPE_BOUND_CRS ? proj_get_source_crs(context, from.crs.get())
                                                                 : proj_clone(context, from.crs.get()));
    const Pj degrees(proj_crs_get_geodetic_crs(context, source.get()));
    Found plain = find_operations(context, source.get(), degrees.get());
    if (!plain.known.empty()) made->to_degrees = std::move(plain.known.front().op);
  }
  return made;
}

}  // namespace

void look_for_grids_in(const std::filesystem::path& folder) {
  const std::lock_guard lock(guard());
  std::vector<std::string>& folders = grid_folders();
  if (std::find(folders.begin(), folders.end(), folder.string()) != folders.end()) return;
  folders.push_back(folder.string());
  cache().clear();  // what failed for want of a grid may now be had
}

bool AreaOfUse::holds(LonLat p) const {
  constexpr double kMargin = 0.1;  // degrees: a city that reaches a little over the rim is one
  if (!(p.lat >= south - kMargin && p.lat <= north + kMargin)) return false;
  p.lon -= 360 * std::round(p.lon / 360);
  if (west <= east) return p.lon >= west - kMargin && p.lon <= east + kMargin;
  return p.lon >= west - kMargin || p.lon <= east + kMargin;
}

double AreaOfUse::size() const { return (west <= east ? east - west : east - west + 360) * (north - south); }

std::shared_ptr<const CrsOperations> CrsOperations::between(const std::string& from, const std::string& to) {
  constexpr std::size_t kKept = 256;
  const std::lock_guard lock(guard());
  if (const auto known = cache().find({from, to}); known != cache().end()) return known->second;
  auto made = make(from, to);
  if (cache().size() >= kKept) cache().clear();
  return cache()[{from, to}] = std::move(made);
}

CrsOperations::Copy CrsOperations::copy() const {
  const std::lock_guard lock(guard());  // a PJ must not be cloned by two at once
  Copy made;
  made.context = proj_context();
  for (const CrsOperation& o : operations) made.operations.emplace_back(proj_clone(made.context.get(), o.op.get()));
  if (to_degrees) made.to_degrees.reset(proj_clone(made.context.get(), to_degrees.get()));
  return made;
}

std::vector<std::string> CrsOperations::grids_for(std::optional<LonLat> place, std::optional<double> accuracy_m) const {
  constexpr std::size_t kNamed = 3;
  std::vector<std::string> names;
  for (const MissingGrid& m : missing) {
    if (names.size() == kNamed) break;
    if ((place && !m.area.holds(*place)) || (accuracy_m && m.accuracy_m >= *accuracy_m)) continue;
    if (std::find(names.begin(), names.end(), m.grid) == names.end()) names.push_back(m.grid);
  }
  return names;
}

void CrsOperations::fail_as_ballpark(std::optional<LonLat> place) const {
  const bool known = place && std::isfinite(place->lon) && std::isfinite(place->lat);
  throw DataError("transformation_unknown", {{"from", from},
                                             {"to", to},
                                             {"lon", known ? degrees_text(place->lon) : ""},
                                             {"lat", known ? degrees_text(place->lat) : ""},
                                             {"grids", grids_for(place, std::nullopt)}});
}

}  // namespace gridloom
