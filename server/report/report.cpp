// SPDX-License-Identifier: Apache-2.0
#include "server/report/report.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "engine/fusion/displacement.h"
#include "server/conflict_text.h"
#include "server/csv.h"
#include "server/number_text.h"
#include "server/report/city_pictures.h"
#include "server/report/html.h"
#include "server/report/style.h"

namespace gridloom {
namespace {

constexpr std::size_t kConflictsShown = 36, kOfOneKind = 9;
constexpr double kMap_px = 760, kSmallMap_px = 300;

std::string rounded(double number) {
  return with_commas(static_cast<std::uint64_t>(std::llround(std::max(0.0, number))));
}
std::string percent(double share, int decimals = 1) { return fixed(100 * share, decimals) + " %"; }

class Report {
 public:
  Report(const City& city, Language language) : city_(city), language_(language), pictures_(city) {
    for (const QualityRow& row : city.quality) quality_[{row.stage, row.layer, row.metric}] = row.value;
  }

  std::string page() {
    const std::string title = html(say(city_.name)) + " · " + say({"fusion report", "融合报告"});
    std::string out = "<!doctype html>\n<html lang=\"" + std::string(say({"en", "zh-CN"})) +
                      "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
                      "<title>" +
                      title + "</title><style>" + kReportStyle + layer_colours() + "</style></head><body>\n";
    out += head() + maps() + close_up() + quality() + moved() + nestings() + distances() + support() + conflicts() +
           plans() + succession() + downloads() + formulas();
    return out + "</body></html>\n";
  }

 private:
  std::string say(const Text& text) const { return language_ == Language::zh ? text.zh : text.en; }

  // Notes are kept in both languages: "English / 中文".
  std::string note(const std::string& both) const {
    const std::size_t cut = both.find(" / ");
    if (cut == std::string::npos) return html(both);
    return html(language_ == Language::zh ? both.substr(cut + 3) : both.substr(0, cut));
  }

  std::optional<double> value(const std::string& stage, const std::string& layer, const std::string& metric) const {
    const auto at = quality_.find({stage, layer, metric});
    return at == quality_.end() ? std::nullopt : std::optional(at->second);
  }
  std::string shown(const std::string& stage, const std::string& layer, const std::string& metric, int decimals) const {
    const auto v = value(stage, layer, metric);
    return v ? fixed(*v, decimals) : "–";
  }
  double number(const std::string& stage, const std::string& metric) const {
    return value(stage, "", metric).value_or(0);
  }
  std::string layer_name(std::size_t l) const { return html(say(city_.layers[l].title)); }
  std::string layer_name(const std::string& id) const {
    for (std::size_t l = 0; l < city_.layers.size(); ++l)
      if (city_.layers[l].id == id) return layer_name(l);
    return html(id);
  }

  std::string section(const std::string& id, const Text& title, const Text& words, const std::string& body) const {
    return "<section id=\"" + id + "\"><h2>" + say(title) + "</h2><p>" + say(words) + "</p>\n" + body + "</section>\n";
  }
  std::string figure(const std::string& picture, const std::string& caption) const {
    return "<figure>" + picture + "<figcaption>" + caption + "</figcaption></figure>\n";
  }

  // Hues spread around the circle, alike in lightness.
  std::string layer_colours() const {
    std::string out;
    for (std::size_t l = 0; l < city_.layers.size(); ++l) {
      const std::string hue = fixed(360.0 * static_cast<double>(l) / static_cast<double>(city_.layers.size()), 0);
      out += ".d" + std::to_string(l) + "{stroke:hsl(" + hue + " 65% 42%);background:hsl(" + hue + " 65% 42%)}";
    }
    return out;
  }

  std::string head() const {
    const auto fact = [&](const std::string& figure, const Text& what) {
      return "<div><b>" + figure + "</b><span>" + say(what) + "</span></div>";
    };
    std::string date = city_.history.empty() ? "" : city_.history.back().at;
    std::string out =
        "<header><h1>" + html(say(city_.name)) + "</h1><p>" +
        say({"How its departments’ grids became one governance grid", "各部门网格如何融合成一张治理网格"}) +
        (date.empty() ? "" : " · " + html(date)) + "</p><div class=\"facts\">";
    out += fact(with_commas(city_.layers.size()), {"departments’ layers", "部门图层"});
    out += fact(rounded(number("raw", "faces")) + " → " + rounded(number("aligned", "faces")),
                {"pieces of ground, delivered → aligned", "地块：交付 → 对齐"});
    out += fact(rounded(number("raw", "thin_faces")) + " → " + rounded(number("aligned", "thin_faces")),
                {"of them slivers", "其中细碎面"});
    out += fact(with_commas(city_.grids.size()), {"governance grids", "治理网格"});
    out += fact(percent(number("unified", "people_in_band")),
                {"of the people in grids within the band", "人口位于达标网格"});
    double people = 0;
    for (double p : city_.population) people += p;
    out += fact(rounded(people), {"people", "人口"});
    return out + "</div></header>\n";
  }

