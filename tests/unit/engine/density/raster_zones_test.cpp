// SPDX-License-Identifier: Apache-2.0
#include "engine/density/raster_zones.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "engine/density/pixel_faces.h"

namespace gridloom {
namespace {

// A square of 400 mm, cut in four triangles that meet at its middle: north 1, east 2, south 3, west 4.
Arrangement envelope() {
  Arrangement map;
  map.nodes = {{0, 0}, {400, 0}, {400, 400}, {0, 400}, {200, 200}};
  const std::vector<Arc> arcs{{0, 1, 3, 0, 0, 2}, {1, 2, 2, 0, 0, 2}, {2, 3, 1, 0, 0, 2}, {3, 0, 4, 0, 0, 2},
                              {4, 0, 3, 4, 0, 2}, {4, 1, 2, 3, 0, 2}, {4, 2, 1, 2, 0, 2}, {4, 3, 4, 1, 0, 2}};
  for (Arc arc : arcs) {
    arc.first = static_cast<std::uint32_t>(map.points.size());
    map.points.push_back(map.nodes[arc.from]);
    map.points.push_back(map.nodes[arc.to]);
    map.arcs.push_back(arc);
  }
  map.face_count = 5;
  return map;
}

std::vector<std::vector<FaceId>> faces_of(const RasterGrid& grid) {
  std::vector<std::vector<FaceId>> rows;
  for_pixel_faces(envelope(), grid, [&](std::uint32_t row, std::span<const FaceId> faces) {
    EXPECT_EQ(row, rows.size());
    rows.emplace_back(faces.begin(), faces.end());
  });
  return rows;
}

TEST(PixelFaces, AreThoseOfTheCentres) {
  const RasterGrid grid{-45, 437, 10, 50, 48};
  const auto rows = faces_of(grid);
  for (std::uint32_t j = 0; j < grid.ny; ++j)
    for (std::uint32_t i = 0; i < grid.nx; ++i) {
      const double x = -40 + 10.0 * i, y = 432 - 10.0 * j;
      if (x == 0 || x == 400 || y == 0 || y == 400 || x == y || x + y == 400) continue;  // on a line
      const bool out = x < 0 || x > 400 || y < 0 || y > 400;
      const bool north_west = y > x, north_east = x + y > 400;
      const FaceId expected = out ? 0 : north_west ? (north_east ? 1 : 4) : (north_east ? 2 : 3);
      ASSERT_EQ(rows[j][i], expected) << x << " " << y;
    }
}

// Through the middle, where four arcs meet, and along the square's sides.
TEST(PixelFaces, OnALineBelongToTheEastAndTheSouth) {
  const auto rows = faces_of({-50, 450, 100, 5, 5});  // centres at 0, 100, ... , 400
  EXPECT_EQ(rows[2], (std::vector<FaceId>{4, 4, 2, 2, 0}));
  EXPECT_EQ(rows[0], (std::vector<FaceId>{1, 1, 1, 1, 0}));
  EXPECT_EQ(rows[4], (std::vector<FaceId>{0, 0, 0, 0, 0}));
}

TEST(ZoneValues, MeanLargestAndIntegralByLabel) {
  const RasterGrid grid{0, 400, 4, 100, 100};
  std::vector<double> values;
  for (int q = 0; q < 10'000; ++q) values.push_back(q % 100);
  values[50] = std::nan("");
  const std::vector<std::int32_t> labels{-1, 0, 1, 0, -1};  // north and south are one zone, the west is none
  const auto zones = zone_values(values, grid, envelope(), labels, 3);
  EXPECT_NEAR(zones[0].mean, 49.5, 0.5);
  EXPECT_NEAR(zones[1].mean, 99.5 * 5 / 6, 0.5);
  EXPECT_EQ(zones[1].largest, 99);
  EXPECT_NEAR(zones[0].integral, zones[0].mean * static_cast<double>(zones[0].pixels) * 16e-12, 1e-18);
  EXPECT_NEAR(static_cast<double>(zones[0].pixels), 5000, 101);
  EXPECT_EQ(zones[2].pixels, 0u);
  EXPECT_TRUE(std::isnan(zones[2].mean));
  EXPECT_THROW(zone_values(values, grid, envelope(), {}, 3), std::invalid_argument);
}

}  // namespace
}  // namespace gridloom
