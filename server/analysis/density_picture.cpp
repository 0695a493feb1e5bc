// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/density_picture.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/base/strings.h"
#include "engine/io/project/project_meta.h"
#include "server/words/number_text.h"
#include "tiles/picture/furniture.h"
#include "tiles/picture/map_sheet.h"
#include "tiles/picture/png.h"

namespace gridloom {
namespace {

constexpr double kLeastRoom = 14;   // pixels between lines, on average: closer ones would hide the colours
constexpr double kSmoothBelow = 6;  // pixels of the picture to one of the raster; larger ones show as they are

Box box_to_show(const DensityAnswer& answer, const DensityRequest& request, const City& city) {
  const RasterGrid& g = answer.grid;
  const auto at = [](std::int64_t v) { return static_cast<std::int32_t>(v); };
  if (g.size() > 0 && !request.window.empty())
    return {{at(g.x0_mm), at(g.y0_mm - g.cell_mm * g.ny)}, {at(g.x0_mm + g.cell_mm * g.nx), at(g.y0_mm)}};
  const Box box = box_of(city.arrangement.points);
  const std::int32_t rim = std::max(box.max.x - box.min.x, box.max.y - box.min.y) / 40;
  return {{box.min.x - rim, box.min.y - rim}, {box.max.x + rim, box.max.y + rim}};
}

double metres(std::int64_t mm) { return static_cast<double>(mm) / Lattice::kPerMetre; }

MapBounds bounds_of(const Box& box) {
  return {metres(box.min.x), metres(box.min.y), metres(box.max.x), metres(box.max.y)};
}

MapBounds bounds_of(const RasterGrid& g) {
  return {metres(g.x0_mm), metres(g.y0_mm - g.cell_mm * g.ny), metres(g.x0_mm + g.cell_mm * g.nx), metres(g.y0_mm)};
}

// --- words ---

// What the pieces of text are about, in the request's language.
class Telling {
 public:
  Telling(const DensityAnswer& answer, const DensityRequest& request, const City& city)
      : answer_(answer), request_(request), city_(city) {}

  const std::string& say(const Text& text) const { return text.in(request_.language); }

  MapSheet::Heading heading() const { return {title(), window(), source()}; }

  std::string how() const {
    const std::string kernel(word_of(request_.surface.kernel)), bandwidth = number_text(answer_.bandwidth_m);
    const std::string n = with_commas(answer_.events);
    std::string text =
        zh() ? kernel + " 核，带宽 " + bandwidth + " 米" + (request_.surface.adaptive ? "（自适应）" : "")
             : kernel + " kernel, bandwidth " + bandwidth + " m" + (request_.surface.adaptive ? " (adaptive)" : "");
    if (answer_.grid.size() > 0) {
      const std::string cell = number_text(request_.cell_m);
      const bool edge = request_.surface.edge != EdgeCorrection::none;
      text += zh() ? "，像元 " + cell + " 米，" + (edge ? "已作边界校正" : "未作边界校正")
                   : ", cells of " + cell + " m, " + (edge ? "edge corrected" : "no edge correction");
    }
    return text + (zh() ? "。n = " + n : "; n = " + n);
  }

 private:
  bool zh() const { return request_.language == Language::zh; }

  std::string title() const {
    const Text what = request_.along_streets ? Text{"incidents along streets", "沿街道的事件密度"}
                      : request_.against == Against::population
                          ? Text{"incidents against population", "事件率（按人口）"}
                      : request_.against == Against::incidents ? Text{"relative risk of incidents", "事件相对风险"}
                                                               : Text{"density of incidents", "事件核密度"};
    const std::string& city = say(city_.name);
    return zh() ? city + what.zh : city + ": " + what.en;
  }

  std::string window() const {
    std::string text = say(window_in_words(request_.events));
    if (!answer_.period.en.empty()) text += (zh() ? "；折算时段 " : "; divided by ") + say(answer_.period);
    if (answer_.batch > 0) {
      const std::string k = std::to_string(answer_.batch);
      text += zh() ? "；公开形式：仅含凑满 " + k + " 的整批事件" : "; public form: full batches of " + k + " only";
    }
    return text;
  }

  std::string source() const {
    const std::string share = fixed(100 * answer_.coincident_share, 0);
    const std::string crs = answer_.table.lattice.crs;
    return zh() ? "位置重合的事件占 " + share + "%；坐标系 " + crs + "；织网 Gridloom"
                : share + " % of the incidents share their place with another; " + crs + "; Gridloom";
  }

  const DensityAnswer& answer_;
  const DensityRequest& request_;
  const City& city_;
};

// --- the map ---

class CityOutline {
 public:
  CityOutline(MapSheet& sheet, const City& city) : sheet_(sheet), city_(city) {}

  std::vector<Spot> spots(std::span<const Point> line) const {
    std::vector<Spot> out;
    out.reserve(line.size());
    for (const Point p : line) out.push_back(sheet_.at(metres(p.x), metres(p.y)));
    return out;
  }