  std::string legend_of_layers() const {
    std::string out = "<p class=\"legend\">";
    for (std::size_t l = 0; l < city_.layers.size(); ++l)
      out += "<span><i class=\"d" + std::to_string(l) + "\"></i>" + layer_name(l) + "</span> ";
    return out + "</p>";
  }

  std::string maps() const {
    const Box window = pictures_.whole();
    const Text before{"Before: every department’s lines as delivered", "融合前：各部门交付的界线"};
    const Text after{"After: the governance grids inside their administrative units", "融合后：行政单元内的治理网格"};
    return section("maps", {"The city before and after", "融合前后全图"},
                   {"Left what was delivered, right what it became.", "左为交付成果，右为融合结果。"},
                   "<div class=\"pair\">" + figure(pictures_.delivered(window, kMap_px, say(before)), say(before)) +
                       figure(pictures_.grids(window, kMap_px, say(after)), say(after)) + "</div>" +
                       legend_of_layers());
  }

  std::string close_up() const {
    const Box window = pictures_.busiest();
    const Text before{"Delivered", "交付"}, after{"Aligned, with the grids", "对齐后与治理网格"};
    return section("close-up", {"Where the departments disagreed most", "分歧最密集之处"},
                   {"The window with most slivers between lines that were meant to be the same.",
                    "本应一致的界线之间细碎面最多的窗口。"},
                   "<div class=\"pair\">" + figure(pictures_.delivered(window, kMap_px, say(before)), say(before)) +
                       figure(pictures_.grids(window, kMap_px, say(after)), say(after)) + "</div>");
  }

  std::string quality() const {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t l = 0; l < city_.layers.size(); ++l) {
      const std::string& id = city_.layers[l].id;
      const auto hectares = [&](const char* stage, const char* metric) {
        return fixed(value(stage, id, metric).value_or(0) / 1e4, 1);
      };
      const auto share = [&](const char* stage, const char* metric) {
        const double v = value(stage, id, metric).value_or(0);
        return bar_cell(v, percent(v));
      };
      rows.push_back({layer_name(l), hectares("raw", "gap_area") + " → " + hectares("aligned", "gap_area"),
                      hectares("raw", "overlap_area") + " → " + hectares("aligned", "overlap_area"),
                      shown("aligned", id, "changed_cells", 0) + " / " + with_commas(city_.layers[l].cells.size()),
                      shown("aligned", id, "lost_cells", 0), shown("aligned", id, "displacement_mean", 2),
                      shown("aligned", id, "displacement_p95", 1), share("aligned", "boundary_recall"),
                      share("unified", "purity"), share("unified", "inverse_purity"),
                      shown("unified", id, "mean_splits", 2)});
    }
    const auto th = [&](const Text& t) { return say(t); };
    return section(
        "quality", {"Quality by layer and stage", "各图层各阶段质量"},
        {"Delivered → aligned, then how well the grids respect each department’s cells. Formulas at the end.",
         "交付 → 对齐，以及治理网格与各部门网格的吻合程度。公式见文末。"},
        html_table({th({"Layer", "图层"}), th({"Gaps, ha", "空白（公顷）"}), th({"Overlaps, ha", "重叠（公顷）"}),
                    th({"Cells changed by over 5 %", "变化超过5%的网格"}), th({"Cells lost", "丢失网格"}),
                    th({"Lines moved, mean m", "界线位移均值（米）"}), th({"P95, m", "P95（米）"}),
                    th({"Lines recalled", "界线保留率"}), th({"Purity", "纯度"}), th({"Inverse purity", "反向纯度"}),
                    th({"Cells per grid", "每网格涉及单元"})},
                   rows, 1));
  }

