// SPDX-License-Identifier: Apache-2.0
#include "tiles/vector/mvt.h"

#include <geos_c.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "mvt_decoder.h"
#include "support/repository.h"
#include "support/toy_city.h"
#include "tiles/service/tile_service.h"

namespace gridloom {
namespace {

using mvt::TilePoint;

const TileService& service() {
  static const TileService s(std::make_shared<const City>(toy::city()), repository() / "styles");
  return s;
}

std::vector<MapRequest> every_map() {
  std::vector<MapRequest> out;
  for (const MapDefinition& map : all_maps())
    for (const char* layer : {"police", "schools"}) {
      if (!map.needs_layer && !out.empty() && out.back().map == map.id) continue;
      out.push_back({map.id, map.needs_layer ? layer : "", Language::en});
    }
  return out;
}

std::vector<TileId> tiles_of_the_city(unsigned z) {
  const GeographicBounds b = service().bounds();
  const auto column = [&](double lon) { return static_cast<std::uint32_t>((lon + 180) / 360 * std::exp2(z)); };
  const auto row = [&](double lat) {
    const double y = std::asinh(std::tan(lat * std::numbers::pi / 180)) / std::numbers::pi;
    return static_cast<std::uint32_t>((1 - y) / 2 * std::exp2(z));
  };
  std::vector<TileId> tiles;
  for (std::uint32_t x = column(b.west); x <= column(b.east); ++x)
    for (std::uint32_t y = row(b.north); y <= row(b.south); ++y) tiles.push_back({z, x, y});
  return tiles;
}

mvt::Layer decoded(const MapRequest& request, TileId tile) {
  const std::string data = service().mvt(request, tile);
  if (data.empty()) return {};
  const std::vector<mvt::Layer> layers = mvt::decode(data);
  EXPECT_EQ(layers.size(), 1u);
  return layers.at(0);
}

// Rings to polygons: an outer ring and the holes that follow it.
std::vector<std::vector<mvt::Ring>> polygons(const mvt::Feature& f) {
  std::vector<std::vector<mvt::Ring>> out;
  for (const mvt::Ring& r : f.rings) {
    if (mvt::doubled_area(r) > 0) out.emplace_back();
    out.back().push_back(r);
  }
  return out;
}

bool valid(const std::vector<mvt::Ring>& polygon) {
  GEOSContextHandle_t geos = GEOS_init_r();
  const auto ring = [&](const mvt::Ring& points) {
    const auto size = static_cast<unsigned>(points.size());
    GEOSCoordSequence* s = GEOSCoordSeq_create_r(geos, size + 1, 2);
    for (unsigned i = 0; i <= size; ++i)
      GEOSCoordSeq_setXY_r(geos, s, i, static_cast<double>(points[i % size].x),
                           static_cast<double>(points[i % size].y));
    return GEOSGeom_createLinearRing_r(geos, s);
  };
  std::vector<GEOSGeometry*> holes;
  for (std::size_t i = 1; i < polygon.size(); ++i) holes.push_back(ring(polygon[i]));
  GEOSGeometry* g = GEOSGeom_createPolygon_r(geos, ring(polygon[0]), holes.data(), static_cast<unsigned>(holes.size()));
  const bool ok = GEOSisValid_r(geos, g) == 1;
  GEOSGeom_destroy_r(geos, g);
  GEOS_finish_r(geos);
  return ok;
}

using Edge = std::pair<TilePoint, TilePoint>;  // in world units of the zoom, as walked

// Edges with both ends inside the tile's buffer, away from where clipping cuts.
std::multiset<Edge> inner_edges(const mvt::Layer& layer, TileId tile) {
  const std::int64_t reach = kTileBuffer - 2;
  const auto inside = [&](TilePoint p) {
    return p.x > -reach && p.y > -reach && p.x < kTileExtent + reach && p.y < kTileExtent + reach;
  };
  const auto world = [&](TilePoint p) { return TilePoint{p.x + tile.x * kTileExtent, p.y + tile.y * kTileExtent}; };
  std::multiset<Edge> edges;
  for (const mvt::Feature& f : layer.features)
    for (const mvt::Ring& r : f.rings)
      for (std::size_t i = 0; i < r.size(); ++i) {
        const TilePoint a = r[i], b = r[(i + 1) % r.size()];
        if (inside(a) && inside(b)) edges.insert({world(a), world(b)});
      }
  return edges;
}

TEST(Mvt, KeepsTheSpecificationAndItsPolygonsValid) {
  std::size_t seen = 0;
  for (const MapRequest& request : every_map())
    for (unsigned z : {8u, 10u, 12u, 14u, 15u, 16u})
      for (const TileId tile : tiles_of_the_city(z))
        for (const mvt::Feature& f : decoded(request, tile).features) {
          if (f.type != 3) continue;
          for (const auto& p : polygons(f)) {
            EXPECT_TRUE(valid(p)) << request.map << " " << z << "/" << tile.x << "/" << tile.y << " id " << f.id;
            ++seen;
          }
        }
  EXPECT_GT(seen, 300u);
}

TEST(Mvt, NamesLayerVersionAndExtent) {
  for (const MapRequest& request : every_map()) {
    const mvt::Layer layer = decoded(request, tiles_of_the_city(13).at(0));
    EXPECT_EQ(layer.version, 2u);
    EXPECT_EQ(layer.extent, 4096u);
    EXPECT_EQ(layer.name, map_of(request.map).vector_layer);
  }
}

TEST(Mvt, CarriesTheStatedFieldsWithTheirTypes) {
  for (const MapRequest& request : every_map())
    for (const mvt::Feature& f : decoded(request, tiles_of_the_city(13).at(0)).features) {
      ASSERT_EQ(f.tags.size(), map_of(request.map).fields.size());
      for (const auto& [name, type] : map_of(request.map).fields) {
        ASSERT_TRUE(f.tags.contains(name)) << name;
        EXPECT_EQ(std::holds_alternative<std::string>(f.tags.at(name)), type == "String") << name;
      }
    }
}

TEST(Mvt, NeighboursShareTheirEdgesWithinATile) {
  const MapRequest grids{"grids", "", Language::en}, police{"department", "police", Language::en};
  for (unsigned z : {11u, 13u, 15u})
    for (const TileId tile : tiles_of_the_city(z)) {
      // Both maps cover the same ground: what has no neighbour is the city's outline in both.
      std::set<Edge> outline[2];
      int k = 0;
      for (const MapRequest& request : {grids, police}) {
        const std::multiset<Edge> edges = inner_edges(decoded(request, tile), tile);
        for (const Edge& e : edges) {
          EXPECT_EQ(edges.count(e), 1u) << "ground that two polygons claim";
          if (!edges.contains({e.second, e.first})) outline[k].insert(e);
        }
        ++k;
      }
      EXPECT_EQ(outline[0], outline[1]);
    }
}

TEST(Mvt, NeighbouringTilesAgreeWhereTheyOverlap) {
  const unsigned z = 16;
  for (const MapRequest& request : every_map())
    for (const TileId tile : tiles_of_the_city(z)) {
      const TileId east{z, tile.x + 1, tile.y};
      const std::multiset<Edge> here = inner_edges(decoded(request, tile), tile);
      const std::multiset<Edge> there = inner_edges(decoded(request, east), east);
      const std::int64_t west_edge = static_cast<std::int64_t>(east.x) * kTileExtent - kTileBuffer + 2;
      const std::int64_t east_edge = static_cast<std::int64_t>(east.x) * kTileExtent + kTileBuffer - 2;
      const auto both = [&](const Edge& e) {
        return std::min(e.first.x, e.second.x) > west_edge && std::max(e.first.x, e.second.x) < east_edge;
      };
      for (const Edge& e : here) EXPECT_TRUE(!both(e) || there.contains(e));
      for (const Edge& e : there) EXPECT_TRUE(!both(e) || here.contains(e));
    }
}

TEST(Mvt, LosesNoGridHoweverFarAway) {
  const MapRequest grids{"grids", "", Language::en};
  for (unsigned z = 0; z <= 17; ++z) {
    std::set<std::string> codes;
    std::size_t points = 0;
    for (const TileId tile : tiles_of_the_city(z))
      for (const mvt::Feature& f : decoded(grids, tile).features) {
        codes.insert(std::get<std::string>(f.tags.at("code")));
        points += f.type == 1;
      }
    EXPECT_EQ(codes.size(), 9u) << "zoom " << z;
    EXPECT_TRUE(z >= 3 || points > 0);
    EXPECT_TRUE(z <= 12 || points == 0);
  }
}

TEST(Mvt, EnlargesTheFinestLevel) {
  const MapRequest grids{"grids", "", Language::en};
  const TileId coarse = tiles_of_the_city(18).at(150);
  const TileId fine{20, coarse.x * 4 + 1, coarse.y * 4 + 2};
  ASSERT_FALSE(service().mvt(grids, fine).empty());
  for (const mvt::Feature& f : decoded(grids, fine).features)
    for (const mvt::Ring& r : f.rings)
      for (const TilePoint p : r) {
        EXPECT_GE(p.x, -kTileBuffer);
        EXPECT_LE(p.x, kTileExtent + kTileBuffer);
      }
}

TEST(Mvt, ServesAllTheGroundOfOverlappingCells) {
  // The harbour school's ground, east of column 9, reaches over two columns of the next school's.
  const MapRequest schools{"department", "schools", Language::en};
  constexpr unsigned kWhole = 10;  // one tile holds the city
  ASSERT_EQ(tiles_of_the_city(kWhole).size(), 1u);
  double harbour = 0, all = 0;
  for (const TileId tile : tiles_of_the_city(kWhole))
    for (const mvt::Feature& f : decoded(schools, tile).features)
      for (const mvt::Ring& r : f.rings) {
        const auto area = static_cast<double>(mvt::doubled_area(r));
        all += area;
        if (std::get<std::string>(f.tags.at("id")) == "S-X") harbour += area;
      }
  // In squares of the drawing: 25 and 3 of the overlap, of 139 and the 3 that count twice.
  EXPECT_NEAR(harbour / all, 28.0 / 142.0, 0.002);
}

TEST(Mvt, IsEmptyOutsideTheCityAndTheSameEveryTime) {
  const MapRequest grids{"grids", "", Language::en};
  EXPECT_TRUE(service().mvt(grids, {10, 0, 0}).empty());
  const TileId tile = tiles_of_the_city(14).at(0);
  const TileService other(std::make_shared<const City>(toy::city()), repository() / "styles");
  EXPECT_EQ(service().mvt(grids, tile), other.mvt(grids, tile));
}

}  // namespace
}  // namespace gridloom
