// SPDX-License-Identifier: Apache-2.0
#include "tiles/drawing/painter.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <mapnik/agg_renderer.hpp>
#include <mapnik/datasource.hpp>
#include <mapnik/feature.hpp>
#include <mapnik/feature_factory.hpp>
#include <mapnik/feature_layer_desc.hpp>
#include <mapnik/font_engine_freetype.hpp>
#include <mapnik/font_set.hpp>
#include <mapnik/image.hpp>
#include <mapnik/image_util.hpp>
#include <mapnik/layer.hpp>
#include <mapnik/load_map.hpp>
#include <mapnik/map.hpp>
#include <mapnik/query.hpp>
#include <mapnik/unicode.hpp>
#include <mapnik/value.hpp>
#include <mutex>
#include <numbers>
#include <optional>
#include <set>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

namespace geometry = mapnik::geometry;

// What a map draws at the moment; its data sources look here.
struct Job {
  const Atlas* atlas = nullptr;
  const MapRequest* request = nullptr;
  const Theme* theme = nullptr;
};

// A finished list of features.
class Features final : public mapnik::Featureset {
 public:
  explicit Features(std::vector<mapnik::feature_ptr> features) : features_(std::move(features)) {}
  mapnik::feature_ptr next() override { return at_ < features_.size() ? features_[at_++] : mapnik::feature_ptr(); }

 private:
  std::vector<mapnik::feature_ptr> features_;
  std::size_t at_ = 0;
};

mapnik::context_ptr context(std::initializer_list<const char*> names) {
  auto out = std::make_shared<mapnik::context_type>();
  for (const char* name : names) out->push(name);
  return out;
}

// One query of one style layer.
class Query {
 public:
  Query(const Job& job, const mapnik::query& q)
      : atlas_(*job.atlas),
        request_(*job.request),
        theme_(*job.theme),
        extent_(q.get_bbox()),
        tile_(q.get_unbuffered_bbox()) {
    // Geometry as fine as the pixels are; names and widths of the tile's zoom, whatever the size of its pixels. The
    // scale denominator is that of OGC's standard pixel of 0.28 mm (17-083r4, 6.1.1).
    zoom_ = zoom_of_pixel(1 / std::get<0>(q.resolution()));
    tile_zoom_ = zoom_of_pixel(q.scale_denominator() * 0.00028);
  }

  std::vector<mapnik::feature_ptr> polygons(TileLayer key, bool coloured) const {
    const Patches& patches = atlas_.patches(key, zoom_);
    const mapnik::context_ptr names = context({"colour", "zoom"});
    std::vector<mapnik::feature_ptr> out;
    for (std::uint32_t i : patches.meeting(box())) {
      const Patch& patch = patches.all[i];
      mapnik::feature_ptr f = mapnik::feature_factory::create(names, static_cast<mapnik::value_integer>(i) + 1);
      f->put("zoom", zoom_value());
      if (coloured) f->put("colour", text(theme_.colour[static_cast<std::size_t>(patch.label)]));
      f->set_geometry(polygon(patch.polygon));
      out.push_back(std::move(f));
    }
    return out;
  }

  std::vector<mapnik::feature_ptr> overlays(const std::string& name) const {
    std::vector<mapnik::feature_ptr> out;
    for (const auto& [layer, key] : theme_.overlays)
      if (layer == name) {
        std::vector<mapnik::feature_ptr> more = polygons(key, false);
        out.insert(out.end(), more.begin(), more.end());
      }
    return out;
  }

  // One feature for each kind of line, so that lines of one kind are drawn in one stroke.
  std::vector<mapnik::feature_ptr> lines() const {
    const DrawnLevel& drawn = atlas_.level(zoom_);
    const Strokes& strokes = atlas_.strokes(request_, zoom_);
    std::vector<std::vector<StrokePlace>> of_border(strokes.borders.size());
    drawn.arcs.query(box(), [&](ArcId a) {
      if (strokes.border[a] != UINT8_MAX) of_border[strokes.border[a]].push_back(strokes.place[a]);
    });
    const mapnik::context_ptr names = context({"kind", "rank", "lowest", "own", "zoom", "item_room", "own_room"});
    std::vector<mapnik::feature_ptr> out;
    for (std::size_t i = 0; i < of_border.size(); ++i) {
      if (of_border[i].empty()) continue;
      std::sort(of_border[i].begin(), of_border[i].end());
      const Border border = strokes.borders[i];
      mapnik::feature_ptr f = mapnik::feature_factory::create(names, std::ssize(out) + 1);
      f->put("kind", text(kind_of(border)));
      f->put("zoom", zoom_value());
      f->put("own", border.own);
      f->put("item_room", room(theme_.item_spacing_m));
      f->put("own_room", room(theme_.own_spacing_m));
      f->put("rank", static_cast<mapnik::value_integer>(border.rank));
      f->put("lowest", border.kind == Border::admin && border.rank + 1u == atlas_.city().admin.size());
      f->set_geometry(shape(drawn.level, lines_of(drawn.level.map, of_border[i])));
      out.push_back(std::move(f));
    }
    return out;
  }

