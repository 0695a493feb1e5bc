// SPDX-License-Identifier: Apache-2.0
// A tile address that has been checked. Nothing below the server validates it again.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace gridloom {

// WebMercatorQuad (OGC 17-083r4 Annex D.1) or, of heat, WorldCRS84Quad (Annex D.2: degrees, two columns at zoom 0): 256
// px tiles, y grows to the south.
struct TileId {
  static constexpr unsigned kMaxZoom = 22;
  unsigned z = 0;
  std::uint32_t x = 0;
  std::uint32_t y = 0;

  // Empty when z is beyond kMaxZoom or x, y outside the matrix, which has so many columns at zoom 0.
  static std::optional<TileId> checked(std::uint64_t z, std::uint64_t x, std::uint64_t y, unsigned columns = 1) {
    if (z > kMaxZoom || x >> z >= columns || y >> z) return std::nullopt;
    return TileId{static_cast<unsigned>(z), static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y)};
  }
  friend auto operator<=>(const TileId&, const TileId&) = default;
};

}  // namespace gridloom
