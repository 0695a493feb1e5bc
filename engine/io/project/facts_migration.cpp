// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/facts_migration.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/errors.h"
#include "engine/io/project/conflict_facts.h"
#include "engine/io/project/dictionary.h"
#include "engine/io/project/project_meta.h"
#include "engine/io/project/project_schema.h"

namespace gridloom {
namespace {

using Ids = std::vector<std::string>;
using KnownIds = std::set<std::string, std::less<>>;

// The ids of a comma list. An id may hold commas itself: of the ways to cut, the one is taken whose parts are all known
// and ascend, as they did when the list was made.
bool cut_list(std::string_view list, const KnownIds& known, Ids& out) {
  if (list.empty()) return out.empty();
  for (std::size_t end = list.find(',');; end = list.find(',', end + 1)) {
    const std::string_view id = list.substr(0, end);
    if (known.contains(id) && (out.empty() || out.back() < id)) {
      out.emplace_back(id);
      if (end == std::string_view::npos || cut_list(list.substr(end + 1), known, out)) return true;
      out.pop_back();
    }
    if (end == std::string_view::npos) return false;
  }
}

std::optional<Ids> ids_in(std::string_view list, const KnownIds& known) {
  Ids ids;
  if (list.empty() || cut_list(list, known, ids)) return ids;
  return {};
}

struct Sides {
  Ids before, after;
};

// Where the ids are not those of the layer, the text is all there is to keep.
Sides sides_of(const std::string& ids, const KnownIds& known) {
  for (std::size_t arrow = ids.find('>'); arrow != std::string::npos; arrow = ids.find('>', arrow + 1)) {
    const std::string_view text = ids;
    auto before = ids_in(text.substr(0, arrow), known), after = ids_in(text.substr(arrow + 1), known);
    if (before && after) return {std::move(*before), std::move(*after)};
  }
  const std::size_t arrow = ids.find('>');
  if (arrow == std::string::npos) return {{ids}, {}};
  Sides whole;
  if (arrow > 0) whole.before = {ids.substr(0, arrow)};
  if (arrow + 1 < ids.size()) whole.after = {ids.substr(arrow + 1)};
  return whole;
}

struct OldConflict {
  std::int64_t fid = 0;
  std::string kind, layer, level, ids, note;
  bool is_of_grid() const { return kind == "split_duty" || kind == "unmet_target"; }
  // The words of the others follow from what a row says otherwise.
  bool needs_its_note() const {
    return kind == "gap" || kind == "nesting" || kind == "lost_cell" || kind == "shift" || kind == "unmet_target";
  }
};

std::vector<OldConflict> old_conflicts(Database& database) {
  std::vector<OldConflict> rows;
  Statement select(database, "SELECT fid, kind, layer, admin_level, ids, note FROM conflicts ORDER BY fid");
  while (select.next()) {
    OldConflict& row = rows.emplace_back();
    row.fid = select.integer();
    for (std::string* text : {&row.kind, &row.layer, &row.level, &row.ids, &row.note}) *text = select.text();
  }
  return rows;
}

class Conflicts {
 public:
  Conflicts(Database& database, const City& city) : database_(database), city_(city) {
    for (const Layer& layer : city.layers) add(layer.id, schema(layer), "id");
    for (std::size_t n = 0; n < city.admin.size(); ++n) add(city.admin[n].id, project_schema::admin_name(n), "code");
  }

  void rewrite() {
    for (const char* column : {"grid_code", "ids_before", "ids_after", "cause", "facts", "note_zh"})
      database_.exec("ALTER TABLE conflicts ADD COLUMN " + std::string(column) + " TEXT");
    Statement update(database_,
                     "UPDATE conflicts SET grid_code = ?, ids_before = ?, ids_after = ?, cause = ?, facts = ?, "
                     "note = ?, note_zh = ? WHERE fid = ?");
    for (const OldConflict& row : old_conflicts(database_)) rewrite(row, update);
    drop_ids();
  }

 private:
  static std::string schema(const Layer& layer) { return project_schema::aligned_name(layer.id); }

  void add(const std::string& of, const std::string& table, const std::string& column) {
    KnownIds& known = known_[of];
    Statement select(database_, "SELECT " + column + " FROM " + sql_name(table));
    while (select.next()) known.emplace(select.text());
  }

  void rewrite(const OldConflict& row, Statement& update) {
    std::optional<std::string> grid;
    Sides sides;
    if (row.is_of_grid()) {
      const std::size_t arrow = row.ids.find('>');  // codes hold none
      grid = row.ids.substr(0, arrow);
      if (arrow != std::string::npos) sides.after = {row.ids.substr(arrow + 1)};
    } else {
      sides = sides_of(row.ids, known_[row.layer.empty() ? row.level : row.layer]);
    }
    const std::string before = list_text(sides.before), after = list_text(sides.after);
    const std::size_t cut = row.note.find(" / ");
    const std::string en = row.note.substr(0, cut), zh = cut == std::string::npos ? en : row.note.substr(cut + 3);
    const ConflictFacts told =
        row.needs_its_note() && !row.note.empty() ? ConflictFacts(ToldBefore{{en, zh}}) : ConflictFacts();
    const std::string facts = facts_text(city_, told);
    update.put(grid).put(before).put(after).put_text_or_null(cause_of(told)).put_text_or_null(facts);
    update.put_text_or_null(en).put_text_or_null(zh).put(row.fid).run();
  }

  // A view that someone made for himself may read the old column; it stays then.
  void drop_ids() {
    try {
      database_.exec("ALTER TABLE conflicts DROP COLUMN ids");
    } catch (const DataError&) {
    }
  }

  Database& database_;
  const City& city_;
  std::map<std::string, KnownIds> known_;  // by layer or level
};

void rewrite_quality(Database& database) {
  database.exec(
      "ALTER TABLE quality ADD COLUMN other_layer TEXT;"
      "ALTER TABLE quality ADD COLUMN up_to_m REAL;"
      "UPDATE quality SET other_layer = substr(metric, instr(metric, ':') + 1), "
      "metric = substr(metric, 1, instr(metric, ':') - 1) "
      "WHERE metric GLOB 'nesting_confidence:*' OR metric GLOB 'contradiction:*';"
      "UPDATE quality SET up_to_m = CAST(substr(metric, instr(metric, '<= ') + 3) AS REAL) "
      "WHERE metric GLOB 'reference_distance:<= *';"
      "UPDATE quality SET metric = 'reference_distance' WHERE metric GLOB 'reference_distance:*'");
}

}  // namespace

void facts_instead_of_texts(Database& database, std::string_view schema, const ProjectWords& words) {
  const City city = described_project(database);
  Conflicts(database, city).rewrite();
  rewrite_quality(database);
  // Tables of these names were someone's own.
  if (!has_table(database, "layers") && !has_table(database, "columns")) make_dictionary(database, schema, city, words);
}

}  // namespace gridloom