  // Layers that lay off as a whole.
  std::string moved() const {
    std::vector<std::vector<std::string>> rows;
    for (const Conflict& c : city_.conflicts)
      if (c.kind == ConflictKind::shift) rows.push_back({layer_name(static_cast<std::size_t>(c.layer)), note(c.note)});
    if (rows.empty()) return "";
    return section("moved", {"Layers that lay off as a whole", "整体偏移的图层"},
                   {"What was found and what was done. “As delivered” above and in the tables is before it.",
                    "发现的偏移及处理。文中“交付”均指处理之前。"},
                   html_table({say({"Layer", "图层"}), say({"Finding", "发现"})}, rows, 2));
  }

  std::string nestings() const {
    std::vector<std::vector<std::string>> rows;
    const std::string prefix = "nesting_confidence:";
    for (const QualityRow& row : city_.quality) {
      if (!row.metric.starts_with(prefix)) continue;
      const std::string parent = row.metric.substr(prefix.size());
      rows.push_back({layer_name(row.layer), layer_name(parent), bar_cell(row.value, percent(row.value, 0)),
                      percent(value("raw", row.layer, "contradiction:" + parent).value_or(0), 2),
                      percent(value("aligned", row.layer, "contradiction:" + parent).value_or(0), 3)});
    }
    if (rows.empty()) return "";
    return section(
        "nestings", {"Which layer nests in which", "图层嵌套关系"},
        {"Found from the overlaps alone. The catalogue can confirm, forbid or declare each of them.",
         "仅由重叠关系发现；可在目录中确认、禁止或声明。"},
        html_table({say({"Cells of", "图层"}), say({"lie in cells of", "嵌套于"}), say({"Confidence", "置信度"}),
                    say({"Ground against it, delivered", "交付时矛盾面积"}), say({"aligned", "对齐后"})},
                   rows, 2));
  }

  // Where a distance in metres lies among the bars of a histogram: bars are classes, evenly wide.
  static double position(double metres) {
    double lower = kDistanceClasses_m.front() / 2;
    for (std::size_t c = 0; c < kDistanceClasses_m.size(); ++c) {
      const double upper = kDistanceClasses_m[c];
      if (metres <= upper)
        return static_cast<double>(c) +
               std::clamp(std::log(std::max(metres, lower) / lower) / std::log(upper / lower), 0.0, 1.0);
      lower = upper;
    }
    return static_cast<double>(kDistanceClasses_m.size()) + 0.5;
  }

  std::string distances() const {
    std::string charts;
    for (std::size_t l = 0; l < city_.layers.size(); ++l) {
      const Layer& layer = city_.layers[l];
      std::vector<std::pair<std::string, double>> bars;
      double all = 0;
      for (const QualityRow& row : city_.quality) {
        const std::string prefix = "reference_distance:";
        if (row.layer != layer.id || !row.metric.starts_with(prefix)) continue;
        std::string name = row.metric.substr(prefix.size());
        if (name.starts_with("<= ")) name = bars.empty() ? "0" : name.substr(3);
        bars.emplace_back(name, row.value);
        all += row.value;
      }
      if (all <= 0) continue;
      std::vector<Mark> marks{{position(layer.accuracy_m), "stated"}};
      const auto suggested = value("raw", layer.id, "suggested_accuracy");
      if (suggested) marks.push_back({position(*suggested), "suggested"});
      const std::string words =
          say({"stated ", "申报 "}) + fixed(layer.accuracy_m, 0) + " m · " +
          (suggested ? say({"its lines suggest ", "界线建议 "}) + fixed(*suggested, *suggested < 10 ? 1 : 0) + " m"
                     : say({"nothing to judge from", "无从推断"}));
      charts += figure(bar_chart(bars, marks, say(layer.title)), "<b>" + layer_name(l) + "</b> " + words);
    }
    return section(
        "distances", {"How far lines were drawn from more trusted ones", "界线与更可信界线的距离"},
        {"Share of each layer’s delivered lines by distance, in metres, to the nearest line of the frame or of "
         "a more accurate layer. Solid: the accuracy stated; dashed: the one its lines suggest.",
         "按与行政界线或更精确图层最近界线的距离（米）统计各图层交付界线占比。实线为申报精度，虚线为界线建议精度。"},
        "<div class=\"tiles\">" + charts + "</div>");
  }

