// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

#include "engine/base/strings.h"
#include "server/report/html.h"
#include "server/report/sections.h"
#include "server/words/number_text.h"
#include "server/words/titles.h"

namespace gridloom {
namespace {

constexpr std::size_t kConflictsShown = 36, kOfOneKind = 12, kOfOneLayer = 4;
constexpr double kMap_px = 760, kSmallMap_px = 300;

// --- conflicts ---

// What the table of conflicts counts apart.
enum class Count { open_gap, overlap, nesting, split_duty, filled_gap, sliver, outside, covered, lost };
constexpr std::size_t kCounts = 9;

std::size_t count_of(const Conflict& c) {
  const auto at = [](Count k) { return static_cast<std::size_t>(k); };
  switch (c.kind) {
    case ConflictKind::gap:
      return at(settled(c) ? Count::filled_gap : Count::open_gap);
    case ConflictKind::overlap:
      return at(Count::overlap);
    case ConflictKind::nesting:
      return at(Count::nesting);
    case ConflictKind::split_duty:
      return at(Count::split_duty);
    case ConflictKind::sliver:
      return at(Count::sliver);
    case ConflictKind::outside_frame:
      return at(Count::outside);
    case ConflictKind::covered_cell:
      return at(Count::covered);
    case ConflictKind::lost_cell:
      return at(Count::lost);
    default:
      return kCounts;
  }
}

std::string level_name(const ReportContext& r, const std::string& id) {
  for (const AdminLevel& level : r.city().admin)
    if (level.id == id) return xml_escaped(r.say(level.title)) + r.say({" (administrative level)", "（行政层级）"});
  return xml_escaped(id);
}

// The layer, the administrative level, or what else was drawn, whose ground a conflict is about.
std::string subject_of(const ReportContext& r, const Conflict& c) {
  if (const auto* drawn = std::get_if<OfDrawn>(&c.facts)) return xml_escaped(r.say(title_of(drawn->kind)));
  return c.layer >= 0 ? r.layer_name(static_cast<std::size_t>(c.layer)) : level_name(r, c.admin_level);
}

std::string conflict_counts(const ReportContext& r) {
  struct Row {
    std::string name;
    std::array<std::size_t, kCounts> n{};
    double people = 0;
  };
  using Key = std::tuple<std::int32_t, std::size_t, std::string>;
  std::map<Key, Row> rows;  // levels, then what was drawn beside the layers, then those in their order
  Row all{r.say({"All", "合计"}), {}, 0};
  for (const Conflict& c : r.city().conflicts) {
    const std::size_t k = count_of(c);
    if (k == kCounts) continue;
    const auto* drawn = std::get_if<OfDrawn>(&c.facts);
    Row& row = rows[{c.layer, drawn ? 1 + static_cast<std::size_t>(drawn->kind) : 0, c.admin_level}];
    row.name = subject_of(r, c);
    for (Row* sum : {&row, &all}) {
      ++sum->n[k];
      if (!settled(c)) sum->people += c.population;
    }
  }
  HtmlTable table{
      "tnnnnnnnnnn",
      {r.say({"Layer or level", "图层或层级"}), r.say({"Gaps left", "未补空白"}), r.say({"Overlaps", "重叠"}),
       r.say({"Against a parent’s line", "跨上级界线"}), r.say({"Split duties", "权责分割"}),
       r.say({"Gaps filled", "已补空白"}), r.say({"Slivers settled", "已归并碎片"}),
       r.say({"Outside the city", "城市边界外"}), r.say({"Covered cells", "被覆盖网格"}),
       r.say({"Cells without ground", "无范围网格"}), r.say({"People concerned*", "涉及人口*"})}};
  const auto add = [&](const Row& row) {
    std::vector<std::string> cells{row.name};
    for (std::size_t n : row.n) cells.push_back(n > 0 ? with_commas(n) : "–");
    cells.push_back(rounded(row.people));
    table.rows.push_back(std::move(cells));
  };
  for (const auto& [key, row] : rows) add(row);
  table.totals = table.rows.size();
  add(all);
  return html_table(table) + "<p class=\"foot\">" +
         r.say({"* By what is not settled; people are counted once for every conflict they are part of.",
                "* 仅计未处理完毕者；同一人口涉及多项冲突时重复计数。"}) +
         "</p>";
}

std::string question_card(const ReportContext& r, const Conflict& c, std::size_t rank) {
  const Question q = r.questions().about(c);
  const std::string where = subject_of(r, c);
  std::string words = "<b>" + std::to_string(rank) + " · " + xml_escaped(r.say(title_of(c.kind))) + "</b> · " + where +
                      " · <span class=\"size\">" + r.people(c.population) + " · " + hectares(c.area_m2) +
                      r.say({" ha", "公顷"}) + "</span><br>" + xml_escaped(r.say(q.finding));
  if (!q.proposal.en.empty())
    words += "<br><b>" + r.say({"Proposal:", "建议："}) + "</b> " + xml_escaped(r.say(q.proposal));
  if (!q.decision.en.empty())
    words += "<br><b>" + r.say({"To decide:", "待裁定："}) + "</b> " + xml_escaped(r.say(q.decision));
  return figure(r.pictures().conflict(c, kSmallMap_px, r.say(q.finding)), words);
}

// --- targets that were not met ---

// Why grids miss the band, as the report groups them.
enum class Miss { impossible, surrounded, numbers, enclosed, indivisible, whole_unit, piece, empty };
constexpr std::size_t kMisses = 8;

struct MissWords {
  Text title, reason, remedy;
};

const MissWords& words_of(Miss miss) {
  static const std::array<MissWords, kMisses> words{{
      {{"Proven: no plan of the unit is within the band", "已证明：该单元不存在达标方案"},
       {"Every way to divide the unit along the departments’ lines was ruled out.",
        "已排除沿部门界线划分该单元的全部方案。"},
       {"Accept the grid, widen the band, or let a department draw one more line there.",
        "接受现状、放宽规模区间，或由某一部门增画一条界线。"}},
      {{"No plan within the band was found", "未找到达标方案"},
       {"The neighbouring grids have no room, or cannot spare ground; it is not proven that there is no plan.",
        "相邻网格无法调剂；尚未证明不存在达标方案。"},
       {"Give the search more time (unify.seconds), or accept the grid.",
        "延长求解时间（unify.seconds），或接受现状。"}},
      {{"No number of grids fits", "网格数量无解"},
       {"Divided into so many grids the piece’s households are above the band, into one more below it.",
        "按某一数量划分则超上限，再多一个则不足下限。"},
       {"Widen the band, or accept the grids.", "放宽规模区间，或接受现状。"}},
      {{"Cut off by special or locked grids", "被专属或锁定网格隔开"},
       {"A grid that may not change separates the ground from the rest of its unit.",
        "不可变更的网格将该地块与所属单元其余部分隔开。"},
       {"Unlock or redraw the special grid, or accept the grid.", "解锁或重划专属网格，或接受现状。"}},
      {{"One piece that no department divides has more than the band holds", "单个基础面即超上限，且无部门界线可分"},
       {"No line of any layer crosses it, so no plan can divide it.", "任何图层均无界线穿过，无法再分。"},
       {"A department draws a line through it, or the grid is accepted.", "由某一部门增画界线，或接受现状。"}},
      {{"The whole unit is smaller than a grid", "整个单元不足一个网格"},
       {"All the unit’s households together are fewer than the band asks for, and grids do not cross units.",
        "单元全部户数不足下限，而网格不跨单元。"},
       {"Accept the grid, or nest grids in a larger unit.", "接受现状，或改为嵌套于更大的行政单元。"}},
      {{"Separate pieces of a unit with too few households", "单元内户数不足的独立地块"},
       {"Islands and enclaves: they touch no other ground of their unit, so no plan can add to them.",
        "岛屿与飞地：与所属单元其余部分不相连，无法增补。"},
       {"Accept the grid, or assign the ground to the unit beside it.", "接受现状，或将该地块划归相邻单元。"}},
      {{"Separate pieces where hardly anybody lives", "几乎无人居住的独立地块"},
       {"Piers, islets and other ground with less than one household that touches no other ground of its unit.",
        "码头、小岛等不足一户且与所属单元其余部分不相连的地块。"},
       {"Nothing for people; unify.uninhabited can make such ground a kind of its own.",
        "几乎不涉及人口；可用 unify.uninhabited 单列为无人居住网格。"}},
  }};
  return words[static_cast<std::size_t>(miss)];
}

Miss miss_of(const City& city, const Grid& grid) {
  switch (grid.verdict) {
    case BandVerdict::impossible:
      return Miss::impossible;
    case BandVerdict::numbers:
      return Miss::numbers;
    case BandVerdict::enclosed:
      return Miss::enclosed;
    case BandVerdict::indivisible:
      return Miss::indivisible;
    case BandVerdict::isolated:
      if (grid.households < 0.5) return Miss::empty;
      return city.plans[static_cast<std::size_t>(grid.parent)].grids == 1 ? Miss::whole_unit : Miss::piece;
    default:
      return Miss::surrounded;
  }
}

struct MissedGrid {
  std::size_t grid = 0;
  const Conflict* conflict = nullptr;
  double off_by = 0;  // households beyond the band
};

double off_by(const City& city, const Grid& g) {
  return std::max({0.0, city.households_min - g.households, g.households - city.households_max});
}

std::array<std::vector<MissedGrid>, kMisses> missed_grids(const ReportContext& r) {
  std::array<std::vector<MissedGrid>, kMisses> out;
  const City& city = r.city();
  for (const Conflict& c : city.conflicts) {
    if (c.kind != ConflictKind::unmet_target) continue;
    const auto g = static_cast<std::size_t>(c.grid);
    const Grid& grid = city.grids[g];
    out[static_cast<std::size_t>(miss_of(city, grid))].push_back({g, &c, off_by(city, grid)});
  }
  for (auto& group : out)
    std::stable_sort(group.begin(), group.end(), [&](const MissedGrid& a, const MissedGrid& b) {
      return city.grids[a.grid].population > city.grids[b.grid].population;
    });
  return out;
}

std::string missed_group(const ReportContext& r, Miss miss, const std::vector<MissedGrid>& group) {
  const City& city = r.city();
  const MissWords& words = words_of(miss);
  // Where every row would say the same, the group's own words do.
  const bool bounded = std::any_of(group.begin(), group.end(), [&](const MissedGrid& m) {
    return city.plans[static_cast<std::size_t>(city.grids[m.grid].parent)].relaxed_proven;
  });
  const bool says_why = miss == Miss::numbers || miss == Miss::enclosed || (miss == Miss::impossible && bounded);
  HtmlTable table{says_why ? "tnnnnt" : "tnnnn",
                  {r.say({"Grid", "网格"}), r.say({"Households", "户数"}), r.say({"Off the band by", "偏差（户）"}),
                   r.say({"People", "人口"}), r.say({"Hectares", "公顷"})}};
  if (says_why) table.header.push_back(r.say({"Why", "原因"}));
  double households = 0, people = 0;
  for (const MissedGrid& m : group) {
    const Grid& g = city.grids[m.grid];
    households += g.households;
    people += g.population;
    table.rows.push_back(
        {r.grid_name(m.grid), rounded(g.households), rounded(m.off_by), rounded(g.population), hectares(g.area_m2)});
    if (says_why) table.rows.back().push_back(r.note(*m.conflict));
  }
  const double n = static_cast<double>(group.size());
  const std::string summary = "<b>" + r.say(words.title) + "</b> <span class=\"size\">" +
                              r.count(n, {" grid", "个网格"}, {" grids", "个网格"}) + " · " + r.households(households) +
                              " · " + r.people(people) + "</span>";
  return folded(summary, "<p>" + r.say(words.reason) + " <b>" + r.say({"What can be done:", "可选措施："}) + "</b> " +
                             r.say(words.remedy) + "</p>" + html_table(table));
}

// --- plans ---

// In a unit: "3 separate pieces (1–170 households); the whole unit is smaller than a grid (11 households)".
std::string misses_in_unit(const ReportContext& r, const std::array<std::vector<std::size_t>, kMisses>& grids) {
  static const std::array<std::array<Text, 2>, kMisses> names{{
      {{{" grid, proven impossible", "个网格已证无解"}, {" grids, proven impossible", "个网格已证无解"}}},
      {{{" grid without room", "个网格无法调剂"}, {" grids without room", "个网格无法调剂"}}},
      {{{" grid: no number fits", "个网格数量无解"}, {" grids: no number fits", "个网格数量无解"}}},
      {{{" piece cut off by a fixed grid", "块被固定网格隔开"},
        {" pieces cut off by fixed grids", "块被固定网格隔开"}}},
      {{{" piece that no department divides", "块无部门界线可分"},
        {" pieces that no department divides", "块无部门界线可分"}}},
      {{{"the whole unit is smaller than a grid", "整个单元不足一个网格"}, {}}},
      {{{" separate piece", "块独立地块"}, {" separate pieces", "块独立地块"}}},
      {{{" separate piece where hardly anybody lives", "块几乎无人的独立地块"},
        {" separate pieces where hardly anybody lives", "块几乎无人的独立地块"}}},
  }};
  std::string out;
  for (std::size_t m = 0; m < kMisses; ++m) {
    if (grids[m].empty()) continue;
    double least = INFINITY, most = 0;
    for (std::size_t g : grids[m]) {
      least = std::min(least, std::round(r.city().grids[g].households));
      most = std::max(most, std::round(r.city().grids[g].households));
    }
    out += out.empty() ? "" : r.say({"; ", "；"});
    out += m == static_cast<std::size_t>(Miss::whole_unit)
               ? r.say(names[m][0])
               : r.count(static_cast<double>(grids[m].size()), names[m][0], names[m][1]);
    if (m == static_cast<std::size_t>(Miss::empty)) continue;
    out += r.say({" (", "（"}) + (least < most ? rounded(least) + "–" : std::string()) + r.households(most) +
           r.say({")", "）"});
  }
  return out;
}

struct PlanRow {
  std::size_t unit = 0;
  std::size_t missed = 0;
  double people = 0;          // in grids outside the band
  std::optional<double> gap;  // of the cost to its lower bound
  std::array<std::vector<std::size_t>, kMisses> grids;
};

std::vector<PlanRow> plan_rows(const ReportContext& r) {
  const City& city = r.city();
  std::vector<PlanRow> rows(city.plans.size());
  for (std::size_t u = 0; u < rows.size(); ++u) {
    const UnitPlan& p = city.plans[u];
    rows[u].unit = u;
    if (p.status == PlanStatus::optimal || p.status == PlanStatus::feasible)
      rows[u].gap = p.soft_cut_m > 0 ? std::max(0.0, p.soft_cut_m - p.lower_bound_m) / p.soft_cut_m : 0;
  }
  const auto missed = missed_grids(r);
  for (std::size_t m = 0; m < kMisses; ++m)
    for (const MissedGrid& g : missed[m]) {
      PlanRow& row = rows[static_cast<std::size_t>(city.grids[g.grid].parent)];
      ++row.missed;
      row.people += city.grids[g.grid].population;
      row.grids[m].push_back(g.grid);
    }
  std::stable_sort(rows.begin(), rows.end(), [&](const PlanRow& a, const PlanRow& b) {
    return std::tuple(-std::round(a.people), b.missed, -a.gap.value_or(1), city.admin.back().units[a.unit].code) <
           std::tuple(-std::round(b.people), a.missed, -b.gap.value_or(1), city.admin.back().units[b.unit].code);
  });
  return rows;
}

std::string proven_units(const ReportContext& r, const std::vector<PlanRow>& rows) {
  HtmlTable table{"ttnn",
                  {r.say({"Unit", "单元"}), r.say({"Why no plan within the band exists", "不存在达标方案的原因"}),
                   r.say({"Grids outside the band", "未达标网格"}), r.say({"People in them", "涉及人口"})}};
  for (const PlanRow& row : rows)
    if (r.city().plans[row.unit].status == PlanStatus::infeasible)
      table.rows.push_back({r.unit_name(row.unit), misses_in_unit(r, row.grids),
                            with_commas(row.missed) + " / " + with_commas(r.city().plans[row.unit].grids),
                            rounded(row.people)});
  if (table.rows.empty()) return "";
  const std::string n = r.count(static_cast<double>(table.rows.size()), {" unit", "个单元"}, {" units", "个单元"});
  return folded(
      r.say({"<b>Proven: no plan within the band exists</b>", "<b>已证明不存在达标方案</b>"}) +
          " <span class=\"size\">" + n + "</span>",
      "<p>" +
          r.say({"A unit counts here when one piece of it alone cannot be met: its other grids may all be within "
                 "the band, as they are.",
                 "单元内只要有一块无法达标即列入；其余网格仍可全部达标。"}) +
          "</p>" + html_table(table),
      true);
}

}  // namespace

std::size_t unmet_targets(const City& city) {
  return static_cast<std::size_t>(std::count_if(city.conflicts.begin(), city.conflicts.end(), [](const Conflict& c) {
    return c.kind == ConflictKind::unmet_target;
  }));
}

std::vector<const Conflict*> open_questions(const City& city) {
  std::vector<const Conflict*> all;
  for (const Conflict& c : city.conflicts)
    if (c.kind != ConflictKind::unmet_target && c.population >= 0.5 && !settled(c)) all.push_back(&c);
  std::stable_sort(all.begin(), all.end(),
                   [](const Conflict* a, const Conflict* b) { return a->population > b->population; });
  return all;
}

Section decisions_section(const ReportContext& r) {
  std::map<ConflictKind, std::size_t> of_kind;
  std::map<std::pair<ConflictKind, std::int32_t>, std::size_t> of_layer;
  std::string cards;
  std::size_t shown = 0;
  const std::vector<const Conflict*> all = open_questions(r.city());
  for (const Conflict* c : all)
    if (shown < kConflictsShown && of_kind[c->kind] < kOfOneKind && of_layer[{c->kind, c->layer}] < kOfOneLayer) {
      ++of_kind[c->kind];
      ++of_layer[{c->kind, c->layer}];
      cards += question_card(r, *c, ++shown);
    }
  if (cards.empty()) return {};
  const std::string n = with_commas(all.size()), some = with_commas(shown);
  return {"decisions",
          {"Conflicts to decide", "待裁定的冲突"},
          {"Of " + n + " that concern people the " + some +
               " largest, at most four of a kind and layer. Amber: the ground; red: the line as delivered; teal: as "
               "aligned. All of them: table conflicts of the project.",
           "涉及人口的冲突共" + n + "项，按人口列出" + some +
               "项，每类每图层最多四项。琥珀色为相关地块，红色为交付界线，青色为对齐界线。全部见工程 conflicts 表。"},
          "<div class=\"tiles cards\">" + cards + "</div>"};
}

Section conflicts_section(const ReportContext& r) {
  return {"conflicts",
          {"All conflicts by layer", "各图层冲突汇总"},
          {"Everything that was found, and whether it was settled within the tolerances or waits for a word.",
           "全部发现的问题：已在容差内处理的，与有待裁定的。"},
          conflict_counts(r)};
}

Section unmet_section(const ReportContext& r) {
  const std::size_t n = unmet_targets(r.city());
  if (n == 0) return {};
  const auto groups = missed_grids(r);
  std::string body;
  for (std::size_t m = 0; m < kMisses; ++m)
    if (!groups[m].empty()) body += missed_group(r, static_cast<Miss>(m), groups[m]);
  const std::string band = rounded(r.city().households_min) + "–" + rounded(r.city().households_max);
  const std::string of = with_commas(n), all = with_commas(r.city().grids.size());
  return {"unmet",
          {"Grids outside the band, and why", "未达标网格及原因"},
          {of + " of " + all + " grids are outside the band of " + band + " households, grouped by the reason.",
           all + "个网格中有" + of + "个超出规模区间（" + band + "户），按原因归类。"},
          body};
}

Section plans_section(const ReportContext& r) {
  const City& city = r.city();
  if (city.plans.empty()) return {};
  const std::vector<PlanRow> rows = plan_rows(r);
  HtmlTable status{"tn", {r.say({"Plan of the unit", "单元方案"}), r.say({"Units", "单元数"})}};
  for (PlanStatus s :
       {PlanStatus::infeasible, PlanStatus::relaxed, PlanStatus::feasible, PlanStatus::optimal, PlanStatus::kept}) {
    const auto n = static_cast<double>(
        std::count_if(city.plans.begin(), city.plans.end(), [&](const UnitPlan& p) { return p.status == s; }));
    if (n > 0)
      status.rows.push_back({r.say(title_of(s)), bar_cell(n / static_cast<double>(city.plans.size()), fixed(n, 0))});
  }
  HtmlTable plans{
      "ttnnnnnnnn",
      {r.say({"Unit", "单元"}), r.say({"Plan", "方案"}), r.say({"Atoms", "基础面"}), r.say({"Grids", "网格"}),
       r.say({"outside the band", "未达标"}), r.say({"People in those", "涉及人口"}), r.say({"Households", "户数"}),
       r.say({"Cost, km", "代价（公里）"}), r.say({"Lower bound, km", "下界（公里）"}), r.say({"Gap", "差距"})}};
  const bool keeps = std::any_of(city.plans.begin(), city.plans.end(),
                                 [](const UnitPlan& p) { return p.status == PlanStatus::kept || p.moved > 0; });
  if (keeps) {
    plans.columns += "nn";
    plans.header.push_back(r.say({"Households moved", "变更户数"}));
    plans.header.push_back(r.say({"no plan moves fewer than", "任何方案不少于"}));
  }
  for (const PlanRow& row : rows) {
    const UnitPlan& p = city.plans[row.unit];
    plans.rows.push_back({r.unit_name(row.unit), r.say(title_of(p.status)), with_commas(p.atoms), with_commas(p.grids),
                          row.missed > 0 ? with_commas(row.missed) : "–", row.missed > 0 ? rounded(row.people) : "–",
                          rounded(p.households), kilometres(p.soft_cut_m), row.gap ? kilometres(p.lower_bound_m) : "–",
                          row.gap ? percent(*row.gap) : "–"});
    if (keeps) {
      plans.rows.back().push_back(rounded(p.moved));
      plans.rows.back().push_back(rounded(p.moved_bound));
    }
  }
  const std::string n = with_commas(rows.size());
  return {"plans",
          {"The plan of every unit", "各单元方案"},
          {"Cost is the length of grid borders where too few departments draw a line (soft cut, see Formulas); no plan "
           "within the band has less than the lower bound. A wide gap may be the bound’s: it is weak for large units. "
           "Units "
           "with most people outside the band first.",
           "代价为缺少部门界线支持的网格界线长度（软切割，见公式）；达标方案的代价不低于下界。大单元的下界较弱，差距大"
           "不一定表示方案差。未达标人口多者在前。"},
          html_table(status) + proven_units(r, rows) +
              folded("<b>" + r.say({"All units", "全部单元"}) + "</b> <span class=\"size\">" + n + "</span>",
                     html_table(plans), rows.size() <= 12)};
}

Section succession_section(const ReportContext& r) {
  std::vector<const Succession*> moved;
  for (const Succession& s : r.city().succession)
    if (s.old_code != s.new_code) moved.push_back(&s);
  if (moved.empty()) return {};
  std::stable_sort(moved.begin(), moved.end(),
                   [](const Succession* a, const Succession* b) { return a->households > b->households; });
  const auto name = [&](const std::string& code) {
    const Label g = r.pictures().grid(code);
    return g == kGap ? xml_escaped(code) : r.grid_name(static_cast<std::size_t>(g));
  };
  HtmlTable table{"tttnn",
                  {r.say({"Date", "日期"}), r.say({"Former", "原网格"}), r.say({"Now", "现网格"}),
                   r.say({"Share of its households", "户数占比"}), r.say({"Households", "户数"})}};
  for (std::size_t i = 0; i < std::min<std::size_t>(moved.size(), 50); ++i) {
    const Succession& s = *moved[i];
    table.rows.push_back({xml_escaped(s.at),
                          name(s.old_code) + (s.retired ? r.say({" (given up)", "（停用）"}) : std::string()),
                          name(s.new_code), bar_cell(s.share, percent(s.share)), rounded(s.households)});
  }
  const Text map{"Amber: grids some of whose households had another code before",
                 "琥珀色：部分住户此前属其他编码的网格"};
  return {"succession",
          {"What became of former grids", "网格沿革"},
          {"Changes that moved most households; all of them in table succession.",
           "按变更户数排列；全部见 succession 表。"},
          "<div class=\"pair\">" + figure(r.pictures().changed(r.pictures().whole(), kMap_px, r.say(map)), r.say(map)) +
              html_table(table) + "</div>"};
}

}  // namespace gridloom
