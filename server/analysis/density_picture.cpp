// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/density_picture.h"

#include <cairo/cairo.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <memory>

#include "engine/io/project/project_meta.h"
#include "server/words/number_text.h"
#include "tiles/maps/colour.h"

namespace gridloom {
namespace {

constexpr double kMargin = 28, kPanel = 270, kHead = 86, kFoot = 30;  // pixels
constexpr double kLeastRoom = 14;  // pixels between lines, on average: closer ones would hide the colours
constexpr double kTallest = 1.5;   // height of the map to its width
constexpr const char* kFont = "Noto Sans CJK SC";
constexpr Colour kInk{0x26, 0x2a, 0x33}, kFaint{0x70, 0x76, 0x82}, kWater{0xe2, 0xe9, 0xf0}, kLand{0xfa, 0xf9, 0xf6},
    kPaper{0xff, 0xff, 0xff}, kUnknown{0xd3, 0xd6, 0xda};
// After ColorBrewer's YlOrRd and RdBu (Brewer & Harrower).
constexpr std::array<Colour, 7> kRamp{{{0xff, 0xf7, 0xc8},
                                       {0xfe, 0xd9, 0x76},
                                       {0xfe, 0xb2, 0x4c},
                                       {0xfd, 0x8d, 0x3c},
                                       {0xf0, 0x46, 0x28},
                                       {0xc8, 0x0f, 0x26},
                                       {0x76, 0x00, 0x26}}};
constexpr std::array<Colour, 7> kDiverging{{{0x21, 0x66, 0xac},
                                            {0x67, 0xa9, 0xcf},
                                            {0xd1, 0xe5, 0xf0},
                                            {0xf7, 0xf7, 0xf7},
                                            {0xfd, 0xdb, 0xc7},
                                            {0xef, 0x8a, 0x62},
                                            {0xb2, 0x18, 0x2b}}};

template <std::size_t N>
Colour colour_at(const std::array<Colour, N>& ramp, double share) {
  const double at = std::clamp(share, 0.0, 1.0) * (N - 1);
  const auto low = std::min(static_cast<std::size_t>(at), N - 2);
  return mix(ramp[low], ramp[low + 1], at - static_cast<double>(low));
}

struct Tone {
  Colour colour;
  double alpha = 1;
};

// From values to colours.
class Scale {
 public:
  Scale(const DensityAnswer& answer, const DensityRequest& request)
      : ratio_(request.against == Against::incidents),
        rate_(request.against == Against::population),
        log_(request.logarithm) {
    const double highest = std::isfinite(answer.highest) ? answer.highest : 0;
    top_ = request.top.value_or(highest);
    more_ = highest > top_ * (1 + 1e-9);
    if (ratio_)
      top_ = std::max(log_ ? std::abs(top_) : top_, log_ ? 0.1 : 1.25);
    else if (!(top_ > 0))
      top_ = 1;
  }

  // Where a value lies on the legend, 0 to 1.
  double share(double value) const {
    if (ratio_) {
      const double most = log_ ? top_ : std::log(top_), v = log_ ? value : std::log(std::max(value, 1e-12));
      return std::clamp((v / most + 1) / 2, 0.0, 1.0);
    }
    if (log_) return std::clamp(value / top_, 0.0, 1.0);
    return std::sqrt(std::clamp(value / top_, 0.0, 1.0));
  }
  Tone tone_of_share(double share) const {
    if (ratio_) return {colour_at(kDiverging, share)};
    if (rate_) return {colour_at(kRamp, share)};
    return {colour_at(kRamp, share), std::clamp(share / 0.12, 0.0, 1.0)};
  }
  Tone tone(double value) const {
    if (std::isnan(value)) return {kLand, 0};
    return tone_of_share(share(value));
  }
  std::vector<double> ticks() const {
    std::vector<double> out;
    if (ratio_ && !log_) {
      for (const double factor : {1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0})
        if (factor <= top_) {
          out.push_back(factor);
          if (factor > 1) out.push_back(1 / factor);
        }
      return out;
    }
    const double power = std::pow(10.0, std::floor(std::log10(top_)));
    double width = 0.5 * power;
    for (const double step : {0.1, 0.2, 0.25, 0.5, 1.0, 2.0})
      if (top_ / (step * power) <= 6) {
        width = step * power;
        break;
      }
    for (double v = ratio_ ? -std::floor(top_ / width) * width : 0; v <= top_ * (1 + 1e-9); v += width)
      out.push_back(v);
    return out;
  }
  bool more() const { return more_; }

