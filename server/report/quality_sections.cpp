// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/base/strings.h"
#include "engine/city/moved_lines.h"
#include "server/report/chart.h"
#include "server/report/html.h"
#include "server/report/sections.h"
#include "server/words/number_text.h"

namespace gridloom {
namespace {

constexpr double kMap_px = 760;

std::string generalised_mark(const ReportContext& r, std::size_t layer) {
  return r.generalised(layer) ? " <span class=\"flag\">" + r.say({"generalised", "已概化"}) + "</span>" : std::string();
}

// --- cells ---

struct CellFates {
  std::size_t delivered = 0, own_ground = 0;
  std::vector<std::string> kept, dissolved, groundless;  // names
};

CellFates cell_fates(const ReportContext& r, std::size_t l) {
  const Layer& layer = r.city().layers[l];
  CellFates out;
  out.delivered = layer.cells.size();
  std::vector<char> leads(layer.cells.size(), 0);
  for (Label c : layer.labels.of_face)
    if (c != kGap) leads[static_cast<std::size_t>(c)] = 1;
  out.own_ground = static_cast<std::size_t>(std::count(leads.begin(), leads.end(), 1));
  for (const Conflict& c : r.city().conflicts) {
    if (c.layer != static_cast<std::int32_t>(l)) continue;
    if (c.before.empty()) continue;
    const std::string& id = c.before.front();
    const auto cell = std::find_if(layer.cells.begin(), layer.cells.end(), [&](const Cell& k) { return k.id == id; });
    const std::string name = xml_escaped(cell == layer.cells.end() ? id : r.say(title_of(layer, *cell)));
    if (c.kind == ConflictKind::covered_cell) (c.after.empty() ? out.dissolved : out.kept).push_back(name);
    if (c.kind == ConflictKind::lost_cell) out.groundless.push_back(name + " – " + r.note(c));
  }
  return out;
}

std::string name_list(const ReportContext& r, const Text& what, const std::vector<std::string>& names) {
  if (names.empty()) return "";
  std::string out = "<p><b>" + r.say(what) + "</b> ";
  for (std::size_t i = 0; i < names.size(); ++i) out += (i > 0 ? r.say({"; ", "；"}) : std::string()) + names[i];
  return out + "</p>";
}

// --- distances ---

constexpr double kSame = 0.02;  // under this share of its lines a layer has hardly one near a more trusted line

struct Distances {
  std::vector<std::pair<std::string, double>> bars;  // per cent of the lines by the upper end of the class
  double same = 0, near = 0, all = 0;                // shares: the very same line; others within the reach of 256 m
};

Distances distances_of(const City& city, std::size_t layer) {
  Distances out;
  for (const QualityRow& row : city.quality) {
    if (row.metric != QualityMetric::reference_distance || row.layer != static_cast<std::int32_t>(layer)) continue;
    if (out.bars.empty())
      out.same = row.value;
    else if (row.up_to_m)
      out.near += row.value;
    out.bars.emplace_back(row.up_to_m ? number_text(*row.up_to_m) : "", 100 * row.value);
    out.all += row.value;
  }
  return out;
}

// Where a distance in metres lies among the bars of a histogram: bars are classes, evenly wide.
double position(double metres) {
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

std::string why_no_suggestion(const ReportContext& r, const Distances& d) {
  const std::string same = percent(d.same, 0), near = percent(d.near, 0);
  if (d.near < kSame)
    return r.say({"no accuracy suggested: " + same +
                      " of its lines are the very same as more trusted ones, and hardly any "
                      "other lies near one",
                  "不作精度建议：" + same + "的界线与更可信界线完全重合，其余几乎都不相邻"});
  return r.say({"no accuracy suggested: " + same + " of its lines are the very same as more trusted ones; the " + near +
                    " within 256 m of one are no nearer than lines that mean something else",
                "不作精度建议：" + same + "的界线与更可信界线完全重合；256米内的" + near + "并不比含义不同的界线更近"});
}

std::string distance_figure(const ReportContext& r, std::size_t l) {
  const Layer& layer = r.city().layers[l];
  const Distances d = distances_of(r.city(), l);
  if (d.all <= 0) return "";
  BarChart chart{
      r.say(layer.title),
      r.say({"metres to the nearest more trusted line (log scale)", "与最近更可信界线的距离（米，对数刻度）"}),
      r.say({"% of length", "长度占比（%）"}), d.bars};
  chart.names_at_ends = true;
  const auto metres = [&](double m) { return fixed(m, m < 10 ? 1 : 0) + r.say({" m", "米"}); };
  const auto suggested = r.value(QualityStage::raw, l, QualityMetric::suggested_accuracy);
  chart.marks.push_back({position(layer.accuracy_m), "stated", r.say({"stated ", "申报"}) + metres(layer.accuracy_m)});
  if (suggested)
    chart.marks.push_back({position(*suggested), "suggested", r.say({"suggested ", "建议"}) + metres(*suggested)});
  std::string words = "<i class=\"key d" + std::to_string(l) + "\"></i><b>" + r.layer_name(l) + "</b>" +
                      generalised_mark(r, l) + "<br>";
  if (r.generalised(l))
    words += r.say({"drawn coarsely: " + fixed(r.vertices_per_km(l), 1) + " vertices per km, the median layer has " +
                        fixed(r.usual_vertices_per_km(), 1) + "; ",
                    "界线粗略：每公里" + fixed(r.vertices_per_km(l), 1) + "个顶点，图层中位数为" +
                        fixed(r.usual_vertices_per_km(), 1) + "；"});
  words += suggested ? r.say({"stated " + metres(layer.accuracy_m) + ", its lines suggest " + metres(*suggested),
                              "申报" + metres(layer.accuracy_m) + "，界线建议" + metres(*suggested)})
                     : why_no_suggestion(r, d);
  return figure(bar_chart(chart), words);
}

}  // namespace

Section quality_section(const ReportContext& r) {
  const City& city = r.city();
  HtmlTable table{"tnnnnnnnnnn",
                  {r.say({"Layer", "图层"}), r.say({"Gaps, ha", "空白（公顷）"}),
                   r.say({"Overlaps, ha", "重叠（公顷）"}), r.say({"Cells changed by over 5 %", "变化超过5%的网格"}),
                   r.say({"Cells dissolved", "归并网格"}), r.say({"Lines moved, mean m", "界线位移均值（米）"}),
                   r.say({"P95, m", "P95（米）"}), r.say({"Lines recalled", "界线保留率"}), r.say({"Purity", "纯度"}),
                   r.say({"Inverse purity", "反向纯度"}), r.say({"Cells per grid", "每网格涉及单元"})}};
  for (std::size_t l = 0; l < city.layers.size(); ++l) {
    using enum QualityMetric;
    const auto area = [&](QualityMetric metric) {
      return hectares(r.value(QualityStage::raw, l, metric).value_or(0)) + " → " +
             hectares(r.value(QualityStage::aligned, l, metric).value_or(0));
    };
    const auto share = [&](QualityStage stage, QualityMetric metric) {
      const double v = r.value(stage, l, metric).value_or(0);
      return bar_cell(v, percent(v));
    };
    table.rows.push_back(
        {r.layer_name(l) + generalised_mark(r, l), area(gap_area), area(overlap_area),
         rounded(r.value(QualityStage::aligned, l, changed_cells).value_or(0)) + " / " +
             with_commas(city.layers[l].cells.size()),
         r.shown(QualityStage::aligned, l, lost_cells, 0), r.shown(QualityStage::aligned, l, displacement_mean, 2),
         r.shown(QualityStage::aligned, l, displacement_p95, 1), share(QualityStage::aligned, boundary_recall),
         share(QualityStage::unified, purity), share(QualityStage::unified, inverse_purity),
         r.shown(QualityStage::unified, l, mean_splits, 2)});
  }
  return {"quality",
          {"Quality by layer and stage", "各图层各阶段质量"},
          {"Delivered → aligned, then how well the grids respect each department’s cells. Formulas at the end.",
           "交付 → 对齐，以及治理网格与各部门网格的吻合程度。公式见文末。"},
          html_table(table)};
}

Section cells_section(const ReportContext& r) {
  HtmlTable table{
      "tnnnnn",
      {r.say({"Layer", "图层"}), r.say({"Delivered", "交付"}), r.say({"With ground of their own", "有独立范围"}),
       r.say({"Covered by others, kept in overlaps", "被覆盖，保留于重叠表"}),
       r.say({"Covered by others and thin, dissolved", "被覆盖且细窄，已归并"}),
       r.say({"Outside the city or without ground", "在城市之外或无范围"})}};
  CellFates sum;
  std::array<std::size_t, 3> hidden{};
  std::string lists;
  for (std::size_t l = 0; l < r.city().layers.size(); ++l) {
    const CellFates f = cell_fates(r, l);
    const auto row = [&](const std::string& name, std::size_t all, std::size_t own, std::size_t kept, std::size_t gone,
                         std::size_t none) {
      table.rows.push_back(
          {name, with_commas(all), with_commas(own), with_commas(kept), with_commas(gone), with_commas(none)});
    };
    row(r.layer_name(l), f.delivered, f.own_ground, f.kept.size(), f.dissolved.size(), f.groundless.size());
    sum.delivered += f.delivered;
    sum.own_ground += f.own_ground;
    hidden[0] += f.kept.size();
    hidden[1] += f.dissolved.size();
    hidden[2] += f.groundless.size();
    const std::string names =
        name_list(r, {"Kept in overlaps:", "保留于重叠表："}, f.kept) +
        name_list(r, {"Dissolved:", "已归并："}, f.dissolved) +
        name_list(r, {"Outside the city or without ground:", "在城市之外或无范围："}, f.groundless);
    if (!names.empty()) lists += folded("<b>" + r.layer_name(l) + "</b>", names);
  }
  table.totals = table.rows.size();
  table.rows.push_back({r.say({"All", "合计"}), with_commas(sum.delivered), with_commas(sum.own_ground),
                        with_commas(hidden[0]), with_commas(hidden[1]), with_commas(hidden[2])});
  return {"cells",
          {"What became of every delivered cell", "交付网格的去向"},
          {"A cell that other cells of its own layer cover wholly has no ground of its own. Where it is wide enough it "
           "stays on "
           "record among the overlaps; where it is thin it is dissolved into them. The four columns add up to what was "
           "delivered.",
           "被同层其他网格完全覆盖的网格没有独立范围：足够宽者保留于重叠表，细窄者并入覆盖它的网格。后四列之和等于交付"
           "数。"},
          html_table(table) + lists};
}

// Layers that lay off as a whole.
Section shifts_section(const ReportContext& r) {
  HtmlTable table{"tt", {r.say({"Layer", "图层"}), r.say({"Finding", "发现"})}};
  for (const Conflict& c : r.city().conflicts)
    if (c.kind == ConflictKind::shift)
      table.rows.push_back({r.layer_name(static_cast<std::size_t>(c.layer)), r.note(c)});
  if (table.rows.empty()) return {};
  return {"moved",
          {"Layers that lay off as a whole", "整体偏移的图层"},
          {"What was found and what was done. “As delivered” above and in the tables is before it.",
           "发现的偏移及处理。文中“交付”均指处理之前。"},
          html_table(table)};
}

Section nestings_section(const ReportContext& r) {
  HtmlTable table{"ttnnn",
                  {r.say({"Cells of", "图层"}), r.say({"lie in cells of", "嵌套于"}), r.say({"Confidence", "置信度"}),
                   r.say({"Ground against it, delivered", "交付时矛盾面积"}), r.say({"aligned", "对齐后"})}};
  const auto against = [&](QualityStage stage, const QualityRow& nesting) {
    const auto row = std::find_if(r.city().quality.begin(), r.city().quality.end(), [&](const QualityRow& q) {
      return q.metric == QualityMetric::contradiction && q.stage == stage && q.layer == nesting.layer &&
             q.other_layer == nesting.other_layer;
    });
    return row == r.city().quality.end() ? 0 : row->value;
  };
  for (const QualityRow& row : r.city().quality)
    if (row.metric == QualityMetric::nesting_confidence)
      table.rows.push_back({r.layer_name(static_cast<std::size_t>(row.layer)),
                            r.layer_name(static_cast<std::size_t>(row.other_layer)),
                            bar_cell(row.value, percent(row.value, 0)), percent(against(QualityStage::raw, row), 2),
                            percent(against(QualityStage::aligned, row), 3)});
  if (table.rows.empty()) return {};
  return {"nestings",
          {"Which layer nests in which", "图层嵌套关系"},
          {"Found from the overlaps alone. The catalogue can confirm, forbid or declare each of them.",
           "仅由重叠关系发现；可在目录中确认、禁止或声明。"},
          html_table(table)};
}

Section distances_section(const ReportContext& r) {
  std::string charts;
  for (std::size_t l = 0; l < r.city().layers.size(); ++l) charts += distance_figure(r, l);
  if (charts.empty()) return {};
  return {
      "distances",
      {"How far lines were drawn from more trusted ones", "界线与更可信界线的距离"},
      {"Share of each layer’s delivered lines by distance to the nearest line of the frame or of a more accurate "
       "layer: the "
       "first bar up to 1 cm, the last beyond 256 m. Solid: the accuracy stated; dashed: the one its lines suggest.",
       "按与行政界线或更精确图层最近界线的距离统计各图层交付界线占比：首柱为1厘米以内，末柱为256米以上。实线为申报精度"
       "，虚线为界线建议精度。"},
      "<div class=\"tiles\">" + charts + "</div>"};
}

Section support_section(const ReportContext& r) {
  const City& city = r.city();
  const std::vector<double> length = arc_lengths(city.arrangement);
  std::vector<double> all(city.layers.size() + 1, 0), of_grids = all;
  for (ArcId a = 0; a < city.arrangement.arcs.size(); ++a) {
    const Arc& arc = city.arrangement.arcs[a];
    const auto n = static_cast<std::size_t>(std::popcount(city.support[a]));
    all[n] += length[a] / 1000;
    const bool inner = city.grid_of_face[arc.left] != kGap && city.grid_of_face[arc.right] != kGap;
    if (inner && city.grid_of_face[arc.left] != city.grid_of_face[arc.right]) of_grids[n] += length[a] / 1000;
  }
  const auto chart = [&](const std::vector<double>& km, const Text& what) {
    BarChart bars{r.say(what),
                  r.say({"departments that draw the line", "划有该界线的部门数"}),
                  r.say({"km of boundary", "界线长度（公里）"}),
                  {}};
    double sum = 0;
    for (std::size_t n = 0; n < km.size(); ++n) {
      bars.bars.emplace_back(std::to_string(n), km[n]);
      sum += km[n];
    }
    return figure(bar_chart(bars), "<b>" + r.say(what) + "</b> " + rounded(sum) + r.say({" km", "公里"}));
  };
  std::string legend = "<p class=\"legend\">";
  for (std::size_t n = 1; n <= std::min<std::size_t>(city.layers.size(), 6); ++n)
    legend += "<span><i class=\"k-s" + std::to_string(n) + "\"></i>" + std::to_string(n) +
              (n == 6 && city.layers.size() > 6 ? r.say({" or more", "个及以上"}) : std::string()) + "</span> ";
  const Text map{"Boundaries by the number of departments that draw them", "界线按支持部门数着色"};
  return {"support",
          {"Support of boundaries", "界线支持度"},
          {"How many kilometres of boundary are drawn by how many departments.", "各支持部门数对应的界线长度。"},
          "<div class=\"pair\">" +
              figure(r.pictures().support(r.pictures().whole(), kMap_px, r.say(map)), r.say(map) + legend + "</p>") +
              "<div>" + chart(all, {"All boundaries", "全部界线"}) +
              chart(of_grids, {"Boundaries between grids", "治理网格间界线"}) + "</div></div>"};
}

}  // namespace gridloom