  std::string support() const {
    const std::vector<double> length = arc_lengths(city_.arrangement);
    std::vector<double> all(city_.layers.size() + 1, 0), of_grids = all;
    for (ArcId a = 0; a < city_.arrangement.arcs.size(); ++a) {
      const Arc& arc = city_.arrangement.arcs[a];
      const auto n = static_cast<std::size_t>(std::popcount(city_.support[a]));
      all[n] += length[a] / 1000;
      const bool inner = city_.grid_of_face[arc.left] != kGap && city_.grid_of_face[arc.right] != kGap;
      if (inner && city_.grid_of_face[arc.left] != city_.grid_of_face[arc.right]) of_grids[n] += length[a] / 1000;
    }
    const auto chart = [&](const std::vector<double>& km, const Text& what) {
      std::vector<std::pair<std::string, double>> bars;
      for (std::size_t n = 0; n < km.size(); ++n) bars.emplace_back(std::to_string(n), km[n]);
      double sum = 0;
      for (double k : km) sum += k;
      return figure(bar_chart(bars, {}, say(what)), "<b>" + say(what) + "</b> " + rounded(sum) + " km");
    };
    const Text map{"Boundaries by the number of departments that draw them: the darker, the more",
                   "界线按支持部门数着色：越深越多"};
    return section(
        "support", {"Support of boundaries", "界线支持度"},
        {"How many kilometres of boundary are drawn by how many departments.", "各支持部门数对应的界线长度（公里）。"},
        "<div class=\"pair\">" + figure(pictures_.support(pictures_.whole(), kMap_px, say(map)), say(map)) + "<div>" +
            chart(all, {"All boundaries, km by number of departments", "全部界线（公里）"}) +
            chart(of_grids, {"Boundaries between grids", "治理网格间界线（公里）"}) + "</div></div>");
  }

  // Gaps that were filled and slivers that went to a neighbour within the tolerances need no meeting.
  static bool settled(const Conflict& c) {
    return c.kind == ConflictKind::sliver || (c.kind == ConflictKind::gap && !c.ids.ends_with('>'));
  }

  // As in a sentence: the names in files have no spaces.
  std::string kind(ConflictKind k) const {
    std::string out = say(name_of(k));
    std::replace(out.begin(), out.end(), '_', ' ');
    return html(out);
  }

  std::string level_name(const std::string& id) const {
    for (const AdminLevel& level : city_.admin)
      if (level.id == id) return html(say(level.title));
    return html(id);
  }

  std::vector<const Conflict*> worth_a_decision() const {
    std::vector<const Conflict*> all;
    for (const Conflict& c : city_.conflicts)
      if (c.kind != ConflictKind::unmet_target && c.population > 0 && !settled(c)) all.push_back(&c);
    std::stable_sort(all.begin(), all.end(),
                     [](const Conflict* a, const Conflict* b) { return a->population > b->population; });
    std::map<ConflictKind, std::size_t> taken;
    std::vector<const Conflict*> out;
    for (const Conflict* c : all)
      if (out.size() < kConflictsShown && ++taken[c->kind] <= kOfOneKind) out.push_back(c);
    return out;
  }

  std::string pieces(const Conflict& c) const {
    if (c.ground.size() < 2) return "";
    const std::string n = with_commas(c.ground.size());
    return say({" in " + n + " pieces, the largest shown", "，共" + n + "块，图示最大一块"});
  }

  std::string conflicts() const {
    std::string counts = "<p class=\"counts\">";
    for (ConflictKind kind : kConflictKinds) {
      const auto n = std::count_if(city_.conflicts.begin(), city_.conflicts.end(),
                                   [&](const Conflict& c) { return c.kind == kind; });
      if (n > 0)
        counts += "<span>" + this->kind(kind) + " <b>" + with_commas(static_cast<std::uint64_t>(n)) + "</b></span> ";
    }
    std::string cards;
    for (const Conflict* c : worth_a_decision()) {
      const std::string where =
          c->layer >= 0 ? layer_name(static_cast<std::size_t>(c->layer)) : level_name(c->admin_level);
      cards += figure(pictures_.conflict(*c, kSmallMap_px, c->ids),
                      "<b>" + kind(c->kind) + "</b> · " + where + "<br>" + html(c->ids) + "<br>" +
                          rounded(c->population) + say({" people", " 人"}) + " · " + fixed(c->area_m2 / 1e4, 1) +
                          say({" ha", " 公顷"}) + pieces(*c) + "<br>" + note(c->note));
    }
    return section(
        "conflicts", {"Conflicts worth a decision", "值得裁定的冲突"},
        {"Those that concern most people, at most nine of a kind. Amber: the ground; red: the line as delivered; "
         "teal: as aligned. “12>13”: delivered as 12, now 13. All of them: table conflicts of the project.",
         "按涉及人口排序，每类最多九项。琥珀色为相关地块，红色为交付界线，青色为对齐界线；"
         "“12>13”表示交付为12、现为13。全部见工程 conflicts 表。"},
        counts + "</p><div class=\"tiles\">" + cards + "</div>");
  }