  std::vector<mapnik::feature_ptr> labels() const {
    const mapnik::context_ptr names = context({"name", "size", "kind", "zoom"});
    std::vector<mapnik::feature_ptr> out;
    mapnik::value_integer id = 0;
    for (const PlacedLabel& l : atlas_.labels(request_, tile_zoom_)) {
      ++id;
      if (!reaches_tile(l)) continue;
      mapnik::feature_ptr f = mapnik::feature_factory::create(names, id);
      f->put("name", text(l.text));
      f->put("zoom", zoom_value());
      f->put("size", l.size);
      f->put("kind", text(kind_of(l.kind)));
      f->set_geometry(geometry::point<double>(l.at.x, l.at.y));
      out.push_back(std::move(f));
    }
    return out;
  }

 private:
  static unsigned zoom_of_pixel(double metres) {
    const double zoom = std::log2(2 * kMercatorHalf / kTilePixels / metres);
    return static_cast<unsigned>(std::clamp(std::lround(zoom), 0L, static_cast<long>(TileId::kMaxZoom) + 1));
  }

  // Widths are estimates: a quarter more and the halo are allowed for.
  bool reaches_tile(const PlacedLabel& l) const {
    const double metres_per_px = 2 * kMercatorHalf / std::exp2(tile_zoom_) / kTilePixels;
    const double dx = (l.width * 0.625 + 3) * metres_per_px, dy = (l.height * 0.625 + 3) * metres_per_px;
    return tile_.intersects(mapnik::box2d<double>(l.at.x - dx, l.at.y - dy, l.at.x + dx, l.at.y + dy));
  }

  // A distance on the ground, in pixels of the tile: mercator stretches by 1 / cos(latitude).
  double room(double metres) const {
    const double latitude = to_lon_lat({0, (atlas_.low().y + atlas_.high().y) / 2}).lat * std::numbers::pi / 180;
    return metres / std::cos(latitude) * std::exp2(tile_zoom_) * kTilePixels / (2 * kMercatorHalf);
  }

  mapnik::value_integer zoom_value() const { return static_cast<mapnik::value_integer>(tile_zoom_); }

  static mapnik::value_unicode_string text(const std::string& utf8) {
    return mapnik::value_unicode_string::fromUTF8(utf8);
  }

  static std::string kind_of(Border b) {
    switch (b.kind) {
      case Border::none:
        return "none";
      case Border::frame:
        return "frame";
      case Border::admin:
        return "admin";
      case Border::zone:
        return "zone";
      case Border::item:
        return "item";
    }
    return {};
  }

  static std::string kind_of(LabelClass c) {
    switch (c) {
      case LabelClass::upper:
        return "upper";
      case LabelClass::admin:
        return "admin";
      case LabelClass::item:
        return "item";
    }
    return {};
  }

  // The extent in units of the level, a unit larger on all sides.
  Box box() const {
    const ZoomLevel& level = atlas_.level(zoom_).level;
    const Mercator origin = level.mercator({0, 0});
    const double unit = level.metres_per_unit();
    constexpr double kLimit = kCoordinateLimit;
    const auto fit = [&](double v) { return static_cast<std::int32_t>(std::clamp(v, -kLimit, kLimit)); };
    return {{fit(std::floor((extent_.minx() - origin.x) / unit) - 1),
             fit(std::floor((extent_.miny() - origin.y) / unit) - 1)},
            {fit(std::ceil((extent_.maxx() - origin.x) / unit) + 1),
             fit(std::ceil((extent_.maxy() - origin.y) / unit) + 1)}};
  }

