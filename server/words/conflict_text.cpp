// SPDX-License-Identifier: Apache-2.0
#include "server/words/conflict_text.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "server/words/conflict_note.h"
#include "server/words/number_text.h"

namespace gridloom {
namespace {

constexpr std::size_t kCellsNamed = 3;

Text operator+(Text a, const Text& b) {
  a.en += b.en;
  a.zh += b.zh;
  return a;
}

std::string whole(double n) { return with_commas(static_cast<std::uint64_t>(std::llround(std::max(0.0, n)))); }

Text people(double n) {
  const std::string count = whole(n);
  return {count + (count == "1" ? " person" : " people"), count + "人"};
}

std::string titled(const std::string& name, const std::string& id) {
  return name.empty() ? id : name.find(id) != std::string::npos ? name : name + " (" + id + ")";
}

Text joined(const std::vector<Text>& parts) {
  Text out;
  for (std::size_t i = 0; i < parts.size(); ++i)
    out = std::move(out) +
          (i == 0                  ? Text{}
           : i + 1 == parts.size() ? Text{" and ", "和"}
                                   : Text{", ", "、"}) +
          parts[i];
  return out;
}

// A point inside the polygon: the middle of the longest stretch of the ground on the horizontal line through the middle
// of its box, between vertices.
std::optional<Point> inside_point(const std::vector<std::vector<Point>>& polygon) {
  const Box box = box_of(polygon.front());
  const double y = (static_cast<double>(box.min.y) + box.max.y) / 2 + 0.5;
  std::vector<double> x;
  for (const auto& ring : polygon)
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
      const Point a = ring[i], b = ring[i + 1];
      if ((a.y > y) != (b.y > y)) x.push_back(a.x + (y - a.y) / (static_cast<double>(b.y) - a.y) * (b.x - a.x));
    }
  std::sort(x.begin(), x.end());
  double widest = 0, middle = 0;
  for (std::size_t i = 0; i + 1 < x.size(); i += 2)
    if (x[i + 1] - x[i] > widest) {
      widest = x[i + 1] - x[i];
      middle = (x[i] + x[i + 1]) / 2;
    }
  if (widest <= 0) return {};
  return Point{static_cast<std::int32_t>(std::lround(middle)), static_cast<std::int32_t>(std::lround(y))};
}

double extent(const std::vector<std::vector<Point>>& polygon) {
  const Box box = box_of(polygon.front());
  return (static_cast<double>(box.max.x) - box.min.x) * (static_cast<double>(box.max.y) - box.min.y);
}

// "…, in 12 pieces, the largest"; empty for one.
Text pieces(const Conflict& c) {
  if (c.ground.size() < 2) return {};
  const std::string n = with_commas(c.ground.size());
  return {" (" + n + " pieces, the largest there)", "（共" + n + "块，最大一块在此）"};
}

}  // namespace

Text title_of(const Layer& layer, const Cell& cell) {
  if (cell.name.empty() || cell.name == cell.id) return {layer.title.en + " " + cell.id, layer.title.zh + cell.id};
  return both(titled(cell.name, cell.id));
}

Text title_of(const AdminUnit& unit) {
  const Text& name = unit.name;
  return {titled(name.en.empty() ? name.zh : name.en, unit.code),
          titled(name.zh.empty() ? name.en : name.zh, unit.code)};
}

Text title_of(const Grid& grid) { return {titled(grid.name.en, grid.code), titled(grid.name.zh, grid.code)}; }

bool settled(const Conflict& c) {
  return c.kind == ConflictKind::sliver || (c.kind == ConflictKind::gap && !c.after.empty());
}

Questions::Questions(const City& city) : city_(city), locator_(city.arrangement), cell_of_id_(city.layers.size()) {
  for (std::size_t l = 0; l < city.layers.size(); ++l)
    for (std::size_t c = 0; c < city.layers[l].cells.size(); ++c)
      cell_of_id_[l].emplace(city.layers[l].cells[c].id, static_cast<Label>(c));
  for (std::size_t r = 0; r < city.crosswalk.size(); ++r)
    crosswalk_[{city.crosswalk[r].layer, city.crosswalk[r].grid}].push_back(r);
}

Text Questions::cell(std::size_t layer, const std::string& id) const {
  const auto at = cell_of_id_[layer].find(id);
  if (at == cell_of_id_[layer].end()) return both(id);
  return title_of(city_.layers[layer], city_.layers[layer].cells[static_cast<std::size_t>(at->second)]);
}

Text Questions::cells(std::size_t layer, const std::vector<std::string>& ids) const {
  if (ids.empty()) return {"nobody", "无人"};
  std::vector<Text> out;
  for (const std::string& id : ids) out.push_back(cell(layer, id));
  return joined(out);
}

Text Questions::unit(const std::string& level, const std::string& code) const {
  for (const AdminLevel& l : city_.admin)
    if (l.id == level)
      for (const AdminUnit& u : l.units)
        if (u.code == code) return title_of(u);
  return both(code);
}

