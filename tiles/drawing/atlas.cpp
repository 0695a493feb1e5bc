// SPDX-License-Identifier: Apache-2.0
#include "tiles/drawing/atlas.h"

#include <algorithm>
#include <functional>

namespace gridloom {
namespace {

// Names are placed on the polygons of this level: a unit is 0.6 m at the equator.
constexpr unsigned kAnchorLevel = 14;

std::vector<Box> arc_boxes(const Arrangement& m) {
  std::vector<Box> boxes;
  for (ArcId a = 0; a < m.arcs.size(); ++a) boxes.push_back(box_of(m.points_of(a)));
  return boxes;
}

Border admin_border(const City& city, FaceId left, FaceId right) {
  if (left == kOutside || right == kOutside) return {Border::frame, 0, false};
  for (std::size_t level = 0; level < city.admin.size(); ++level)
    if (city.admin[level].of_face[left] != city.admin[level].of_face[right])
      return {Border::admin, static_cast<std::uint8_t>(level), false};
  return {};
}

Strokes make_strokes(const DrawnLevel& drawn, const Theme& theme) {
  const Arrangement& m = drawn.level.map;
  std::vector<Border> of_arc;
  for (ArcId a = 0; a < m.arcs.size(); ++a) of_arc.push_back(border_of(drawn, theme, a));
  Strokes out;
  out.borders = of_arc;
  std::sort(out.borders.begin(), out.borders.end(), std::greater<>());
  out.borders.erase(std::unique(out.borders.begin(), out.borders.end()), out.borders.end());
  std::erase_if(out.borders, [](Border b) { return b.kind == Border::none; });
  std::vector<std::uint8_t> classes;
  for (const Border b : of_arc) {
    const auto at = std::lower_bound(out.borders.begin(), out.borders.end(), b, std::greater<>());
    const auto index = static_cast<std::uint8_t>(b.kind == Border::none ? UINT8_MAX : at - out.borders.begin());
    out.border.push_back(index);
    classes.push_back(static_cast<std::uint8_t>(index + 1));  // 0: not drawn
  }
  out.place = chain_strokes(m, classes, static_cast<unsigned>(out.borders.size()) + 1);
  return out;
}

// Patches too thin for the level that anchors are made on: a point of its boundary, without room for a name.
void anchor_slivers(const CityLines& lines, const Labeling& labeling, std::vector<Anchor>& found) {
  std::vector<bool> missing;
  for (const Anchor& a : found) missing.push_back(a.radius == 0);
  const auto place = [&](Label l, Mercator at) {
    if (l == kGap || !missing[static_cast<std::size_t>(l)]) return;
    found[static_cast<std::size_t>(l)].at = at;
    missing[static_cast<std::size_t>(l)] = false;
  };
  for (const Arc& arc : lines.arrangement->arcs)
    for (const FaceId f : {arc.left, arc.right}) {
      place(labeling.of_face[f], lines.points[arc.first]);
      for (const OverlapLabel& o : labeling.further(f)) place(o.label, lines.points[arc.first]);
    }
}

void add_candidates(std::vector<LabelCandidate>& to, LabelClass kind, const std::vector<std::string>& texts,
                    const std::vector<std::string>& short_texts, const std::vector<Anchor>& anchors, double size) {
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (!texts[i].empty() && anchors[i].radius > 0)
      to.push_back({kind, texts[i], short_texts.empty() ? "" : short_texts[i], anchors[i], size});
}

std::vector<std::string> in(Language language, const std::vector<Text>& texts) {
  std::vector<std::string> out;
  for (const Text& t : texts) out.push_back(t.in(language));
  return out;
}

}  // namespace

Border border_of(const DrawnLevel& drawn, const Theme& theme, ArcId a) {
  const Arc& arc = drawn.level.map.arcs[a];
  const Label left = theme.label_of_face[drawn.level.city_face[arc.left]];
  const Label right = theme.label_of_face[drawn.level.city_face[arc.right]];
  const auto zone = [&](Label l) { return l == kGap ? kGap : theme.zone[static_cast<std::size_t>(l)]; };
  const bool zones_differ = !theme.zone.empty() && zone(left) != zone(right);
  const bool own = theme.zone.empty() ? left != right : zones_differ;
  Border border = drawn.admin_border[a];
  border.own = own;
  if (border.kind != Border::none || left == right) return border;
  return {zones_differ ? Border::zone : Border::item, 0, own};
}

Atlas::Atlas(std::shared_ptr<const City> city, std::map<std::string, Palette> palettes)
    : city_(std::move(city)),
      palettes_(std::move(palettes)),
      lines_(project(city_->arrangement)),
      low_(lines_.points.empty() ? Mercator{} : lines_.points.front()),
      high_(low_) {
  for (const Mercator& m : lines_.points) {
    low_ = {std::min(low_.x, m.x), std::min(low_.y, m.y)};
    high_ = {std::max(high_.x, m.x), std::max(high_.y, m.y)};
  }
}

const DrawnLevel& Atlas::level(unsigned zoom) const {
  const unsigned z = std::min(zoom, kFinestLevel);
  return levels_.get(z, [&] { return make_drawn_level(z); });
}

DrawnLevel Atlas::make_drawn_level(unsigned zoom) const {
  DrawnLevel out{make_level(lines_, zoom), {}, {}};
  out.arcs = BoxIndex(arc_boxes(out.level.map));
  for (const Arc& arc : out.level.map.arcs)
    out.admin_border.push_back(
        gridloom::admin_border(*city_, out.level.city_face[arc.left], out.level.city_face[arc.right]));
  return out;
}

const Patches& Atlas::patches(TileLayer key, unsigned zoom) const {
  const unsigned z = std::min(zoom, kFinestLevel);
  return patches_.get({key, z},
                      [&] { return make_patches(level(z).level, labeling_of(*city_, key), label_count(*city_, key)); });
}

Atlas::ThemeKey Atlas::theme_key(const MapRequest& r) const {
  if (!map_of(r.map).needs_layer) return {r.map, 0};
  const auto is_it = [&](const Layer& l) { return l.id == r.layer; };
  const auto at = std::find_if(city_->layers.begin(), city_->layers.end(), is_it);
  return {r.map, static_cast<std::size_t>(at - city_->layers.begin())};
}

Theme Atlas::make_theme_of(const ThemeKey& key, std::span<const std::uint64_t> incidents) const {
  const MapDefinition& map = map_of(key.first);
  return make_theme(map, {*city_, incidents, key.second, palette(map)});
}

const Theme& Atlas::theme(const MapRequest& request) const {
  const ThemeKey key = theme_key(request);
  return themes_.get(key, [&] { return make_theme_of(key, {}); });
}

std::shared_ptr<const Theme> Atlas::theme(const MapRequest& request, const GridIncidents& incidents) const {
  const MapDefinition& map = map_of(request.map);
  const bool tells = map.raster_tells_incidents || map.vector_tells_incidents;
  if (!tells) return {std::shared_ptr<const Theme>(), &theme(request)};  // this atlas owns it
  const ThemeKey key = theme_key(request);
  return counted_themes_.get({key, incidents.published}, incidents.epoch,
                             [&] { return make_theme_of(key, incidents.of_grid); });
}

const Strokes& Atlas::strokes(const MapRequest& request, unsigned zoom) const {
  const unsigned z = std::min(zoom, kFinestLevel);
  return strokes_.get({theme_key(request), z}, [&] { return make_strokes(level(z), theme(request)); });
}

const std::vector<Anchor>& Atlas::anchors_of(TileLayer key) const {
  return anchors_.get(key, [&] {
    std::vector<Anchor> found =
        anchors(level(kAnchorLevel).level, patches(key, kAnchorLevel), label_count(*city_, key));
    anchor_slivers(lines_, labeling_of(*city_, key), found);
    return found;
  });
}

const std::vector<PlacedLabel>& Atlas::labels(const MapRequest& request, unsigned zoom) const {
  MapRequest key = request;
  if (!map_of(request.map).needs_layer) key.layer.clear();
  return labels_.get({key, zoom}, [&] { return make_labels(request, zoom); });
}

std::vector<PlacedLabel> Atlas::make_labels(const MapRequest& request, unsigned zoom) const {
  const Palette& p = palette(map_of(request.map));
  std::vector<LabelCandidate> candidates;
  const Theme& t = theme(request);
  for (std::size_t a = 1; a < city_->admin.size(); ++a) {
    const bool lowest = a + 1 == city_->admin.size();
    if (lowest && a > 1 && !t.lowest_names) continue;
    std::vector<Text> names;
    for (const AdminUnit& u : city_->admin[a].units) names.push_back(u.name);
    add_candidates(candidates, lowest ? LabelClass::admin : LabelClass::upper, in(request.language, names), {},
                   anchors_of({TileLayerKind::admin, a}), lowest ? p.admin_size : p.upper_size);
  }
  add_candidates(candidates, LabelClass::item, in(request.language, t.names), in(request.language, t.short_names),
                 anchors_of(t.named), p.item_size);
  return place_labels(candidates, zoom);
}

}  // namespace gridloom