  static geometry::line_string<double> line(const ZoomLevel& level, std::span<const Point> points) {
    geometry::line_string<double> out;
    out.reserve(points.size());
    const Mercator origin = level.mercator({0, 0});
    const double unit = level.metres_per_unit();
    for (Point p : points) out.emplace_back(origin.x + p.x * unit, origin.y + p.y * unit);
    return out;
  }

  static geometry::multi_line_string<double> shape(const ZoomLevel& level,
                                                   const std::vector<std::vector<Point>>& lines) {
    geometry::multi_line_string<double> out;
    for (const std::vector<Point>& points : lines) out.push_back(line(level, points));
    return out;
  }

  geometry::polygon<double> polygon(const ArcPolygon& p) const {
    const ZoomLevel& level = atlas_.level(zoom_).level;
    geometry::polygon<double> out;
    out.set_exterior_ring(line(level, points_of(level.map, p.shell)));
    for (const ArcRing& hole : p.holes) out.add_hole(line(level, points_of(level.map, hole)));
    return out;
  }

  const Atlas& atlas_;
  const MapRequest& request_;
  const Theme& theme_;
  mapnik::box2d<double> extent_, tile_;
  unsigned zoom_ = 0, tile_zoom_ = 0;
};

const std::set<std::string>& known_layers() {
  static const std::set<std::string> names{"fill", "gap", "hatch", "line", "label"};
  return names;
}

// The data source of one style layer.
class Source final : public mapnik::datasource {
 public:
  Source(const Job& job, std::string layer) : mapnik::datasource({}), job_(job), layer_(std::move(layer)) {}

  datasource_t type() const override { return Vector; }
  boost::optional<mapnik::datasource_geometry_t> get_geometry_type() const override { return {}; }
  mapnik::box2d<double> envelope() const override {
    return {-kMercatorHalf, -kMercatorHalf, kMercatorHalf, kMercatorHalf};
  }
  mapnik::layer_descriptor get_descriptor() const override { return {layer_, "utf-8"}; }
  mapnik::featureset_ptr features_at_point(mapnik::coord2d const&, double) const override { return {}; }
  mapnik::featureset_ptr features(mapnik::query const& q) const override {
    return std::make_shared<Features>(found(Query(job_, q)));
  }

 private:
  std::vector<mapnik::feature_ptr> found(const Query& query) const {
    if (layer_ == "fill") return query.polygons(job_.theme->drawn, true);
    if (layer_ == "line") return query.lines();
    if (layer_ == "label") return query.labels();
    return query.overlays(layer_);
  }

  const Job& job_;
  std::string layer_;
};

// A map with its data sources; drawn by one thread at a time.
struct Sheet {
  mapnik::Map map;
  Job job;

  Sheet(const mapnik::Map& prototype, unsigned scale) : map(prototype) {
    for (mapnik::layer& l : map.layers()) {
      l.set_datasource(std::make_shared<Source>(job, l.name()));
      // Mapnik counts buffers in pixels of the picture, styles in pixels at scale 1.
      if (const boost::optional<int> buffer = l.buffer_size()) l.set_buffer_size(*buffer * static_cast<int>(scale));
    }
    const int pixels = kTilePixels * static_cast<int>(scale);
    map.resize(static_cast<unsigned>(pixels), static_cast<unsigned>(pixels));
  }
};

class Pool {
 public:
  Pool(const mapnik::Map& prototype, unsigned scale) : prototype_(prototype), scale_(scale) {}

  std::unique_ptr<Sheet> take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return std::make_unique<Sheet>(prototype_, scale_);
    std::unique_ptr<Sheet> sheet = std::move(free_.back());
    free_.pop_back();
    return sheet;
  }
  void give_back(std::unique_ptr<Sheet> sheet) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(sheet));
  }

 private:
  const mapnik::Map& prototype_;
  unsigned scale_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Sheet>> free_;
};

mapnik::box2d<double> extent_of(TileId tile) {
  const double side = 2 * kMercatorHalf / std::exp2(tile.z);
  const double west = tile.x * side - kMercatorHalf, north = kMercatorHalf - tile.y * side;
  return {west, north - side, west + side, north};
}

// --- fonts ---

