// SPDX-License-Identifier: Apache-2.0
#include "tiles/vector/mvt.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <protozero/pbf_builder.hpp>

#include "tiles/vector/clip.h"

namespace gridloom {
namespace {

// Field numbers of vector_tile.proto 2.1.
enum class TileTag : protozero::pbf_tag_type { layers = 3 };
enum class LayerTag : protozero::pbf_tag_type {
  name = 1,
  features = 2,
  keys = 3,
  values = 4,
  extent = 5,
  version = 15
};
enum class FeatureTag : protozero::pbf_tag_type { id = 1, tags = 2, type = 3, geometry = 4 };
enum class ValueTag : protozero::pbf_tag_type { string_value = 1, double_value = 3, uint_value = 5, sint_value = 6 };
enum GeometryType : std::int32_t { kPoint = 1, kPolygon = 3 };

struct TilePoint {
  std::int64_t x = 0, y = 0;  // from the north-west corner, y to the south
};

// Where a tile lies in its level.
class Frame {
 public:
  Frame(const ZoomLevel& level, TileId tile) : shift_(tile.z - level.zoom) {
    const std::int64_t side = kTileExtent >> std::min<unsigned>(shift_, 12);
    west_ = tile.x * side - level.origin.x;
    north_ = ((std::int64_t{1} << tile.z) - tile.y) * side - level.origin.y;
    // Enlarged tiles reach at least one whole unit beyond.
    const std::int64_t reach = std::max<std::int64_t>(kTileBuffer >> shift_, 1);
    box_ = {{fit(west_ - reach), fit(north_ - side - reach)}, {fit(west_ + side + reach), fit(north_ + reach)}};
  }
  // The buffered tile in units of the level.
  const Box& box() const { return box_; }
  TilePoint in_tile(Point p) const { return {(p.x - west_) << shift_, (north_ - p.y) << shift_}; }

 private:
  static std::int32_t fit(std::int64_t v) {
    constexpr std::int64_t kLimit = kCoordinateLimit;
    return static_cast<std::int32_t>(std::clamp(v, -kLimit, kLimit));
  }
  unsigned shift_;
  std::int64_t west_ = 0, north_ = 0;
  Box box_;
};

// Geometry commands (specification 4.3).
class Commands {
 public:
  void ring(const Frame& frame, const std::vector<Point>& closed) {
    // Counter-clockwise with y to the north is what an outer ring is not: walk backwards.
    const std::size_t n = closed.size() - 1;
    move(frame.in_tile(closed[n]));
    words_.push_back(command(2, static_cast<std::uint32_t>(n - 1)));
    for (std::size_t i = n - 1; i > 0; --i) step(frame.in_tile(closed[i]));
    words_.push_back(command(7, 1));
  }
  void point(TilePoint p) { move(p); }
  const std::vector<std::uint32_t>& words() const { return words_; }

 private:
  static std::uint32_t command(std::uint32_t id, std::uint32_t count) { return (count << 3) | id; }
  void move(TilePoint p) {
    words_.push_back(command(1, 1));
    step(p);
  }
  void step(TilePoint p) {
    words_.push_back(protozero::encode_zigzag32(static_cast<std::int32_t>(p.x - at_.x)));
    words_.push_back(protozero::encode_zigzag32(static_cast<std::int32_t>(p.y - at_.y)));
    at_ = p;
  }
  std::vector<std::uint32_t> words_;
  TilePoint at_;
};

// Values of a layer, each stored once per type and content.
class Values {
 public:
  std::uint32_t index_of(const Property& p) {
    const auto [at, fresh] = index_.try_emplace(p, static_cast<std::uint32_t>(values_.size()));
    if (fresh) values_.push_back(p);
    return at->second;
  }
  const std::vector<Property>& all() const { return values_; }