 private:
  bool ratio_, rate_, log_;
  double top_ = 1;
  bool more_ = false;
};

struct Destroy {
  void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
  void operator()(cairo_t* c) const { cairo_destroy(c); }
};
using Surface = std::unique_ptr<cairo_surface_t, Destroy>;
using Pen = std::unique_ptr<cairo_t, Destroy>;

Surface surface_of(int width, int height) {
  Surface surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height));
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) throw DataError("picture_too_large");
  return surface;
}

// Premultiplied, as Cairo wants it.
std::uint32_t argb(const Tone& tone) {
  const auto part = [&](std::uint8_t v) { return static_cast<std::uint32_t>(std::lround(v * tone.alpha)); };
  return static_cast<std::uint32_t>(std::lround(255 * tone.alpha)) << 24 | part(tone.colour.red) << 16 |
         part(tone.colour.green) << 8 | part(tone.colour.blue);
}

class Picture {
 public:
  Picture(const DensityAnswer& answer, const DensityRequest& request, const City& city)
      : answer_(answer), request_(request), city_(city), scale_(answer, request), box_(box_to_show()) {
    const double wide = static_cast<double>(box_.max.x) - box_.min.x,
                 tall = static_cast<double>(box_.max.y) - box_.min.y;
    width_ = request.width_px;
    map_w_ = width_ - kPanel - 3 * kMargin;
    map_h_ = std::clamp(map_w_ * tall / wide, std::min(300.0, map_w_), kTallest * map_w_);
    height_ = std::round(kHead + map_h_ + kFoot + kMargin);
    per_mm_ = std::min(map_w_ / wide, map_h_ / tall);
    left_ = kMargin + (map_w_ - wide * per_mm_) / 2;
    top_ = kHead + (map_h_ - tall * per_mm_) / 2;
    surface_ = surface_of(static_cast<int>(width_), static_cast<int>(height_));
    pen_.reset(cairo_create(surface_.get()));
  }

