// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/export_names.h"

#include <algorithm>
#include <set>
#include <span>
#include <string_view>

#include "engine/base/strings.h"
#include "engine/io/project/dictionary.h"
#include "engine/io/project/project_schema.h"
#include "server/words/project_words.h"

namespace gridloom {
namespace {

// Ten letters, or five Chinese characters, are what a shapefile has room for. Kept as they are: people build on them.
// clang-format off
const ColumnTitle kShort[] = {
    {"", "id", {"id", "标识"}},
    {"", "title", {"title", "名称"}},
    {"", "title_zh", {"title_zh", "中文名称"}},
    {"", "department", {"dept", "部门"}},
    {"", "department_zh", {"dept_zh", "部门中文"}},
    {"", "rank", {"rank", "优先级"}},
    {"", "accuracy_m", {"accuracy_m", "精度米"}},
    {"", "locked", {"locked", "锁定"}},
    {"", "moved", {"moved", "已移动"}},
    {"", "weight", {"weight", "权重"}},
    {"", "code", {"code", "编码"}},
    {"grids", "code", {"grid_code", "网格编码"}},
    {"", "name", {"name", "名称"}},
    {"grids", "name", {"name_en", "英文名称"}},
    {"admin", "name", {"name_en", "英文名称"}},
    {"", "name_zh", {"name_zh", "中文名称"}},
    {"", "parent", {"parent", "上级单元"}},
    {"", "kind", {"kind", "类型"}},
    {"", "valid_from", {"valid_from", "生效日期"}},
    {"", "valid_to", {"valid_to", "失效日期"}},
    {"", "area_m2", {"area_m2", "面积"}},
    {"", "perimeter_m", {"perim_m", "周长"}},
    {"", "compactness", {"compact", "紧凑度"}},
    {"", "population", {"people", "人口"}},
    {"", "households", {"househ", "户数"}},
    {"", "band", {"band", "规模"}},
    {"", "cells_split", {"cells_cut", "分割数"}},
    {"", "households_moved", {"hh_moved", "变更户数"}},
    {"plans", "moved", {"hh_moved", "变更户数"}},
    {"", "cut_against_m", {"cut_m", "无支持米"}},
    {"", "colour", {"colour", "配色号"}},
    {"", "layer", {"layer", "图层"}},
    {"", "atom_id", {"atom", "基础面"}},
    {"", "grid_code", {"grid", "网格"}},
    {"", "feature_id", {"feature", "要素"}},
    {"", "from_node", {"node_from", "起始节点"}},
    {"", "to_node", {"node_to", "终止节点"}},
    {"", "left_atom", {"left", "左侧面"}},
    {"", "right_atom", {"right", "右侧面"}},
    {"", "layers", {"layers", "图层"}},
    {"", "support", {"support", "支持度"}},
    {"", "level", {"level", "级别"}},
    {"", "length_m", {"length_m", "长度米"}},
    {"", "linework", {"linework", "沿线比例"}},
    {"", "admin_level", {"admin_lev", "行政层级"}},
    {"", "ids_before", {"ids_before", "原归属"}},
    {"", "ids_after", {"ids_after", "现归属"}},
    {"", "cause", {"cause", "原因"}},
    {"", "facts", {"facts", "事实"}},
    {"", "note", {"note", "英文说明"}},
    {"", "note_zh", {"note_zh", "中文说明"}},
    {"", "unit_id", {"unit_id", "单元标识"}},
    {"", "unit_name", {"unit", "单元"}},
    {"", "grids", {"grids", "网格数"}},
    {"", "incidents", {"incidents", "事件数"}},
    {"", "occurred_on", {"day", "发生日期"}},
    {"", "occurred_at", {"time", "发生时间"}},
    {"", "occurred_time", {"moment", "发生时刻"}},
    {"", "category", {"category", "类别"}},
    {"", "subcategory", {"subcat", "子类"}},
    {"", "agency", {"agency", "主管机构"}},
    {"", "severity", {"severity", "严重程度"}},
    {"", "status", {"status", "状态"}},
    {"", "closed_on", {"closed_day", "办结日期"}},
    {"", "closed_at", {"closed", "办结时间"}},
    {"", "closed_time", {"closed_mom", "办结时刻"}},
    {"", "share_of_feature", {"share_feat", "占要素"}},
    {"", "share_of_grid", {"share_grid", "占网格"}},
    {"", "role", {"role", "职责"}},
    {"", "person_id", {"person", "责任人"}},
    {"", "share", {"share", "占比"}},
    {"", "source", {"source", "依据"}},
    {"", "stage", {"stage", "阶段"}},
    {"", "metric", {"metric", "指标"}},
    {"", "other_layer", {"other", "另一图层"}},
    {"", "up_to_m", {"up_to_m", "上限米"}},
    {"", "value", {"value", "取值"}},
    {"", "unit", {"unit", "单位"}},
    {"", "atoms", {"atoms", "基础面数"}},
    {"", "soft_cut_m", {"soft_cut_m", "界线米"}},
    {"", "lower_bound_m", {"bound_m", "下界米"}},
    {"", "relaxed_by", {"off_by", "偏离"}},
    {"", "relaxed_proven", {"proven", "已证明"}},
    {"", "moved_bound", {"moved_min", "最少变更"}},
    {"", "old_code", {"old_code", "原编码"}},
    {"", "new_code", {"new_code", "新编码"}},
    {"", "retired", {"retired", "已停用"}},
    {"", "at", {"date", "日期"}},
    {"", "version", {"version", "版本"}},
    {"", "who", {"who", "操作者"}},
    {"", "why", {"why", "原因"}},
    {"", "approval", {"approval", "审批"}},
    {"", "operations", {"operations", "操作"}},
};
// clang-format on

const ColumnTitle* short_title(const Table& table, const Column& column) {
  const ColumnTitle* best = nullptr;
  for (const ColumnTitle& t : kShort)
    if (t.column == column.kind() && (t.table == table.kind() || (t.table.empty() && !best))) best = &t;
  return best;
}

// The first so many characters of a text in UTF-8.
std::string first_characters(const std::string& text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size() && count > 0; --count) {
    ++end;
    while (end < text.size() && (text[end] & 0xC0) == 0x80) ++end;
  }
  return text.substr(0, end);
}

// Of a layer, a level or a department's own field: the beginning of its name.
std::string own_name(const City& city, const Column& column, Language language) {
  constexpr std::size_t kLetters = 8, kCharacters = 4;
  const bool share = column.kind() == "layer_share";
  if (column.kind() == "layer" || share) {
    const Layer& layer = city.layers[static_cast<std::size_t>(column.of.layer)];
    if (language == Language::zh) return first_characters(layer.title.zh, kCharacters) + (share ? "比" : "");
    std::string id = layer.id;
    std::erase(id, '_');
    return id.substr(0, kLetters) + (share ? "_s" : "");
  }
  if (column.kind() == "admin" && language == Language::zh)
    return first_characters(city.admin[static_cast<std::size_t>(column.of.level)].title.zh, kCharacters + 1);
  return first_characters(column.name, language == Language::zh ? kCharacters + 1 : kLetters + 2);
}

std::size_t bytes_of(ExportEncoding encoding, const std::string& name) {
  return bytes_in(encoding, name).value_or(name.size());
}

// The beginning that has room, and unlike all before it: the end makes way for a number. Neither a .dbf nor Excel tells
// capitals apart.
template <class Cut>
std::string made_free(const std::string& name, std::size_t room, const std::string& before_number, Cut cut,
                      std::set<std::string>& taken) {
  std::string free = cut(name, room);
  for (int n = 2; !taken.insert(lower_case(free)).second; ++n) {
    const std::string number = before_number + std::to_string(n);
    free = cut(name, room - number.size()) + number;
  }
  return free;
}

std::string field_name(const std::string& name, ExportEncoding encoding, std::set<std::string>& taken) {
  const auto cut = [&](std::string text, std::size_t bytes) {
    while (!text.empty() && bytes_of(encoding, text) > bytes) {
      while ((text.back() & 0xC0) == 0x80) text.pop_back();
      text.pop_back();
    }
    return text;
  };
  return made_free(name, kShapefileName, "", cut, taken);
}

// What Excel and drawings take for a sheet's or layer's name.
std::string sheet_name(std::string title, std::span<const ExportTable> beside) {
  constexpr std::size_t kLongest = 31;
  for (char& c : title)
    if (std::string_view("[]:*?/\\<>\"|=;,'`").find(c) != std::string_view::npos) c = '_';
  std::set<std::string> taken;
  for (const ExportTable& table : beside) taken.insert(lower_case(table.title));
  return made_free(title, kLongest, " ", first_characters, taken);
}

int decimals_of(const Column& column) {
  if (column.unit == "m2" || column.unit == "m") return 1;
  if (column.unit == "people" || column.unit == "households") return 1;
  return column.unit == "1" ? 4 : 6;
}

}  // namespace

ExportTable export_table(const City& city, const Table& table, Language language, ExportFormat format,
                         ExportEncoding encoding, std::span<const ExportTable> beside) {
  const ProjectWords& words = project_words();
  const std::string meaning = language == Language::zh ? meaning_of(city, words, table).zh : "";
  ExportTable out{table.name, sheet_name(meaning.empty() ? table.name : meaning, beside), {}};
  std::set<std::string> taken;
  for (const Column& column : table.columns) {
    std::string title = title_of(city, words, table, column).in(language);
    if (title.empty()) title = column.name;
    if (format == ExportFormat::shp) {
      const ColumnTitle* named = short_title(table, column);
      title = field_name(named ? named->text.in(language) : own_name(city, column, language), encoding, taken);
    } else if (language == Language::en) {
      title = column.name;
    }
    out.columns.push_back({column.name, title, column.type == "INTEGER" ? 0 : decimals_of(column)});
  }
  return out;
}

}  // namespace gridloom