  std::string plans() const {
    static constexpr std::array kStatuses{PlanStatus::optimal, PlanStatus::feasible, PlanStatus::infeasible,
                                          PlanStatus::relaxed, PlanStatus::kept};
    const std::array names{Text{"within the band, proven best", "达标且已证最优"}, Text{"within the band", "达标"},
                           Text{"proven: no plan is within the band", "已证明无达标方案"},
                           Text{"no plan within the band was found", "未找到达标方案"},
                           Text{"kept from before", "沿用现有方案"}};
    std::vector<std::vector<std::string>> status;
    for (PlanStatus s : kStatuses) {
      const auto n = static_cast<double>(
          std::count_if(city_.plans.begin(), city_.plans.end(), [&](const UnitPlan& p) { return p.status == s; }));
      if (n > 0)
        status.push_back({say(names[static_cast<std::size_t>(s)]),
                          bar_cell(n / static_cast<double>(city_.plans.size()), fixed(n, 0))});
    }
    std::vector<std::vector<std::string>> unmet;
    std::vector<const Conflict*> missed;
    for (const Conflict& c : city_.conflicts)
      if (c.kind == ConflictKind::unmet_target) missed.push_back(&c);
    std::stable_sort(missed.begin(), missed.end(),
                     [](const Conflict* a, const Conflict* b) { return a->population > b->population; });
    for (const Conflict* c : missed) {
      const Label g = pictures_.grid(c->ids);
      const double households = g == kGap ? 0 : city_.grids[static_cast<std::size_t>(g)].households;
      unmet.push_back({html(c->ids), note(c->note), rounded(households), rounded(c->population)});
    }
    const std::string band = rounded(city_.households_min) + "–" + rounded(city_.households_max);
    return section(
        "plans", {"Targets that were not met, and why", "未达标情况及原因"},
        {"The plan of each administrative unit, then every grid outside the band of " + band + " households.",
         "各行政单元方案情况，以及全部超出规模区间（" + band + "户）的网格。"},
        html_table({say({"Plan of the unit", "单元方案"}), say({"Units", "单元数"})}, status, 1) +
            (unmet.empty() ? std::string()
                           : html_table({say({"Grid", "网格"}), say({"Why", "原因"}), say({"Households", "户数"}),
                                         say({"People", "人口"})},
                                        unmet, 2)));
  }

  std::string succession() const {
    if (city_.succession.empty()) return "";
    std::vector<const Succession*> moved;
    for (const Succession& s : city_.succession)
      if (s.old_code != s.new_code) moved.push_back(&s);
    std::stable_sort(moved.begin(), moved.end(),
                     [](const Succession* a, const Succession* b) { return a->households > b->households; });
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < std::min<std::size_t>(moved.size(), 50); ++i) {
      const Succession& s = *moved[i];
      rows.push_back({html(s.at), html(s.old_code) + (s.retired ? say({" (given up)", "（停用）"}) : std::string()),
                      html(s.new_code), bar_cell(s.share, percent(s.share)), rounded(s.households)});
    }
    const Text map{"Amber: grids some of whose households had another code before",
                   "琥珀色：部分住户此前属其他编码的网格"};
    return section("succession", {"What became of former grids", "网格沿革"},
                   {"Changes that moved most households; all of them in table succession.",
                    "按变更户数排列；全部见 succession 表。"},
                   "<div class=\"pair\">" + figure(pictures_.changed(pictures_.whole(), kMap_px, say(map)), say(map)) +
                       html_table({say({"Date", "日期"}), say({"Former", "原网格"}), say({"Now", "现网格"}),
                                   say({"Share of its households", "户数占比"}), say({"Households", "户数"})},
                                  rows, 3) +
                       "</div>");
  }