  std::string png() {
    paint(kPaper);
    rectangle(kMargin, kHead, map_w_, map_h_);
    fill(kWater);
    cairo_save(pen());
    rectangle(kMargin, kHead, map_w_, map_h_);
    cairo_clip(pen());
    map();
    cairo_restore(pen());
    heading();
    legend();
    scale_bar();
    note();
    std::string bytes;
    const auto add = [](void* to, const unsigned char* data, unsigned length) {
      static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), length);
      return CAIRO_STATUS_SUCCESS;
    };
    if (cairo_surface_write_to_png_stream(surface_.get(), add, &bytes) != CAIRO_STATUS_SUCCESS)
      throw DataError("picture_unwritten");
    return bytes;
  }

 private:
  cairo_t* pen() const { return pen_.get(); }
  bool zh() const { return request_.language == Language::zh; }
  const std::string& say(const Text& text) const { return zh() ? text.zh : text.en; }

  bool ratio() const { return request_.against != Against::nothing; }

  // --- strokes ---

  void ink(Colour c, double alpha = 1) {
    cairo_set_source_rgba(pen(), c.red / 255.0, c.green / 255.0, c.blue / 255.0, alpha);
  }
  void paint(Colour c) {
    ink(c);
    cairo_paint(pen());
  }
  void rectangle(double x, double y, double w, double h) { cairo_rectangle(pen(), x, y, w, h); }
  void fill(Colour c, double alpha = 1) {
    ink(c, alpha);
    cairo_fill(pen());
  }
  void stroke(Colour c, double width, double alpha = 1) {
    ink(c, alpha);
    cairo_set_line_width(pen(), width);
    cairo_stroke(pen());
  }

  // --- text ---

  double text_width(const std::string& text) const {
    cairo_text_extents_t extents;
    cairo_text_extents(pen(), text.c_str(), &extents);
    return extents.x_advance;
  }
  void font(double size, bool bold = false) {
    cairo_select_font_face(pen(), kFont, CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(pen(), size);
  }
  void text(double x, double y, const std::string& what, Colour c) {
    ink(c);
    cairo_move_to(pen(), x, y);
    cairo_show_text(pen(), what.c_str());
  }
  // Smaller until it fits.
  void fitted(double x, double y, double room, double size, bool bold, const std::string& what, Colour c) {
    font(size, bold);
    const double width = text_width(what);
    if (width > room) font(std::max(8.0, size * room / width), bold);
    text(x, y, what, c);
  }
  // In lines, broken between characters of Chinese and words of others. The y below the last.
  double wrapped(double x, double y, double room, double size, const std::string& what, Colour c) {
    font(size);
    std::string line, word;
    const auto flush = [&] {
      if (!line.empty() && text_width(line + word) > room) {
        text(x, y, line, c);
        y += 1.45 * size;
        line.clear();
        while (!word.empty() && word.front() == ' ') word.erase(0, 1);
      }
      line += word;
      word.clear();
    };
    for (std::size_t i = 0; i < what.size();) {
      const auto lead = static_cast<unsigned char>(what[i]);
      const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
      if (lead == ' ' || length >= 3) flush();
      word += what.substr(i, length);
      i += length;
    }
    flush();
    text(x, y, line, c);
    return y + 1.45 * size;
  }

  // --- the map ---

  Box box_to_show() const {
    const RasterGrid& g = answer_.grid;
    const auto at = [](std::int64_t v) { return static_cast<std::int32_t>(v); };
    if (g.size() > 0 && !request_.window.empty())
      return {{at(g.x0_mm), at(g.y0_mm - g.cell_mm * g.ny)}, {at(g.x0_mm + g.cell_mm * g.nx), at(g.y0_mm)}};
    const Box city = box_of(city_.arrangement.points);
    const std::int32_t rim = std::max(city.max.x - city.min.x, city.max.y - city.min.y) / 40;
    return {{city.min.x - rim, city.min.y - rim}, {city.max.x + rim, city.max.y + rim}};
  }
  double x_of(double mm) const { return left_ + (mm - box_.min.x) * per_mm_; }
  double y_of(double mm) const { return top_ + (box_.max.y - mm) * per_mm_; }

  void add_line(std::span<const Point> line) {
    for (std::size_t i = 0; i < line.size(); ++i)
      (i ? cairo_line_to : cairo_move_to)(pen(), x_of(line[i].x), y_of(line[i].y));
  }
  void add_arcs(const std::function<bool(const Arc&)>& takes) {
    const Arrangement& map = city_.arrangement;
    for (ArcId a = 0; a < map.arcs.size(); ++a)
      if (takes(map.arcs[a])) add_line(map.points_of(a));
  }
  void add_ground() {
    const Arrangement& map = city_.arrangement;
    std::vector<Label> inside(map.face_count, 0);
    inside[kOutside] = kGap;
    for (const auto& label : dissolve(map, inside, 1).of_label)
      for (const ArcPolygon& polygon : label) {
        add_ring(points_of(map, polygon.shell));
        for (const ArcRing& hole : polygon.holes) add_ring(points_of(map, hole));
      }
  }
  void add_ring(const std::vector<Point>& ring) {
    add_line(ring);
    cairo_close_path(pen());
  }

  void map() {
    cairo_set_line_join(pen(), CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(pen(), CAIRO_LINE_CAP_ROUND);
    add_ground();
    ink(ratio() ? kUnknown : kLand);
    cairo_fill_preserve(pen());
    cairo_save(pen());
    cairo_clip(pen());
    if (answer_.grid.size() > 0) raster();
    cairo_restore(pen());
    borders();
    if (answer_.grid.size() == 0) streets();
  }

  // Pixels; blocks of them where the raster is finer than the picture, each with its mean.
  void raster() {
    const RasterGrid& g = answer_.grid;
    const double pixel = static_cast<double>(g.cell_mm) * per_mm_;
    const auto block = static_cast<std::uint32_t>(std::max(1.0, std::floor(1 / pixel)));
    const std::uint32_t nx = (g.nx + block - 1) / block, ny = (g.ny + block - 1) / block;
    const Surface image = surface_of(static_cast<int>(nx), static_cast<int>(ny));
    cairo_surface_flush(image.get());
    unsigned char* data = cairo_image_surface_get_data(image.get());
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(image.get()));
    for (std::uint32_t j = 0; j < ny; ++j) {
      auto* row = reinterpret_cast<std::uint32_t*>(data + j * stride);
      for (std::uint32_t i = 0; i < nx; ++i) row[i] = argb(scale_.tone(mean_of(i * block, j * block, block)));
    }
    cairo_surface_mark_dirty(image.get());
    cairo_save(pen());
    cairo_translate(pen(), x_of(static_cast<double>(g.x0_mm)), y_of(static_cast<double>(g.y0_mm)));
    cairo_scale(pen(), pixel * block, pixel * block);
    cairo_set_source_surface(pen(), image.get(), 0, 0);
    cairo_pattern_set_filter(cairo_get_source(pen()), pixel * block < 6 ? CAIRO_FILTER_BILINEAR : CAIRO_FILTER_NEAREST);
    cairo_pattern_set_extend(cairo_get_source(pen()), CAIRO_EXTEND_PAD);
    cairo_paint(pen());
    cairo_restore(pen());
  }

  double mean_of(std::uint32_t i0, std::uint32_t j0, std::uint32_t block) const {
    double sum = 0;
    std::size_t n = 0;
    for (std::uint32_t j = j0; j < std::min(j0 + block, answer_.grid.ny); ++j)
      for (std::uint32_t i = i0; i < std::min(i0 + block, answer_.grid.nx); ++i)
        if (const double v = answer_.values[std::size_t{j} * answer_.grid.nx + i]; !std::isnan(v)) sum += v, ++n;
    return n ? sum / static_cast<double>(n) : std::nan("");
  }

  // The finest of grids and levels that leaves room.
  void borders() {
    const auto takes = [&](const std::vector<Label>& of_face, std::size_t count) {
      double area = 0;
      for (const double m2 : city_.area_m2) area += m2;
      if (count < 2 || std::sqrt(area / static_cast<double>(count)) * 1000 * per_mm_ < kLeastRoom) return false;
      add_arcs([&](const Arc& arc) {
        return of_face[arc.left] != of_face[arc.right] && arc.left != kOutside && arc.right != kOutside;
      });
      stroke(kInk, 0.6, 0.35);
      return true;
    };
    bool done = !city_.grids.empty() && takes(city_.grid_of_face, city_.grids.size());
    for (auto level = city_.admin.rbegin(); level != city_.admin.rend() && !done; ++level)
      done = takes(level->of_face, level->units.size());
    add_arcs([](const Arc& arc) { return (arc.left == kOutside) != (arc.right == kOutside); });
    stroke(kInk, 1.0, 0.75);
  }

  // Dense streets last, above the others.
  void streets() {
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t row = 0; row < answer_.table.rows.size(); ++row)
      order.emplace_back(std::get<double>(answer_.table.rows[row][1]), row);
    std::sort(order.begin(), order.end());
    for (const auto& [value, row] : order) {
      const double share = scale_.share(value);
      add_line(answer_.table.lines[row]);
      if (value > 0)
        stroke(scale_.tone_of_share(share).colour, 0.8 + 2.6 * share);
      else
        stroke(kFaint, 0.4, 0.35);
    }
  }

  // --- around it ---

  void heading() {
    const std::string city = say(city_.name);
    const Text what = request_.along_streets ? Text{"incidents along streets", "沿街道的事件密度"}
                      : request_.against == Against::population
                          ? Text{"incidents against population", "事件率（按人口）"}
                      : request_.against == Against::incidents ? Text{"relative risk of incidents", "事件相对风险"}
                                                               : Text{"density of incidents", "事件核密度"};
    const double room = width_ - 2 * kMargin;
    fitted(kMargin, 42, room, 25, true, zh() ? city + what.zh : city + ": " + what.en, kInk);
    std::string window = say(window_in_words(request_.events));
    if (!answer_.period.en.empty()) window += (zh() ? "；折算时段 " : "; divided by ") + say(answer_.period);
    if (answer_.batch > 0) {
      const std::string k = std::to_string(answer_.batch);
      window += zh() ? "；公开形式：仅含凑满 " + k + " 的整批事件" : "; public form: full batches of " + k + " only";
    }
    fitted(kMargin, 68, room, 14, false, window, kFaint);
  }

  void legend() {
    const double x = width_ - kPanel - kMargin, bar = 22, high = std::min(300.0, map_h_ - 40);
    double y = std::round(wrapped(x, kHead + 14, kPanel, 15, say(answer_.unit), kInk) + 8);
    rectangle(x, y, bar, high);
    fill(kLand);
    cairo_set_antialias(pen(), CAIRO_ANTIALIAS_NONE);
    for (int i = 0; i < static_cast<int>(high); ++i) {
      const Tone tone = scale_.tone_of_share(1 - i / high);
      rectangle(x, std::round(y) + i, bar, 1);
      fill(tone.colour, tone.alpha);
    }
    cairo_set_antialias(pen(), CAIRO_ANTIALIAS_DEFAULT);
    rectangle(x + 0.5, y + 0.5, bar, high);
    stroke(kFaint, 1);
    font(13);
    double last = -1e9;
    for (const double value : ticks_downward()) {
      const double at = y + high * (1 - scale_.share(value));
      if (at - last < 18) continue;
      last = at;
      cairo_move_to(pen(), x + bar, at);
      cairo_line_to(pen(), x + bar + 5, at);
      stroke(kFaint, 1);
      const bool top = scale_.more() && scale_.share(value) >= 1;
      text(x + bar + 10, at + 5, label_of(value) + (top ? say({" and more", " 及以上"}) : ""), kInk);
    }
    y += high + 30;
    if (ratio()) {
      rectangle(x, y - 12, bar, 15);
      fill(kUnknown);
      text(x + bar + 10, y, say({"too little to say", "基数过小，不作判断"}), kInk);
      y += 30;
    }
    wrapped(x, y, kPanel, 12.5, how(), kFaint);
  }

  std::vector<double> ticks_downward() const {
    std::vector<double> ticks = scale_.ticks();
    std::sort(ticks.rbegin(), ticks.rend());
    return ticks;
  }

  static std::string label_of(double value) {
    if (value >= 10'000) return with_commas(static_cast<std::uint64_t>(std::llround(value)));
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return std::abs(value) < 1e-9 * 1 ? "0" : text;
  }

  std::string how() const {
    const std::string kernel(word_of(request_.surface.kernel)), metres = shortest(answer_.bandwidth_m);
    const std::string n = with_commas(answer_.events);
    std::string text =
        zh() ? kernel + " 核，带宽 " + metres + " 米" + (request_.surface.adaptive ? "（自适应）" : "")
             : kernel + " kernel, bandwidth " + metres + " m" + (request_.surface.adaptive ? " (adaptive)" : "");
    if (answer_.grid.size() > 0) {
      const std::string cell = shortest(request_.surface.cell_m);
      const bool edge = request_.surface.edge != EdgeCorrection::none;
      text += zh() ? "，像元 " + cell + " 米，" + (edge ? "已作边界校正" : "未作边界校正")
                   : ", cells of " + cell + " m, " + (edge ? "edge corrected" : "no edge correction");
    }
    return text + (zh() ? "。n = " + n : "; n = " + n);
  }

  void scale_bar() {
    const double most = 0.25 * map_w_ / per_mm_ / Lattice::kPerMetre;
    const double power = std::pow(10.0, std::floor(std::log10(most)));
    double metres = power;
    for (const double step : {2.0, 5.0})
      if (step * power <= most) metres = step * power;
    const double length = metres * Lattice::kPerMetre * per_mm_, x = width_ - kPanel - kMargin, y = kHead + map_h_ - 6;
    for (int part = 0; part < 2; ++part) {
      rectangle(x + part * length / 2, y - 5, length / 2, 5);
      part ? fill(kPaper) : fill(kInk);
    }
    rectangle(x, y - 5, length, 5);
    stroke(kInk, 1);
    font(12);
    text(x, y - 11, metres >= 1000 ? shortest(metres / 1000) + " km" : shortest(metres) + " m", kInk);
  }

  void note() {
    const std::string share = fixed(100 * answer_.coincident_share, 0);
    const std::string crs = answer_.table.lattice.crs;
    fitted(kMargin, height_ - 18, width_ - 2 * kMargin, 11.5, false,
           zh() ? "位置重合的事件占 " + share + "%；坐标系 " + crs + "；织网 Gridloom"
                : share + " % of the incidents share their place with another; " + crs + "; Gridloom",
           kFaint);
  }

  const DensityAnswer& answer_;
  const DensityRequest& request_;
  const City& city_;
  Scale scale_;
  Box box_;
  double width_ = 0, height_ = 0, map_w_ = 0, map_h_ = 0, per_mm_ = 0, left_ = 0, top_ = 0;
  Surface surface_;
  Pen pen_;
};

}  // namespace

std::string density_png(const DensityAnswer& answer, const DensityRequest& request, const City& city) {
  return Picture(answer, request, city).png();
}

}  // namespace gridloom