// Font files named by <styles>/fonts.txt, one a line, below the fonts directory Mapnik was built for; '#' starts a
// remark.
std::vector<std::string> font_files(const std::filesystem::path& styles) {
  const std::filesystem::path list = styles / "fonts.txt";
  std::ifstream in(list);
  if (!in) throw DataError("font_list_unreadable").within(list.string());
  std::vector<std::string> files;
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line[0] != '#') files.push_back(GRIDLOOM_FONTS "/" + line);
  return files;
}

// FreeType faces live in a registry of Mapnik's own, which reads a font file when a face is first used and does so
// without a lock (freetype_engine::create_face in 3.1.0): every file is registered and every face opened here, before
// any thread draws. Other services may do the same at the same time: one after the other.
class FontLoader {
 public:
  explicit FontLoader(const std::filesystem::path& styles) : lock_(mutex()) {
    for (const std::string& file : font_files(styles))
      if (!mapnik::freetype_engine::register_font(file))
        throw DataError("font_missing", {{"font", file}}).within((styles / "fonts.txt").string());
  }

  void open(const mapnik::Map& map) {
    for (const auto& [name, set] : map.fontsets())
      for (const std::string& face : set.get_face_names()) faces_.get_face(face);
  }

 private:
  static std::mutex& mutex() {
    static std::mutex m;
    return m;
  }
  std::lock_guard<std::mutex> lock_;
  mapnik::font_library library_;
  mapnik::freetype_engine::font_file_mapping_type mapping_;
  mapnik::freetype_engine::font_memory_cache_type cache_;
  mapnik::face_manager faces_{library_, mapping_, cache_};
};

std::map<std::string, std::string> parameters_of(const mapnik::Map& map) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : map.get_extra_parameters()) {
    const auto text = map.get_extra_parameters().get<std::string>(name);
    if (text) out[name] = *text;
  }
  return out;
}

// One style sheet.
struct Style {
  mapnik::Map prototype;
  Palette palette;
  std::map<unsigned, std::unique_ptr<Pool>> pools;  // by scale

  Style(const std::filesystem::path& file, FontLoader& fonts) : prototype(kTilePixels, kTilePixels, "epsg:3857") {
    try {
      mapnik::load_map(prototype, file.string(), true);
    } catch (const std::exception& e) {
      throw DataError("style_sheet_unreadable", {{"why", e.what()}}).within(file.string());
    }
    for (const mapnik::layer& l : prototype.layers())
      if (!known_layers().contains(l.name()))
        throw DataError("style_of_unknown_layer", {{"layer", l.name()}}).within(file.string());
    palette = read_palette(parameters_of(prototype), file.string());
    fonts.open(prototype);
    for (unsigned scale : {1u, 2u}) pools[scale] = std::make_unique<Pool>(prototype, scale);
  }
};

}  // namespace

struct Painter::State {
  std::map<std::string, std::unique_ptr<Style>> styles;
  std::map<std::string, Palette> palettes;
};

Painter::Painter(const std::filesystem::path& styles) : state_(std::make_unique<State>()) {
  FontLoader fonts(styles);
  for (const MapDefinition& map : all_maps()) {
    std::unique_ptr<Style>& style = state_->styles[map.style];
    if (style) continue;
    style = std::make_unique<Style>(styles / (map.style + ".xml"), fonts);
    state_->palettes[map.style] = style->palette;
  }
}

Painter::~Painter() = default;

const std::map<std::string, Palette>& Painter::palettes() const { return state_->palettes; }

std::string Painter::png(const Atlas& atlas, const MapRequest& request, const Theme& theme, TileId tile,
                         unsigned scale) const {
  Pool& pool = *state_->styles.at(map_of(request.map).style)->pools.at(scale);
  // When drawing throws, the sheet is not given back: nothing half-done is used again.
  std::unique_ptr<Sheet> sheet = pool.take();
  sheet->job = {&atlas, &request, &theme};
  sheet->map.zoom_to_box(extent_of(tile));
  mapnik::image_rgba8 image(static_cast<int>(sheet->map.width()), static_cast<int>(sheet->map.height()));
  mapnik::agg_renderer<mapnik::image_rgba8> renderer(sheet->map, image, scale);
  renderer.apply();
  pool.give_back(std::move(sheet));
  return mapnik::save_to_string(image, "png24:t=0:z=4");
}

}  // namespace gridloom
