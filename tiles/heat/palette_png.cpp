// SPDX-License-Identifier: Apache-2.0
#include "tiles/heat/palette_png.h"

#include <zlib.h>

#include <stdexcept>

namespace gridloom {
namespace {

constexpr int kQuick = 3;  // zlib level: smooth surfaces gain little from more

void put32(std::string& out, std::uint32_t v) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(v >> shift & 255);
}

void chunk(std::string& out, const std::string& type, const std::string& data) {
  put32(out, static_cast<std::uint32_t>(data.size()));
  const std::string body = type + data;
  out += body;
  put32(out, static_cast<std::uint32_t>(
                 crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()))));
}

std::string deflated(const std::string& raw) {
  uLongf size = compressBound(raw.size());
  std::string out(size, '\0');
  if (compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(raw.data()), raw.size(),
                kQuick) != Z_OK)
    throw std::runtime_error("zlib cannot compress a tile");
  out.resize(size);
  return out;
}

}  // namespace

std::string palette_png(std::uint32_t width, std::uint32_t height, std::span<const std::uint8_t> pixels,
                        const PngPalette& palette) {
  if (pixels.size() != std::size_t{width} * height) throw std::invalid_argument("a pixel is missing");
  std::string out("\x89PNG\r\n\x1a\n", 8), header, colours, rows;
  put32(header, width);
  put32(header, height);
  header += std::string("\x08\x03\0\0\0", 5);  // 8 bits, indexed, deflate, adaptive filters, not interlaced
  for (const Colour& c : palette.colour)
    for (std::uint8_t v : {c.red, c.green, c.blue}) colours += static_cast<char>(v);
  for (std::uint32_t y = 0; y < height; ++y) {
    rows += '\0';  // no filter
    rows.append(reinterpret_cast<const char*>(&pixels[std::size_t{y} * width]), width);
  }
  chunk(out, "IHDR", header);
  chunk(out, "PLTE", colours);
  chunk(out, "tRNS", std::string(palette.alpha.begin(), palette.alpha.end()));
  chunk(out, "IDAT", deflated(rows));
  chunk(out, "IEND", "");
  return out;
}

}  // namespace gridloom
