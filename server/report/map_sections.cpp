// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/report/html.h"
#include "server/report/sections.h"

namespace gridloom {
namespace {

constexpr double kMap_px = 760;

std::string swatch(const std::string& css_class, const std::string& name) {
  return "<span><i class=\"" + css_class + "\"></i>" + name + "</span> ";
}

std::string legend_of_layers(const ReportContext& r) {
  std::string out = "<p class=\"legend\">";
  for (std::size_t l = 0; l < r.city().layers.size(); ++l) out += swatch("d" + std::to_string(l), r.layer_name(l));
  return out + "</p>";
}

std::string legend_of_grids(const ReportContext& r, bool close_up) {
  std::string out = "<p class=\"legend\">" + swatch("k-unit", r.say({"administrative unit", "行政单元"})) +
                    swatch("k-grid", r.say({"governance grid", "治理网格"}));
  if (close_up) out += swatch("k-atom", r.say({"departments’ aligned lines", "对齐后的部门界线"}));
  const auto has = [&](GridKind kind) {
    return std::any_of(r.city().grids.begin(), r.city().grids.end(), [&](const Grid& g) { return g.kind == kind; });
  };
  if (has(GridKind::special)) out += swatch("k-special", r.say({"special grid", "专属网格"}));
  if (has(GridKind::uninhabited)) out += swatch("k-uninhabited", r.say({"uninhabited grid", "无人居住网格"}));
  return out + "</p>";
}

std::string before_and_after(const ReportContext& r, const Box& window, const Text& before, const Text& after,
                             bool close_up) {
  return "<div class=\"pair\">" +
         figure(r.pictures().delivered(window, kMap_px, r.say(before)), r.say(before) + legend_of_layers(r)) +
         figure(r.pictures().grids(window, kMap_px, r.say(after)), r.say(after) + legend_of_grids(r, close_up)) +
         "</div>";
}

}  // namespace

Section maps_section(const ReportContext& r) {
  return {
      "maps",
      {"The city before and after", "融合前后全图"},
      {"Left what was delivered, right what it became.", "左为交付成果，右为融合结果。"},
      before_and_after(
          r, r.pictures().whole(), {"Before: every department’s lines as delivered", "融合前：各部门交付的界线"},
          {"After: the governance grids inside their administrative units", "融合后：行政单元内的治理网格"}, false)};
}

Section close_up_section(const ReportContext& r) {
  return {"close-up",
          {"Where the departments disagreed most", "分歧最密集之处"},
          {"The window with most slivers between lines that were meant to be the same.",
           "本应一致的界线之间细碎面最多的窗口。"},
          before_and_after(r, r.pictures().busiest(), {"Delivered", "交付"},
                           {"Aligned, with the grids", "对齐后与治理网格"}, true)};
}

}  // namespace gridloom
