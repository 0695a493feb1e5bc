// SPDX-License-Identifier: Apache-2.0
// A strict reader of Mapbox Vector Tiles 2.1, written from the specification alone, for tests.
#pragma once

#include <cstdint>
#include <map>
#include <protozero/pbf_reader.hpp>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace gridloom::mvt {

struct TilePoint {
  std::int64_t x = 0, y = 0;
  friend auto operator<=>(const TilePoint&, const TilePoint&) = default;
};
using Ring = std::vector<TilePoint>;  // not closed

using Value = std::variant<std::string, double, std::int64_t>;

struct Feature {
  std::uint64_t id = 0;
  std::map<std::string, Value> tags;
  int type = 0;             // 1 point, 3 polygon
  std::vector<Ring> rings;  // as they come; of a point: one ring of one point
};

struct Layer {
  std::string name;
  std::uint32_t version = 0, extent = 0;
  std::vector<Feature> features;
};

inline void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

// Twice the area by the surveyor's formula; positive for outer rings (specification 4.3.4.4).
inline std::int64_t doubled_area(const Ring& r) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    const TilePoint &a = r[i], &b = r[(i + 1) % r.size()];
    sum += a.x * b.y - b.x * a.y;
  }
  return sum;
}

class Cursor {
 public:
  explicit Cursor(std::vector<std::uint32_t> words) : words_(std::move(words)) {}
  bool done() const { return at_ == words_.size(); }
  std::uint32_t word() {
    require(at_ < words_.size(), "geometry ends early");
    return words_[at_++];
  }
  // The count of a command of the kind.
  std::uint32_t command(std::uint32_t id) {
    const std::uint32_t w = word();
    require((w & 7) == id, "another command was due");
    return w >> 3;
  }
  TilePoint step() {
    const auto dx = protozero::decode_zigzag32(word()), dy = protozero::decode_zigzag32(word());
    moved_ = dx != 0 || dy != 0;
    return here_ = {here_.x + dx, here_.y + dy};
  }
  bool moved() const { return moved_; }

 private:
  std::vector<std::uint32_t> words_;
  std::size_t at_ = 0;
  TilePoint here_;
  bool moved_ = false;
};

inline Ring read_ring(Cursor& c) {
  require(c.command(1) == 1, "a ring moves once");
  Ring ring{c.step()};
  const std::uint32_t lines = c.command(2);
  require(lines >= 2, "a ring has three points at least");
  for (std::uint32_t i = 0; i < lines; ++i) {
    ring.push_back(c.step());
    require(c.moved(), "a line goes nowhere");
  }
  require(c.command(7) == 1, "a ring closes once");
  require(ring.front() != ring.back(), "the first point is repeated");
  require(doubled_area(ring) != 0, "a ring has no area");
  return ring;
}

inline std::vector<Ring> read_geometry(int type, std::vector<std::uint32_t> words) {
  Cursor c(std::move(words));
  std::vector<Ring> rings;
  if (type == 1) {
    require(c.command(1) == 1, "one point");
    rings.push_back({c.step()});
    require(c.done(), "words after a point");
    return rings;
  }
  require(type == 3, "neither point nor polygon");
  while (!c.done()) rings.push_back(read_ring(c));
  require(!rings.empty() && doubled_area(rings[0]) > 0, "a polygon starts with an outer ring");
  return rings;
}

inline Value read_value(protozero::pbf_reader value) {
  require(value.next(), "an empty value");
  switch (value.tag()) {
    case 1:
      return value.get_string();
    case 3:
      return value.get_double();
    case 5:
      return static_cast<std::int64_t>(value.get_uint64());
    case 6:
      return value.get_sint64();
    default:
      throw std::runtime_error("a value of another type");
  }
}

template <class Range>
std::vector<std::uint32_t> words(const Range& range) {
  return {range.begin(), range.end()};
}

inline Feature read_feature(protozero::pbf_reader message, const std::vector<std::string>& keys,
                            const std::vector<Value>& values) {
  Feature f;
  std::vector<std::uint32_t> tags, geometry;
  while (message.next()) {
    switch (message.tag()) {
      case 1:
        f.id = message.get_uint64();
        break;
      case 2:
        tags = words(message.get_packed_uint32());
        break;
      case 3:
        f.type = message.get_enum();
        break;
      case 4:
        geometry = words(message.get_packed_uint32());
        break;
      default:
        throw std::runtime_error("an unknown field of a feature");
    }
  }
  require(tags.size() % 2 == 0, "a key without value");
  for (std::size_t i = 0; i < tags.size(); i += 2)
    require(f.tags.emplace(keys.at(tags[i]), values.at(tags[i + 1])).second, "a key twice");
  f.rings = read_geometry(f.type, std::move(geometry));
  return f;
}

inline Layer read_layer(protozero::pbf_reader message) {
  Layer layer;
  std::vector<protozero::data_view> features;
  std::vector<std::string> keys;
  std::vector<Value> values;
  while (message.next()) {
    switch (message.tag()) {
      case 15:
        layer.version = message.get_uint32();
        break;
      case 1:
        layer.name = message.get_string();
        break;
      case 2:
        features.push_back(message.get_view());
        break;
      case 3:
        keys.push_back(message.get_string());
        break;
      case 4:
        values.push_back(read_value(message.get_message()));
        break;
      case 5:
        layer.extent = message.get_uint32();
        break;
      default:
        throw std::runtime_error("an unknown field of a layer");
    }
  }
  for (const protozero::data_view& f : features)
    layer.features.push_back(read_feature(protozero::pbf_reader(f), keys, values));
  return layer;
}

// Throws where the tile breaks the specification.
inline std::vector<Layer> decode(const std::string& tile) {
  std::vector<Layer> layers;
  protozero::pbf_reader message(tile);
  while (message.next()) {
    require(message.tag() == 3, "an unknown field of a tile");
    layers.push_back(read_layer(message.get_message()));
  }
  return layers;
}

}  // namespace gridloom::mvt
