// SPDX-License-Identifier: Apache-2.0
#include "engine/io/crs.h"

#include <ogr_spatialref.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/crs_operations.h"
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
  std::shared_ptr<const CrsOperations> operations;
  CrsOperations::Copy own;
  std::vector<std::optional<LonLat>> used;  // [operation] a place it was used for

  explicit State(std::shared_ptr<const CrsOperations> shared)
      : operations(std::move(shared)), own(operations->copy()), used(own.operations.size()) {}

  // The first, and most accurate, operation that holds at the place; none where there is none.
  std::optional<std::size_t> operation_at(LonLat place) const {
    for (std::size_t o = 0; o < operations->operations.size(); ++o)
      if (operations->operations[o].everywhere || operations->operations[o].area.holds(place)) return o;
    return std::nullopt;
  }

  void run(std::size_t operation, std::span<double> x, std::span<double> y) {
    PJ* op = own.operations[operation].get();
    proj_errno_reset(op);
    proj_trans_generic(op, PJ_FWD, x.data(), sizeof(double), x.size(), y.data(), sizeof(double), y.size(), nullptr, 0,
                       0, nullptr, 0, 0);
  }

  // Each place by the operation that holds there. False for places that none holds at; they become infinite.
  bool run_by_place(std::span<double> x, std::span<double> y);
};

bool CrsTransform::State::run_by_place(std::span<double> x, std::span<double> y) {
  std::vector<double> lon(x.begin(), x.end()), lat(y.begin(), y.end());
  if (PJ* degrees = own.to_degrees.get()) {
    proj_errno_reset(degrees);
    proj_trans_generic(degrees, PJ_FWD, lon.data(), sizeof(double), lon.size(), lat.data(), sizeof(double), lat.size(),
                       nullptr, 0, 0, nullptr, 0, 0);
  }
  const auto at = [&](std::size_t i) { return operation_at({lon[i], lat[i]}); };
  bool held = true;
  for (std::size_t first = 0; first < x.size();) {
    const std::optional<std::size_t> operation = at(first);
    std::size_t last = first + 1;
    while (last < x.size() && at(last) == operation) ++last;
    if (operation) {
      if (!used[*operation]) used[*operation] = LonLat{lon[first], lat[first]};
      run(*operation, x.subspan(first, last - first), y.subspan(first, last - first));
    } else {
      held = held && !std::isfinite(lon[first]);
      std::fill(x.begin() + static_cast<std::ptrdiff_t>(first), x.begin() + static_cast<std::ptrdiff_t>(last),
                std::numeric_limits<double>::infinity());
    }
    first = last;
  }
  // One stray place in many is a place without image; where nothing is held, the whole question is wrong.
  if (!held && std::none_of(x.begin(), x.end(), [](double v) { return std::isfinite(v); }))
    operations->fail_as_ballpark(LonLat{lon.front(), lat.front()});
  return held;
}

CrsTransform::CrsTransform(const std::string& from, const std::string& to)
    : state_(std::make_unique<State>(CrsOperations::between(from, to))) {}
CrsTransform::~CrsTransform() = default;
CrsTransform::CrsTransform(const CrsTransform& other) : state_(std::make_unique<State>(other.state_->operations)) {}
CrsTransform& CrsTransform::operator=(const CrsTransform& other) { return *this = CrsTransform(other); }
CrsTransform::CrsTransform(CrsTransform&&) noexcept = default;
CrsTransform& CrsTransform::operator=(CrsTransform&&) noexcept = default;

bool CrsTransform::transform(std::span<double> x, std::span<double> y) {
  if (x.empty()) return true;
  if (state_->operations->operations.front().everywhere)
    state_->run(0, x, y);
  else
    state_->run_by_place(x, y);
  bool all = true;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::isfinite(x[i]) && std::isfinite(y[i])) continue;
    x[i] = y[i] = std::numeric_limits<double>::infinity();
    all = false;
  }
  return all;
}

std::optional<UsedOperation> CrsTransform::least_accurate() const {
  const std::vector<CrsOperation>& operations = state_->operations->operations;
  for (std::size_t o = operations.size(); o-- > 0;)
    if (state_->used[o] && operations[o].accuracy_m > 0)
      return UsedOperation{operations[o].name, operations[o].accuracy_m,
                           state_->operations->grids_for(state_->used[o], operations[o].accuracy_m)};
  return std::nullopt;
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
      degrees_(is_geographic(named_source(source, datum).crs)),
      first_(named_source(source, datum).crs, shifted(datum_) ? "EPSG:4326" : working_crs) {
  if (shifted(datum_)) second_ = std::make_unique<CrsTransform>("EPSG:4326", working_crs);
}

std::optional<UsedOperation> PositionReader::least_accurate() const { return first_.least_accurate(); }

PositionReader::PositionReader(const PositionReader& other)
    : datum_(other.datum_),
      degrees_(other.degrees_),
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