 private:
  std::map<Property, std::uint32_t> index_;
  std::vector<Property> values_;
};

void write_value(protozero::pbf_builder<LayerTag>& layer, const Property& p) {
  protozero::pbf_builder<ValueTag> value(layer, LayerTag::values);
  if (const auto* text = std::get_if<std::string>(&p)) value.add_string(ValueTag::string_value, *text);
  if (const auto* real = std::get_if<double>(&p)) value.add_double(ValueTag::double_value, *real);
  if (const auto* whole = std::get_if<std::int64_t>(&p)) {
    if (*whole < 0)
      value.add_sint64(ValueTag::sint_value, *whole);
    else
      value.add_uint64(ValueTag::uint_value, static_cast<std::uint64_t>(*whole));
  }
}

PolygonRings points_of(const Arrangement& m, const ArcPolygon& polygon) {
  PolygonRings out{gridloom::points_of(m, polygon.shell)};
  for (const ArcRing& hole : polygon.holes) out.push_back(gridloom::points_of(m, hole));
  return out;
}

bool within(const Box& inner, const Box& outer) {
  return outer.min.x <= inner.min.x && outer.min.y <= inner.min.y && inner.max.x <= outer.max.x &&
         inner.max.y <= outer.max.y;
}

class Encoder {
 public:
  Encoder(const Atlas& atlas, const MapDefinition& map, const Theme& theme, TileId tile)
      : map_(map),
        theme_(theme),
        level_(atlas.level(tile.z).level),
        patches_(atlas.patches(theme_.served, tile.z)),
        frame_(level_, tile) {}

  std::string run(const Atlas& atlas) {
    std::map<Label, Commands> polygons, points;
    for (std::uint32_t i : patches_.meeting(frame_.box())) add(patches_.all[i], polygons);
    if (!patches_.collapsed.empty()) {
      const std::vector<Anchor>& anchors = atlas.anchors_of(theme_.served);
      for (Label l : patches_.collapsed) add_point(l, anchors[static_cast<std::size_t>(l)], points);
    }
    if (polygons.empty() && points.empty()) return {};
    std::string data;
    protozero::pbf_builder<TileTag> tile(data);
    protozero::pbf_builder<LayerTag> layer(tile, TileTag::layers);
    layer.add_uint32(LayerTag::version, 2);
    layer.add_string(LayerTag::name, map_.vector_layer);
    Values values;
    for (const auto& [label, commands] : polygons) write(layer, label, kPolygon, commands, values);
    for (const auto& [label, commands] : points) write(layer, label, kPoint, commands, values);
    for (const PropertyField& f : map_.fields) layer.add_string(LayerTag::keys, f.name);
    for (const Property& p : values.all()) write_value(layer, p);
    layer.add_uint32(LayerTag::extent, static_cast<std::uint32_t>(kTileExtent));
    layer.commit();
    return data;
  }

 private:
  void add(const Patch& patch, std::map<Label, Commands>& to) const {
    const PolygonRings whole = points_of(level_.map, patch.polygon);
    if (within(patch.box, frame_.box())) {
      for (const auto& ring : whole) to[patch.label].ring(frame_, ring);
      return;
    }
    for (const PolygonRings& part : clip(whole, frame_.box()))
      for (const auto& ring : part) to[patch.label].ring(frame_, ring);
  }

  void add_point(Label label, const Anchor& anchor, std::map<Label, Commands>& to) const {
    const double unit = level_.metres_per_unit();
    const Mercator origin = level_.mercator({0, 0});
    const Point p{static_cast<std::int32_t>(std::lround((anchor.at.x - origin.x) / unit)),
                  static_cast<std::int32_t>(std::lround((anchor.at.y - origin.y) / unit))};
    if (frame_.box().intersects({p, p})) to[label].point(frame_.in_tile(p));
  }

  void write(protozero::pbf_builder<LayerTag>& layer, Label label, GeometryType type, const Commands& commands,
             Values& values) const {
    protozero::pbf_builder<FeatureTag> feature(layer, LayerTag::features);
    feature.add_uint64(FeatureTag::id, static_cast<std::uint64_t>(label) + 1);
    std::vector<std::uint32_t> tags;
    const std::vector<Property>& properties = theme_.properties[static_cast<std::size_t>(label)];
    for (std::uint32_t k = 0; k < properties.size(); ++k) {
      tags.push_back(k);
      tags.push_back(values.index_of(properties[k]));
    }
    feature.add_packed_uint32(FeatureTag::tags, tags.begin(), tags.end());
    feature.add_enum(FeatureTag::type, type);
    feature.add_packed_uint32(FeatureTag::geometry, commands.words().begin(), commands.words().end());
  }

  const MapDefinition& map_;
  const Theme& theme_;
  const ZoomLevel& level_;
  const Patches& patches_;
  Frame frame_;
};

}  // namespace

std::string encode_mvt(const Atlas& atlas, const MapDefinition& map, const Theme& theme, TileId tile) {
  return Encoder(atlas, map, theme, tile).run(atlas);
}

}  // namespace gridloom
