// SPDX-License-Identifier: Apache-2.0
#include "server/report/chart.h"

#include <algorithm>
#include <cmath>

#include "engine/base/round_numbers.h"
#include "engine/base/strings.h"
#include "server/report/html.h"
#include "server/words/number_text.h"

namespace gridloom {
namespace {

constexpr double kWidth = 330, kHeight = 200;
constexpr double kLeft = 38, kRight = 12, kTop = 40, kBottom = 34;
constexpr double kPlotWidth = kWidth - kLeft - kRight, kPlotHeight = kHeight - kTop - kBottom;
constexpr double kName = 25;      // room for the name of a bar
constexpr double kMarkName = 85;  // and of a mark

std::string number(double value) {
  if (value >= 1000) return with_commas(static_cast<std::uint64_t>(std::llround(value)));
  return fixed(value, value == std::floor(value) ? 0 : value < 1 ? 2 : 1);
}

std::string text(double x, double y, const std::string& css_class, const std::string& words) {
  return "<text class=\"" + css_class + "\" x=\"" + fixed(x, 1) + "\" y=\"" + fixed(y, 1) + "\">" + xml_escaped(words) +
         "</text>";
}

class Drawing {
 public:
  explicit Drawing(const BarChart& chart) : chart_(chart) {
    double most = 0;
    for (const auto& [name, value] : chart.bars) most = std::max(most, value);
    if (most <= 0) most = 1;
    step_ = round_below(most / 2);  // two to five steps
    top_ = step_ * std::ceil(most / step_ - 1e-9);
    bar_ = kPlotWidth / static_cast<double>(std::max<std::size_t>(chart.bars.size(), 1));
  }

  std::string svg() const {
    return "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 " + fixed(kWidth, 0) + " " + fixed(kHeight, 0) +
           "\" aria-label=\"" + xml_escaped(chart_.label) + "\">" + values() + bars() + names() + marks() + "</svg>";
  }

 private:
  double x(double bar) const { return kLeft + bar * bar_; }
  double y(double value) const { return kTop + kPlotHeight * (1 - value / top_); }

  std::string values() const {
    std::string out = text(0, 11, "start title", chart_.y_title);
    for (double v = 0; v <= top_ + step_ / 2; v += step_)
      out += "<path class=\"" + std::string(v == 0 ? "axis" : "rule") + "\" d=\"M" + fixed(kLeft, 1) + " " +
             fixed(y(v), 1) + "h" + fixed(kPlotWidth, 1) + "\"/>" + text(kLeft - 4, y(v) + 3.5, "end", number(v));
    return out;
  }

  std::string bars() const {
    std::string out;
    for (std::size_t i = 0; i < chart_.bars.size(); ++i) {
      const auto& [name, value] = chart_.bars[i];
      out += "<rect x=\"" + fixed(x(static_cast<double>(i)) + 1, 1) + "\" y=\"" + fixed(y(value), 1) + "\" width=\"" +
             fixed(bar_ - 2, 1) + "\" height=\"" + fixed(y(0) - y(value), 1) + "\"><title>" + xml_escaped(name) + ": " +
             fixed(value, value < 10 ? 2 : 1) + "</title></rect>";
    }
    return out;
  }

  // Every name where there is room, else every second, and so on.
  std::string names() const {
    const auto every = static_cast<std::size_t>(std::ceil(kName / bar_));
    std::string out;
    for (std::size_t i = 0; i < chart_.bars.size(); i += every)
      out += text(x(static_cast<double>(i) + (chart_.names_at_ends ? 1 : 0.5)), kTop + kPlotHeight + 12, "middle",
                  chart_.bars[i].first);
    return out + text(kLeft + kPlotWidth / 2, kHeight - 4, "middle title", chart_.x_title);
  }

  // Names stand above the plot, one below the other: the lowest mark's to its left where there is room, so that it
  // crosses no other mark, the others' to their right.
  std::string marks() const {
    std::string out;
    double line = kTop - 16, lowest = static_cast<double>(chart_.bars.size());
    for (const Mark& m : chart_.marks) lowest = std::min(lowest, m.at);
    for (const Mark& m : chart_.marks) {
      const double at = x(std::clamp(m.at, 0.0, static_cast<double>(chart_.bars.size())));
      const bool room_left = at > kLeft + kMarkName, room_right = at < kWidth - kMarkName;
      const bool left = room_left && (!room_right || (m.at == lowest && chart_.marks.size() > 1));
      out += "<path class=\"" + m.css_class + "\" d=\"M" + fixed(at, 1) + " " + fixed(line - 4, 1) + "V" +
             fixed(kTop + kPlotHeight, 1) + "\"/>" +
             text(at + (left ? -4 : 4), line + 3, left ? "end mark" : "start mark", m.name);
      line += 12;
    }
    return out;
  }

  const BarChart& chart_;
  double step_ = 1, top_ = 1, bar_ = 1;
};

}  // namespace

std::string bar_chart(const BarChart& chart) { return Drawing(chart).svg(); }

}  // namespace gridloom
