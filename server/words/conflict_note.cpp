// SPDX-License-Identifier: Apache-2.0
#include "server/words/conflict_note.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "server/words/number_text.h"
#include "server/words/titles.h"

namespace gridloom {
namespace {

std::string percent(double share) { return std::to_string(std::llround(100 * share)); }

Text operator+(const Text& a, const Text& b) { return {a.en + b.en, a.zh + b.zh}; }

// What the delivered line and the aligned one say to each other: nothing changed where the same cells hold the ground.
Text plain_note(const Conflict& c) {
  switch (c.kind) {
    case ConflictKind::outside_frame:
      return {"outside the city's frame", "在城市边界之外"};
    case ConflictKind::gap:
      return c.after.empty() ? Text{"no unit delivered here", "此处无人认领"} : Text{"gap filled", "空白已补"};
    case ConflictKind::overlap:
      return c.before == c.after ? Text{"claimed more than once", "多头认领"} : Text{"overlap settled", "重叠已裁定"};
    case ConflictKind::nesting:
      return {"levels contradict each other here", "各级行政界线在此不一致"};
    case ConflictKind::split_duty:
      return {"people outside the main unit's cell", "主责单元之外的人口"};
    case ConflictKind::covered_cell:
      return c.after.empty() ? Text{"duplicate of or covered by other cells of its layer, and thin: dissolved",
                                    "与同层网格重复或被覆盖且细窄，已归并"}
                             : Text{"duplicate of or covered by other cells of its layer; kept in overlaps",
                                    "与同层网格重复或被覆盖，保留于重叠表"};
    default:
      return {"sliver resolved", "细碎面已归并"};
  }
}

Text passed_note(const Conflict& c, const PassedToParent& f) {
  const bool filled = c.kind == ConflictKind::gap;
  if (!f.reach_m)
    return filled ? Text{"gap filled from its parent", "空白已按上级补齐"}
                  : Text{"moved to its parent's cell", "已归入上级网格"};
  const std::string m = whole_text(*f.reach_m);
  if (f.beside && !filled) return {"moved to its parent's line, up to " + m + " m", "已调至上级界线，最远" + m + "米"};
  const Text what = filled ? Text{"gap filled from its parent", "空白已按上级补齐"}
                           : Text{"moved to its parent's cell", "已归入上级网格"};
  return what + Text{", up to " + m + " m from its own line", "，距原界线最远" + m + "米"};
}

Text doubt(const City& city, const NamedParent& d) {
  const std::string cell = city.layers[static_cast<std::size_t>(d.layer)].id + " " + d.cell;
  const std::string said = city.layers[static_cast<std::size_t>(d.parent_layer)].id + " " + d.parent;
  return {"; " + said + ", the declared parent of " + cell + ", holds " + percent(d.share) + " % of it: check its key",
          "；" + cell + " 所填上级 " + said + " 仅占其" + percent(d.share) + "%，请核对编码"};
}

// --- targets that were not met ---

// "1 household", "no household", "170 households".
std::string households_en(double n) {
  const std::string count = whole_text(n);
  return (count == "0" ? "no" : count) + (count == "0" || count == "1" ? " household" : " households");
}

std::string names(const GridPiece& piece, std::string Text::*language, const char* comma) {
  std::string out;
  for (const Text& name : piece.enclosed_by) out += (out.empty() ? "" : comma) + name.*language;
  return out;
}

// How many grids the piece would need at least and could hold at most.
Text no_number_fits(const City& city, double households) {
  const std::string least = whole_text(std::ceil(households / city.households_max));
  const std::string most = whole_text(std::floor(households / city.households_min));
  return {"no number of grids fits the piece's " + households_en(households) + ": " + most +
              " grids would be above the band, " + least + " below it",
          whole_text(households) + "户：" + most + "个网格则超上限，" + least + "个网格则不足下限"};
}

Text proven(const UnitPlan& plan, double households, const std::string& band) {
  const std::string off = whole_text(plan.relaxed_by);
  const Text bound =
      plan.relaxed_proven ? Text{", and none misses it by less than " + off, "，偏差不可能小于" + off + "户"} : Text{};
  return Text{households_en(households) + "; proven: no plan of the unit is within the band " + band,
              whole_text(households) + "户；已证明该单元不存在达标方案"} +
         bound;
}

Text missed_note(const City& city, const Grid& grid, const GridPiece& piece) {
  const std::string band = whole_text(city.households_min) + "-" + whole_text(city.households_max);
  const std::string n = whole_text(grid.households), n_en = households_en(grid.households),
                    band_en = " (band " + band + ")";
  const std::string only_en = grid.households < 0.5 ? n_en : "only " + n_en;
  const UnitPlan plan = city.plans.empty() ? UnitPlan{} : city.plans[static_cast<std::size_t>(grid.parent)];
  switch (grid.verdict) {
    case BandVerdict::isolated:
      if (plan.grids == 1) return {"its whole unit has " + only_en + band_en, "所属单元全部仅" + n + "户"};
      return {"a separate piece of its unit with " + only_en + band_en, "所属单元内的独立地块，仅" + n + "户"};
    case BandVerdict::enclosed:
      return {"cut off by " + std::string(piece.enclosed_by.size() > 1 ? "grids " : "grid ") +
                  names(piece, &Text::en, ", ") + ", which may not change, with " + only_en + band_en,
              "被固定网格“" + names(piece, &Text::zh, "”“") + "”隔开，仅" + n + "户"};
    case BandVerdict::indivisible:
      return {"one atom has more than the band holds, " + n_en + " in all" + band_en +
                  "; no department draws a line through it",
              "含单个超限的基础面，共" + n + "户，无部门界线可分"};
    case BandVerdict::numbers:
      return no_number_fits(city, piece.households);
    case BandVerdict::impossible:
      return proven(plan, grid.households, band);
    default:
      return {n_en + "; the neighbouring grids have no room or cannot spare ground" + band_en,
              n + "户，相邻网格无法调剂"};
  }
}

Text drawn_note(const Conflict& c, const OfDrawn& f) {
  switch (c.kind) {
    case ConflictKind::lost_cell:
      return f.outside ? Text{"lies wholly outside the frame", "全部位于城市边界之外"}
                       : Text{"delivered without ground", "无有效范围"};
    case ConflictKind::covered_cell:
      return {"others cover it wholly: no grid", "被其他网格完全覆盖，未成网格"};
    case ConflictKind::divided:
      return {"became " + std::to_string(c.after.size()) + " grids, for units meet in it or it lies in several places",
              "因跨单元或分处多地而成为" + std::to_string(c.after.size()) + "个网格"};
    case ConflictKind::overlap:
      return c.before == c.after ? Text{"claimed more than once", "多头认领"}
                                 : Text{"the first keeps the ground", "归先者"};
    default:
      return plain_note(c);
  }
}

struct Note {
  const City& city;
  const Conflict& conflict;

