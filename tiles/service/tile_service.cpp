// SPDX-License-Identifier: Apache-2.0
#include "tiles/service/tile_service.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tiles/drawing/atlas.h"
#include "tiles/drawing/painter.h"
#include "tiles/vector/mvt.h"

namespace gridloom {
namespace {

constexpr unsigned kMaxZoom = 19;  // a pixel is 30 cm: finer shows nothing new
constexpr double kReach_px = 4;    // how far lines reach beyond the city's box

// The zoom at which the city fills about one tile.
unsigned fitting_zoom(const Atlas& atlas) {
  const double side = std::max({atlas.high().x - atlas.low().x, atlas.high().y - atlas.low().y, 1.0});
  return static_cast<unsigned>(std::clamp(std::floor(std::log2(2 * kMercatorHalf / side)), 0.0, double{kMaxZoom}));
}

bool near_city(const Atlas& atlas, TileId tile) {
  const double side = 2 * kMercatorHalf / std::exp2(tile.z), reach = side / kTilePixels * kReach_px;
  const double west = tile.x * side - kMercatorHalf, north = kMercatorHalf - tile.y * side;
  return west - reach <= atlas.high().x && atlas.low().x <= west + side + reach &&
         north - side - reach <= atlas.high().y && atlas.low().y <= north + reach;
}

// The tile as the city counts, which may lie on both sides of the world's right edge (mercator.h).
TileId beyond_edge(const Atlas& atlas, TileId tile) {
  const TileId shifted{tile.z, tile.x + (1U << tile.z), tile.y};
  return !near_city(atlas, tile) && near_city(atlas, shifted) ? shifted : tile;
}

}  // namespace

struct TileService::Prepared {
  Painter painter;
  Atlas atlas;
  Lazy<std::pair<std::string, unsigned>, std::string> blanks;  // by map and scale

  Prepared(std::shared_ptr<const City> city, const std::filesystem::path& styles)
      : painter(styles), atlas(std::move(city), painter.palettes()) {}

  const std::string& blank(const MapRequest& request, unsigned scale) const {
    return blanks.get({request.map, scale}, [&] {
      // As far from the city as the world allows: a corner that the city cannot reach.
      const std::uint32_t last = (1u << kMaxZoom) - 1;
      const TileId corner{kMaxZoom, atlas.low().x > 0 ? 0 : last, atlas.low().y > 0 ? last : 0};
      return painter.png(atlas, request, atlas.theme(request), corner, scale);
    });
  }
};

TileService::TileService(std::shared_ptr<const City> city, const std::filesystem::path& styles)
    : prepared_(std::make_unique<Prepared>(std::move(city), styles)) {}

TileService::~TileService() = default;

const City& TileService::city() const { return prepared_->atlas.city(); }

bool TileService::valid(const MapRequest& r) const {
  const MapDefinition* map = find_map(r.map);
  if (!map) return false;
  const auto& layers = city().layers;
  return !map->needs_layer ||
         std::any_of(layers.begin(), layers.end(), [&](const Layer& l) { return l.id == r.layer; });
}

GeographicBounds TileService::bounds() const {
  const LonLat low = to_lon_lat(prepared_->atlas.low()), high = to_lon_lat(prepared_->atlas.high());
  constexpr double kHalf = 180;
  const auto wrapped = [](double lon) { return lon > kHalf ? lon - 2 * kHalf : lon; };
  return {wrapped(low.lon), low.lat, wrapped(high.lon), high.lat};
}

unsigned TileService::min_zoom() const {
  const unsigned fit = fitting_zoom(prepared_->atlas);
  return fit > 0 ? fit - 1 : 0;
}

unsigned TileService::max_zoom() const { return kMaxZoom; }

bool TileService::dark(const MapDefinition& map) const { return is_dark(prepared_->atlas.palette(map).background); }

std::string TileService::png(const MapRequest& request, TileId tile, unsigned scale,
                             const GridIncidents& incidents) const {
  tile = beyond_edge(prepared_->atlas, tile);
  if (!valid(request) || scale < 1 || scale > 2) throw std::invalid_argument("no such map or scale");
  if (!near_city(prepared_->atlas, tile)) return prepared_->blank(request, scale);
  return prepared_->painter.png(prepared_->atlas, request, *prepared_->atlas.theme(request, incidents), tile, scale);
}

std::string TileService::mvt(const MapRequest& request, TileId tile, const GridIncidents& incidents) const {
  tile = beyond_edge(prepared_->atlas, tile);
  if (!valid(request)) throw std::invalid_argument("no such map");
  if (!near_city(prepared_->atlas, tile)) return {};
  return encode_mvt(prepared_->atlas, map_of(request.map), *prepared_->atlas.theme(request, incidents), tile);
}

std::vector<LegendEntry> TileService::legend(const MapRequest& request, const GridIncidents& incidents) const {
  return prepared_->atlas.theme(request, incidents)->legend;
}

}  // namespace gridloom
