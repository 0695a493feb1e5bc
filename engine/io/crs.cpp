// SPDX-License-Identifier: Apache-2.0
#include "engine/io/crs.h"

#include <ogr_spatialref.h>

#include <cctype>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/gdal.h"

namespace gridloom {
namespace {

OGRSpatialReference spatial_reference(const std::string& crs) {
  const GdalErrors quiet;
  OGRSpatialReference srs;
  if (!set_crs(srs, crs)) throw DataError("crs_unknown", {{"crs", crs}});
  srs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  return srs;
}

bool is_metre(const OGRSpatialReference& srs) { return std::abs(srs.GetLinearUnits() - 1.0) < 1e-12; }

struct Source {
  std::string crs;
  Datum datum;
};

Source named_source(const std::string& source, Datum datum) {
  const std::string name = lower_case(source);
  if (name == "wgs84") return {"EPSG:4326", datum};
  if (name == "cgcs2000") return {"EPSG:4490", datum};
  if (name == "gcj02" || name == "gcj-02") return {"EPSG:4326", Datum::gcj02};
  if (name == "bd09" || name == "bd-09") return {"EPSG:4326", Datum::bd09};
  return {source, datum};
}

bool shifted(Datum datum) { return datum == Datum::gcj02 || datum == Datum::bd09; }

}  // namespace

void require_working_crs(const std::string& crs) {
  const OGRSpatialReference srs = spatial_reference(crs);
  if (srs.IsGeographic()) throw DataError("working_crs_in_degrees", {{"crs", crs}});
  if (!srs.IsProjected() || !is_metre(srs)) throw DataError("working_crs_not_metric", {{"crs", crs}});
}

bool is_geographic(const std::string& crs) { return spatial_reference(crs).IsGeographic(); }

struct CrsTransform::State {
  std::string from, to;
  std::unique_ptr<OGRCoordinateTransformation> ct;
  std::vector<int> ok;

  State(const std::string& from_crs, const std::string& to_crs) : from(from_crs), to(to_crs) {
    const OGRSpatialReference a = spatial_reference(from), b = spatial_reference(to);
    const GdalErrors quiet;
    ct.reset(OGRCreateCoordinateTransformation(&a, &b));
    if (!ct) throw DataError("no_transformation", {{"from", from}, {"to", to}, {"why", quiet.last()}});
  }
};

CrsTransform::CrsTransform(const std::string& from, const std::string& to)
    : state_(std::make_unique<State>(from, to)) {}
CrsTransform::~CrsTransform() = default;
CrsTransform::CrsTransform(const CrsTransform& other)
    : state_(std::make_unique<State>(other.state_->from, other.state_->to)) {}
CrsTransform& CrsTransform::operator=(const CrsTransform& other) { return *this = CrsTransform(other); }
CrsTransform::CrsTransform(CrsTransform&&) noexcept = default;
CrsTransform& CrsTransform::operator=(CrsTransform&&) noexcept = default;

bool CrsTransform::transform(std::span<double> x, std::span<double> y) {
  if (x.empty()) return true;
  const GdalErrors quiet;
  std::vector<int>& ok = state_->ok;
  ok.assign(x.size(), FALSE);
  state_->ct->Transform(static_cast<int>(x.size()), x.data(), y.data(), nullptr, ok.data());
  bool all = true;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (ok[i] && std::isfinite(x[i]) && std::isfinite(y[i])) continue;
    x[i] = y[i] = std::numeric_limits<double>::infinity();
    all = false;
  }
  return all;
}

Projection::Projection(const std::string& crs)
    : crs_((require_working_crs(crs), crs)), forward_("EPSG:4326", crs), back_(crs, "EPSG:4326") {}

Projected Projection::project(LonLat wgs84) {
  forward_.transform({&wgs84.lon, 1}, {&wgs84.lat, 1});
  return {wgs84.lon, wgs84.lat};
}

LonLat Projection::to_lonlat(Projected p) {
  back_.transform({&p.x, 1}, {&p.y, 1});
  return {p.x, p.y};
}

Projected project(const std::string& crs, LonLat wgs84) { return Projection(crs).project(wgs84); }
LonLat to_lonlat(const std::string& crs, Projected p) { return Projection(crs).to_lonlat(p); }

PositionReader::PositionReader(const std::string& source, Datum datum, const std::string& working_crs)
    : datum_(named_source(source, datum).datum),
      first_(named_source(source, datum).crs, shifted(datum_) ? "EPSG:4326" : working_crs) {
  if (shifted(datum_)) second_ = std::make_unique<CrsTransform>("EPSG:4326", working_crs);
}

PositionReader::PositionReader(const PositionReader& other)
    : datum_(other.datum_),
      first_(other.first_),
      second_(other.second_ ? std::make_unique<CrsTransform>(*other.second_) : nullptr) {}

bool PositionReader::read(std::span<double> x, std::span<double> y) {
  const bool all = first_.transform(x, y);
  if (!second_) return all;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const LonLat p = undo_shift(datum_, {x[i], y[i]});
    x[i] = p.lon;
    y[i] = p.lat;
  }
  return second_->transform(x, y) && all;
}

Projected PositionReader::read(double x, double y) {
  read({&x, 1}, {&y, 1});
  return {x, y};
}

}  // namespace gridloom