  std::vector<std::vector<Spot>> ground() const {
    const Arrangement& map = city_.arrangement;
    std::vector<Label> inside(map.face_count, 0);
    inside[kOutside] = kGap;
    std::vector<std::vector<Spot>> rings;
    for (const auto& label : dissolve(map, inside, 1).of_label)
      for (const ArcPolygon& polygon : label) {
        rings.push_back(spots(points_of(map, polygon.shell)));
        for (const ArcRing& hole : polygon.holes) rings.push_back(spots(points_of(map, hole)));
      }
    return rings;
  }

  // The city limit, and inside it the finest of grids and levels that leaves room.
  void draw() const {
    bool done = !city_.grids.empty() && draw_units(city_.grid_of_face, city_.grids.size());
    for (auto level = city_.admin.rbegin(); level != city_.admin.rend() && !done; ++level)
      done = draw_units(level->of_face, level->units.size());
    draw_arcs([](const Arc& arc) { return (arc.left == kOutside) != (arc.right == kOutside); }, {{kInk, 0.75}, 1});
  }

 private:
  bool draw_units(const std::vector<Label>& of_face, std::size_t count) const {
    double area = 0;
    for (const double m2 : city_.area_m2) area += m2;
    if (count < 2 || std::sqrt(area / static_cast<double>(count)) * sheet_.px_per_metre() < kLeastRoom) return false;
    draw_arcs(
        [&](const Arc& arc) {
          return of_face[arc.left] != of_face[arc.right] && arc.left != kOutside && arc.right != kOutside;
        },
        {{kInk, 0.35}, 0.6});
    return true;
  }

  void draw_arcs(const std::function<bool(const Arc&)>& takes, const Pen& pen) const {
    const Arrangement& map = city_.arrangement;
    Shape lines{{}, false, {}, pen, ""};
    for (ArcId a = 0; a < map.arcs.size(); ++a)
      if (takes(map.arcs[a])) lines.lines.push_back(spots(map.points_of(a)));
    sheet_.add(std::move(lines));
  }

  MapSheet& sheet_;
  const City& city_;
};

void draw_raster(MapSheet& sheet, const DensityAnswer& answer, const ToneScale& scale) {
  const RasterGrid& g = answer.grid;
  const double pixel = metres(g.cell_mm) * sheet.px_per_metre();
  const auto block = static_cast<std::uint32_t>(std::max(1.0, std::floor(1 / pixel)));
  Image image = image_of(answer.values, g.nx, g.ny, scale, block);
  image.smooth = pixel * block < kSmoothBelow;
  const RasterGrid blocks{g.x0_mm, g.y0_mm, g.cell_mm * block, image.nx, image.ny};
  sheet.add_image(std::move(image), bounds_of(blocks));
}

// Dense streets last, above the others.
void draw_streets(MapSheet& sheet, const CityOutline& lines, const DensityAnswer& answer, const ToneScale& scale) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t row = 0; row < answer.table.rows.size(); ++row)
    order.emplace_back(std::get<double>(answer.table.rows[row][1]), row);
  std::sort(order.begin(), order.end());
  for (const auto& [value, row] : order) {
    const double share = scale.share(value);
    const Pen pen = value > 0 ? Pen{{scale.tone_of_share(share).colour}, 0.8 + 2.6 * share} : Pen{{kFaint, 0.35}, 0.4};
    sheet.add(Shape{{lines.spots(answer.table.lines[row])}, false, {}, pen, ""});
  }
}

ToneScale scale_of(const DensityAnswer& answer, const DensityRequest& request) {
  const ScaleKind kind = request.against == Against::incidents    ? ScaleKind::ratio
                         : request.against == Against::population ? ScaleKind::rate
                                                                  : ScaleKind::amount;
  return {kind, answer.highest, request.top, request.risk.logarithm};
}

}  // namespace

std::string density_png(const DensityAnswer& answer, const DensityRequest& request, const City& city) {
  const Telling telling(answer, request, city);
  const ToneScale scale = scale_of(answer, request);
  MapSheet sheet(bounds_of(box_to_show(answer, request, city)), telling.heading(), request.width_px);
  const CityOutline lines(sheet, city);
  const std::vector<std::vector<Spot>> ground = lines.ground();
  const bool ratio = request.against != Against::nothing, raster = answer.grid.size() > 0;
  sheet.add(Shape{ground, true, Tone{ratio ? kUnknown : kLand}, {}, ""});
  sheet.add(ClipBegin{ground});
  if (raster) draw_raster(sheet, answer, scale);
  sheet.add(ClipEnd{});
  lines.draw();
  if (!raster) draw_streets(sheet, lines, answer, scale);
  sheet.add_ramp(telling.say(answer.unit), scale, telling.say({" and more", " 及以上"}));
  if (ratio) sheet.add_entries("", {{kUnknown, telling.say({"too little to say", "基数过小，不作判断"})}}, false);
  sheet.add_note(telling.how());
  return png_of(sheet.drawing());
}

}  // namespace gridloom