  std::string downloads() const {
    std::vector<std::string> files(city_.layers.size(),
                                   "feature_id,grid_code,area_m2,population,share_of_feature,share_of_grid\n");
    for (const CrosswalkRow& r : city_.crosswalk)
      files[r.layer] += csv_field(city_.layers[r.layer].cells[static_cast<std::size_t>(r.cell)].id) + "," +
                        csv_field(city_.grids[r.grid].code) + "," + fixed(r.area_m2, 3) + "," + fixed(r.population, 3) +
                        "," + fixed(r.share_of_feature, 6) + "," + fixed(r.share_of_grid, 6) + "\n";
    std::string links = "<p class=\"downloads\">";
    for (std::size_t l = 0; l < files.size(); ++l)
      links +=
          download(files[l], city_.id + "_crosswalk_" + city_.layers[l].id + ".csv", say(city_.layers[l].title)) + " ";
    return section("crosswalk", {"Crosswalks to save", "对照表下载"},
                   {"Each department’s cells by governance grid, with area, people and shares, as CSV.",
                    "各部门网格与治理网格对照（面积、人口、占比），CSV 格式。"},
                   links + "</p>");
  }

  std::string formulas() const {
    const auto entry = [&](const Text& term, const Text& meaning) {
      return "<dt>" + say(term) + "</dt><dd>" + say(meaning) + "</dd>";
    };
    return section(
        "formulas", {"Formulas", "公式"}, {"What the figures mean.", "各指标含义。"},
        "<dl>" +
            entry({"Sliver", "细碎面"}, {"A face whose mean width 2A/P is under " + fixed(city_.min_width_m, 0) + " m.",
                                         "平均宽度 2A/P 小于" + fixed(city_.min_width_m, 0) + "米的面。"}) +
            entry({"Lines moved", "界线位移"},
                  {"Distance from places along the delivered line to the layer’s nearest aligned line; P95: 95 % moved "
                   "less.",
                   "交付界线上各点到该图层最近对齐界线的距离；P95 表示 95% 不超过该值。"}) +
            entry({"Lines recalled", "界线保留率"}, {"Share of the delivered length with an aligned line within 5 m.",
                                                     "5米内有对齐界线的交付界线长度占比。"}) +
            entry({"Purity", "纯度"},
                  {"Σ over grids of the people of its largest cell ÷ Σ people: 1 when no grid is split.",
                   "Σ网格内最大单元人口 ÷ Σ人口；为1时网格不被分割。"}) +
            entry({"Inverse purity", "反向纯度"},
                  {"Σ over cells of the people of its largest grid ÷ Σ people.", "Σ单元内最大网格人口 ÷ Σ人口。"}) +
            entry({"Cells per grid", "每网格涉及单元"},
                  {"Mean number of a layer’s cells with at least 5 % of a grid.", "占网格5%以上的单元平均数。"}) +
            entry({"Ground against a nesting", "嵌套矛盾面积"},
                  {"Share of the city outside the parent cell that holds most of the child cell.",
                   "子单元位于其主要父单元之外的面积占比。"}) +
            entry({"Suggested accuracy", "建议精度"},
                  {"1.96 σ of the half-normal part of the distances up to 200 m, beside an even rest (EM).",
                   "200米内距离的半正态部分的1.96σ（其余视为均匀分布，EM 估计）。"}) +
            entry({"Compactness", "紧凑度"},
                  {"4πA/P² (Polsby–Popper); mean of the grids: " + fixed(number("unified", "mean_compactness"), 2),
                   "4πA/P²（Polsby–Popper）；网格均值" + fixed(number("unified", "mean_compactness"), 2)}) +
            entry({"Soft cut", "软切割"},
                  {"Length of grid borders weighed by the share of departments that draw none there: " +
                       fixed(number("unified", "soft_cut") / 1000, 0) + " km, and no plan has less than " +
                       fixed(number("unified", "soft_cut_bound") / 1000, 0) + " km.",
                   "网格界线长度按未画线部门占比加权：" + fixed(number("unified", "soft_cut") / 1000, 0) +
                       "公里；任何方案不低于" + fixed(number("unified", "soft_cut_bound") / 1000, 0) + "公里。"}) +
            "</dl>");
  }

  const City& city_;
  Language language_;
  CityPictures pictures_;
  std::map<std::tuple<std::string, std::string, std::string>, double> quality_;
};

}  // namespace

std::string report_page(const City& city, Language language) { return Report(city, language).page(); }

}  // namespace gridloom
