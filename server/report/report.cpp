// SPDX-License-Identifier: Apache-2.0
#include "server/report/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "engine/base/strings.h"
#include "server/report/html.h"
#include "server/report/sections.h"
#include "server/report/style.h"
#include "server/words/number_text.h"

namespace gridloom {
namespace {

// 24 colours as far apart from each other as a search over the sRGB cube got them, by Oklab distance plus a third of
// that seen by deuteranopes, with a contrast of at least 2.3 to the maps' ground; the first twelve are the best twelve.
constexpr std::array kLayerColours{"#ff00ff", "#003c00", "#00b400", "#0000b4", "#ff0078", "#69a5d2",
                                   "#a500b4", "#a50000", "#e1870f", "#1e785a", "#0069ff", "#5a005a",
                                   "#005a96", "#a55a78", "#a569f0", "#e178c3", "#966900", "#6900e1",
                                   "#690000", "#002d69", "#4b4b4b", "#00a587", "#e13c00", "#5a78b4"};
constexpr double kMany = 100;  // people: a conflict that a meeting should know of
constexpr double kGoldenAngle = 137.508;

std::string layer_colour(std::size_t l) {
  if (l < kLayerColours.size()) return kLayerColours[l];
  return "hsl(" + fixed(std::fmod(kGoldenAngle * static_cast<double>(l), 360), 0) + " 60% 40%)";
}

std::string layer_colours(const City& city) {
  std::string out;
  for (std::size_t l = 0; l < city.layers.size(); ++l)
    out += ".d" + std::to_string(l) + "{stroke:" + layer_colour(l) + ";background:" + layer_colour(l) + "}";
  return out;
}

std::string facts(const ReportContext& r) {
  const City& city = r.city();
  const auto fact = [&](const std::string& figure, const Text& what) {
    return "<div><b>" + figure + "</b><span>" + r.say(what) + "</span></div>";
  };
  double people = 0;
  for (double p : city.population) people += p;
  return "<div class=\"facts\">" + fact(with_commas(city.layers.size()), {"departments’ layers", "部门图层"}) +
         fact(rounded(r.number(QualityStage::raw, QualityMetric::faces)) + " → " +
                  rounded(r.number(QualityStage::aligned, QualityMetric::faces)),
              {"pieces of ground, delivered → aligned", "地块：交付 → 对齐"}) +
         fact(rounded(r.number(QualityStage::raw, QualityMetric::thin_faces)) + " → " +
                  rounded(r.number(QualityStage::aligned, QualityMetric::thin_faces)),
              {"of them slivers", "其中细碎面"}) +
         fact(with_commas(city.grids.size()), {"governance grids", "治理网格"}) +
         fact(percent(r.number(QualityStage::unified, QualityMetric::people_in_band)),
              {"of the people in grids within the band", "人口位于达标网格"}) +
         fact(rounded(people), {"people", "人口"}) + "</div>";
}

// What a reader who reads nothing else should know.
std::string in_short(const ReportContext& r) {
  const City& city = r.city();
  const auto item = [&](const char* id, const std::string& words) {
    return "<li>" + words + " <a href=\"#" + std::string(id) + "\">" + r.say({"more", "详见"}) + "</a></li>";
  };
  std::string out = "<ul class=\"short\">";
  const std::vector<const Conflict*> open = open_questions(city);
  const std::size_t missed = unmet_targets(city);
  const auto many = static_cast<double>(
      std::count_if(open.begin(), open.end(), [](const Conflict* c) { return c->population >= kMany; }));
  if (!open.empty())
    out += item("decisions", r.count(static_cast<double>(open.size()), {" conflict concerns people", "项冲突涉及人口"},
                                     {" conflicts concern people", "项冲突涉及人口"}) +
                                 r.say({", " + rounded(many) + " of them " + rounded(kMany) + " or more.",
                                        "，其中" + rounded(many) + "项涉及" + rounded(kMany) + "人及以上。"}));
  const auto empty = std::count_if(city.grids.begin(), city.grids.end(), [](const Grid& g) {
    return g.verdict == BandVerdict::isolated && g.households < 0.5;
  });
  const std::string none = with_commas(static_cast<std::uint64_t>(empty));
  if (missed > 0)
    out += item(
        "unmet",
        r.count(static_cast<double>(missed), {" grid is", "个网格超出规模区间"}, {" grids are", "个网格超出规模区间"}) +
            r.say({" outside the band of households", ""}) +
            (empty > 0 ? r.say({", " + none + " of them with less than one.", "，其中" + none + "个不足一户。"})
                       : r.say({".", "。"})));
  const auto proven = std::count_if(city.plans.begin(), city.plans.end(),
                                    [](const UnitPlan& p) { return p.status == PlanStatus::infeasible; });
  const std::string units = with_commas(static_cast<std::uint64_t>(proven)), all = with_commas(city.plans.size());
  if (proven > 0)
    out +=
        item("plans",
             r.say({"For " + units + " of " + all + " units it is proven that no plan puts every grid within the band.",
                    all + "个单元中有" + units + "个已证明无法使全部网格达标。"}));
  std::string coarse;
  for (std::size_t l = 0; l < city.layers.size(); ++l)
    if (r.generalised(l)) coarse += (coarse.empty() ? std::string() : r.say({", ", "、"})) + r.layer_name(l);
  if (!coarse.empty())
    out += item("distances",
                r.say({"Drawn coarsely, so that their lines bend to the others’: ", "界线经概化、以其他图层为准："}) +
                    coarse + r.say({".", "。"}));
  return out + "</ul>";
}

std::string head(const ReportContext& r) {
  const City& city = r.city();
  const std::string date = city.history.empty() ? "" : city.history.back().at;
  return "<header><h1>" + xml_escaped(r.say(city.name)) + "</h1><p>" +
         r.say({"How its departments’ grids became one governance grid", "各部门网格如何融合成一张治理网格"}) +
         (date.empty() ? "" : " · " + xml_escaped(date)) + "</p>" + facts(r) + in_short(r) + "</header>\n";
}

}  // namespace

std::string report_page(const City& city, Language language) {
  const ReportContext r(city, language);
  const std::array sections{maps_section(r),    close_up_section(r),   decisions_section(r), unmet_section(r),
                            plans_section(r),   succession_section(r), conflicts_section(r), quality_section(r),
                            cells_section(r),   shifts_section(r),     nestings_section(r),  distances_section(r),
                            support_section(r), crosswalks_section(r), formulas_section(r)};
  std::string contents = "<nav>", body;
  for (const Section& s : sections) {
    if (s.body.empty()) continue;
    contents += "<a href=\"#" + s.id + "\">" + r.say(s.title) + "</a> ";
    body += "<section id=\"" + s.id + "\"><h2>" + r.say(s.title) + "</h2><p>" + r.say(s.words) + "</p>\n" + s.body +
            "</section>\n";
  }
  return "<!doctype html>\n<html lang=\"" + r.say({"en", "zh-CN"}) +
         "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>" +
         xml_escaped(r.say(city.name)) + " · " + r.say({"fusion report", "融合报告"}) + "</title><style>" +
         kReportStyle + layer_colours(city) + "</style></head><body>\n" + head(r) + contents + "</nav>\n" + body +
         "</body></html>\n";
}

}  // namespace gridloom