  Text operator()(const std::monostate&) const { return plain_note(conflict); }
  Text operator()(const PassedToParent& f) const {
    const Text note = passed_note(conflict, f);
    return f.doubted ? note + doubt(city, *f.doubted) : note;
  }
  Text operator()(const LostGround& f) const {
    return f.outside ? Text{"lies wholly outside the frame", "全部位于城市边界之外"}
                     : Text{"delivered without ground", "无有效范围"};
  }
  Text operator()(const LayerShift& f) const { return text_of(f); }
  Text operator()(const LayerAdjustment& f) const { return text_of(f); }
  Text operator()(const GridPiece& f) const {
    return conflict.grid < 0 ? Text{} : missed_note(city, city.grids[static_cast<std::size_t>(conflict.grid)], f);
  }
  Text operator()(const ToldBefore& f) const { return f.words; }
  Text operator()(const OfDrawn& f) const {
    const Text what = title_of(f.kind);
    return Text{what.en + ": ", what.zh + "："} + drawn_note(conflict, f);
  }
};

// What shifts of such a length usually come from.
Text cause_of(double metres) {
  if (metres < 15) return {"as digitising from a badly placed map does", "如底图放置不准的数字化"};
  if (metres < 200)
    return {"as another national datum or a wrong projection parameter does", "如采用其他国家基准或投影参数有误"};
  return {"as GCJ-02, BD-09 or a wrong CRS does", "如 GCJ-02、BD-09 或坐标系错误"};
}

Text text_of(ShiftOutcome outcome) {
  switch (outcome) {
    case ShiftOutcome::moved:
      return {"it has been moved; 'shift: keep' leaves it where it was", "已移动；'shift: keep' 可保持原位"};
    case ShiftOutcome::locked:
      return {"nothing has been done, the layer is locked", "图层已锁定，未作移动"};
    case ShiftOutcome::kept:
      return {"nothing has been done, as 'shift: keep' says", "按 'shift: keep' 未作移动"};
    case ShiftOutcome::open:
      break;
  }
  return {"nothing has been done; 'shift: apply' moves it, 'shift: keep' accepts it",
          "未作移动；'shift: apply' 移动，'shift: keep' 认可"};
}

}  // namespace

Text text_of(const LayerShift& s) {
  const double metres = std::hypot(s.east_m, s.north_m);
  const std::string east = fixed(s.east_m, 1), north = fixed(s.north_m, 1), off = fixed(metres, 0);
  const std::string after = percent(s.near_after), before = percent(s.near_before);
  const Text cause = cause_of(metres), outcome = text_of(s.outcome);
  return {"suspected shift: moved by " + east + " m east and " + north + " m north, " + after +
              " % of its lines lie within 5 m of more trusted ones, " + before + " % as delivered; " + off +
              " m off, " + cause.en + "; " + outcome.en,
          "疑似整体偏移：向东" + east + "米、向北" + north + "米移动后，" + after +
              "%的界线距更可靠界线5米以内，交付时为" + before + "%；偏移" + off + "米，" + cause.zh + "；" +
              outcome.zh};
}

Text text_of(const LayerAdjustment& a) {
  const std::string mean = fixed(a.mean_m, 1), most = fixed(a.most_m, 1);
  const std::string after = percent(a.near_after), before = percent(a.near_before);
  return {"adjusted together with the other layers, of which most have hardly a line in common: moved by " + mean +
              " m on average, " + most + " m at most; " + after +
              " % of its lines lie within 2 m of another layer's now, " + before +
              " % as delivered; 'shift: keep' leaves it where it was",
          "与其他图层联合平差（多数图层几乎没有共用界线）：平均移动" + mean + "米，最大" + most + "米；现有" + after +
              "%的界线距其他图层2米以内，交付时为" + before + "%；'shift: keep' 可保持原位"};
}

Text note_of(const City& city, const Conflict& c) { return std::visit(Note{city, c}, c.facts); }

}  // namespace gridloom
