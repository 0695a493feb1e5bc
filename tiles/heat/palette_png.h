// SPDX-License-Identifier: Apache-2.0
// PNG of one byte a pixel.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "tiles/maps/colour.h"

namespace gridloom {

struct PngPalette {
  std::array<Colour, 256> colour{};
  std::array<std::uint8_t, 256> alpha{};  // 0: transparent
};

// An 8-bit indexed PNG (PNG 1.2, colour type 3 with tRNS). `pixels` has width * height indices, row by row from the
// top. The same input gives the same bytes.
std::string palette_png(std::uint32_t width, std::uint32_t height, std::span<const std::uint8_t> pixels,
                        const PngPalette&);

}  // namespace gridloom