FaceId Questions::face_of(const Conflict& c) const {
  const auto largest = std::max_element(c.ground.begin(), c.ground.end(),
                                        [](const auto& a, const auto& b) { return extent(a) < extent(b); });
  if (largest == c.ground.end()) return kOutside;
  const std::optional<Point> inside = inside_point(*largest);
  return inside ? locator_.locate(*inside).face : kOutside;
}

Text Questions::place(const Conflict& c) const {
  const FaceId face = face_of(c);
  if (face == kOutside || city_.admin.empty()) return {};
  const AdminLevel& lowest = city_.admin.back();
  const Text name = title_of(lowest.units[static_cast<std::size_t>(lowest.of_face[face])]);
  return {" in " + name.en, "（位于" + name.zh + "）"};
}

std::vector<Questions::Parent> Questions::parents(const Conflict& c) const {
  const auto l = static_cast<std::size_t>(c.layer);
  const FaceId face = face_of(c);
  if (face == kOutside || c.before.empty() || !cell_of_id_[l].contains(c.before.front())) return {};
  const Label from = cell_of_id_[l].at(c.before.front());
  std::vector<Parent> out;
  for (std::size_t p = 0; p < city_.layers.size(); ++p) {
    const bool nests = std::any_of(city_.quality.begin(), city_.quality.end(), [&](const QualityRow& row) {
      return row.metric == QualityMetric::nesting_confidence && row.layer == c.layer &&
             row.other_layer == static_cast<std::int32_t>(p);
    });
    if (!nests) continue;
    std::map<Label, double> area;
    for (FaceId f = 1; f < city_.arrangement.face_count; ++f)
      if (city_.layers[l].labels.of_face[f] == from) area[city_.layers[p].labels.of_face[f]] += city_.area_m2[f];
    const auto most =
        std::max_element(area.begin(), area.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    const Label holds = city_.layers[p].labels.of_face[face];
    if (most != area.end() && most->first != kGap && holds != kGap && holds != most->first)
      out.push_back({p, holds, most->first});
  }
  return out;
}

Question Questions::open_gap(const Conflict& c) const {
  const Layer& layer = city_.layers[static_cast<std::size_t>(c.layer)];
  const Text where = place(c), n = people(c.population), all = pieces(c);
  return {
      {layer.department.en + " drew no unit (" + layer.title.en + ") where " + n.en + " live" + where.en + all.en + ".",
       layer.department.zh + "未在" + n.zh + "居住的地块" + where.zh + all.zh + "划定" + layer.title.zh + "。"},
      {"The ground stays without one; the grid’s own administrative unit answers for it.",
       "暂不划归，由网格所属行政单元兜底。"},
      {layer.department.en + " names the unit that takes it, or the gap is declared lawful (allowed_gaps).",
       "由" + layer.department.zh + "明确归属单元，或在目录中声明为允许空白（allowed_gaps）。"}};
}

Question Questions::overlap(const Conflict& c) const {
  const auto l = static_cast<std::size_t>(c.layer);
  const Layer& layer = city_.layers[l];
  const Text claimants = cells(l, c.before), keeps = cells(l, c.after);
  const Text where = place(c), n = people(c.population), all = pieces(c);
  const bool one = c.after.size() == 1;
  return {{layer.department.en + " (" + layer.title.en + ") counts " + n.en + where.en + " more than once" + all.en +
               ": " + claimants.en + " claim them.",
           layer.department.zh + "（" + layer.title.zh + "）" + where.zh + n.zh + "被重复划入" + all.zh + "：" +
               claimants.zh + "。"},
          one ? Text{keeps.en + " keeps them.", "归" + keeps.zh + "。"}
              : Text{"All stay on record, the first leads.", "均予保留，首列者为主。"},
          {layer.department.en + (one ? " confirms, or names another of them." : " names the one that keeps them."),
           "由" + layer.department.zh + (one ? "确认或另行指定。" : "确定归属。")}};
}

Question Questions::nesting(const Conflict& c) const {
  const auto l = static_cast<std::size_t>(c.layer);
  const Layer& layer = city_.layers[l];
  const Text from = cells(l, c.before), to = cells(l, c.after), where = place(c), all = pieces(c);
  const Text n = people(c.population), note = note_of(city_, c);
  std::vector<Text> others, parted, movers;
  for (const Parent& p : parents(c)) {
    const Layer& parent = city_.layers[p.layer];
    const Text holds = title_of(parent, parent.cells[static_cast<std::size_t>(p.holds)]);
    const Text rest = title_of(parent, parent.cells[static_cast<std::size_t>(p.others)]);
    others.push_back(parent.department + Text{" (", "（"} + parent.title + Text{")", "）"});
    parted.push_back({holds.en + " from " + rest.en, rest.zh + "与" + holds.zh});
    movers.push_back({parent.department.en + " moves the line of " + parent.title.en,
                      parent.department.zh + "调整" + parent.title.zh + "界线"});
  }
  const Text line = joined(parted);
  const bool known = !others.empty();
  const Text against = known ? joined(others) : Text{"the layer it nests in", "其上级图层"};
  const Text lines = known ? Text{", across the line that parts " + line.en, "，跨越" + line.zh + "的界线"} : Text{};
  const Text moves = known ? joined(movers) : Text{"the line of the level above is moved", "上级调整界线"};
  return {{layer.department.en + " (" + layer.title.en + ") and " + against.en + " disagree on " + n.en + where.en +
               all.en + ": they were drawn in " + from.en + lines.en + ".",
           layer.department.zh + "（" + layer.title.zh + "）与" + against.zh + "对" + n.zh + where.zh + all.zh +
               "的归属不一致：划入" + from.zh + lines.zh + "。"},
          {"They pass to " + to.en + " (" + note.en + ").", "改归" + to.zh + "（" + note.zh + "）。"},
          {layer.department.en + " agrees, or " + moves.en + ".",
           "由" + layer.department.zh + "确认，或由" + moves.zh + "。"}};
}

Question Questions::level_nesting(const Conflict& c) const {
  const auto names = [&](const std::vector<std::string>& codes) {
    std::vector<Text> out;
    for (const std::string& code : codes) out.push_back(unit(c.admin_level, code));
    return out.empty() ? Text{"no unit", "无单元"} : joined(out);
  };
  const Text from = names(c.before), to = names(c.after), n = people(c.population), all = pieces(c);
  return {
      {"Two administrative levels disagree on " + n.en + all.en + ": delivered as " + from.en + ", now " + to.en + ".",
       "两级行政界线对" + n.zh + "的归属不一致" + all.zh + "：交付为" + from.zh + "，现为" + to.zh + "。"},
      {"The line of the level above holds; small ground that no unit there claims goes to the unit beside it.",
       "以上级界线为准；上级范围内无单元认领的零星地块归相邻单元。"},
      {"Those who keep the administrative lines say which one holds.", "由行政区划主管部门确定以何者为准。"}};
}

Question Questions::split_duty(const Conflict& c) const {
  const auto l = static_cast<std::size_t>(c.layer);
  const Layer& layer = city_.layers[l];
  const Grid& grid = city_.grids[static_cast<std::size_t>(c.grid)];
  const Text name = title_of(grid), main = cells(l, c.after);
  std::vector<const CrosswalkRow*> others;
  if (const auto rows = crosswalk_.find({l, static_cast<std::size_t>(c.grid)}); rows != crosswalk_.end())
    for (std::size_t r : rows->second) {
      const CrosswalkRow& row = city_.crosswalk[r];
      if (layer.cells[static_cast<std::size_t>(row.cell)].id != (c.after.empty() ? "" : c.after.front()) &&
          row.population >= 0.5)
        others.push_back(&row);
    }
  std::stable_sort(others.begin(), others.end(),
                   [](const CrosswalkRow* a, const CrosswalkRow* b) { return a->population > b->population; });
  std::vector<Text> named;
  double rest = 0;
  for (std::size_t i = 0; i < others.size(); ++i) {
    if (i >= kCellsNamed && others.size() > kCellsNamed + 1) {
      rest += others[i]->population;
      continue;
    }
    const Text who = title_of(layer, layer.cells[static_cast<std::size_t>(others[i]->cell)]);
    const std::string n = whole(others[i]->population);
    named.push_back({who.en + " has " + n, who.zh + "有" + n + "人"});
  }
  if (rest > 0) {
    const std::string more = std::to_string(others.size() - kCellsNamed), n = whole(rest);
    named.push_back({more + " more have " + n, "另有" + more + "个共" + n + "人"});
  }
  const Text list = named.empty() ? Text{"nobody drew a unit for them", "未划归任何单元"} : joined(named);
  return {{layer.department.en + " (" + layer.title.en + ") splits " + name.en + ": " + whole(c.population) +
               " of its " + people(grid.population).en + " are outside " + main.en + "; " + list.en + ".",
           layer.department.zh + "（" + layer.title.zh + "）在" + name.zh + "内权责分割：" + whole(grid.population) +
               "人中" + whole(c.population) + "人不属" + main.zh + "；" + list.zh + "。"},
          {main.en + " answers for the whole grid.", "由" + main.zh + "负责整个网格。"},
          {layer.department.en + " agrees, or the grid is divided along its line.",
           "由" + layer.department.zh + "确认，或按其界线拆分网格。"}};
}

Question Questions::about(const Conflict& c) const {
  if (c.layer < 0 && c.kind == ConflictKind::nesting) return level_nesting(c);
  if (c.layer >= 0) switch (c.kind) {
      case ConflictKind::gap:
        if (!settled(c)) return open_gap(c);
        break;
      case ConflictKind::overlap:
        return overlap(c);
      case ConflictKind::nesting:
        return nesting(c);
      case ConflictKind::split_duty:
        return split_duty(c);
      default:
        break;
    }
  // What needs no decision, or has no ground.
  return {both(ids_text(city_, c)) + Text{": ", "："} + note_of(city_, c), {}, {}};
}

}  // namespace gridloom
