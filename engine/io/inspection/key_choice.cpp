// SPDX-License-Identifier: Apache-2.0
#include "engine/io/inspection/key_choice.h"

#include <algorithm>
#include <set>
#include <utility>

namespace gridloom {
namespace {

// Longer texts are descriptions.
constexpr std::size_t kLongestKey = 64;

bool may_be_key(const ColumnFacts& column, std::size_t rows) {
  const bool fraction = column.numbers && !column.whole;
  return column.filled * 2 >= rows && column.distinct > 0 && column.longest <= kLongestKey && !fraction &&
         !is_no_id(column.name) && !(column.times > 0.9 && !column.numbers);
}

// How much it looks like what the people who made the data know their features by.
double likeness(const ColumnFacts& column, const InspectedTable& table) {
  if (is_row_number(column.name)) return -30;
  double score = 0.6 * hint_of(column.name, ColumnUse::id) + 0.2 * hint_of(column.name, ColumnUse::name);
  const std::vector<std::string> own = words_in(column.name), table_words = words_in(table.stem());
  if (std::any_of(own.begin(), own.end(), [&](const std::string& w) {
        return std::find(table_words.begin(), table_words.end(), w) != table_words.end();
      }))
    score += 25;
  if (column.filled < table.rows) score -= 15;
  if (column.type == FieldType::text && !column.numbers) score += 2;
  return score;
}

std::vector<const ColumnFacts*> by_likeness(const InspectedTable& table, auto wanted) {
  std::vector<const ColumnFacts*> columns;
  for (const ColumnFacts& column : table.columns)
    if (may_be_key(column, table.rows) && wanted(column)) columns.push_back(&column);
  std::stable_sort(columns.begin(), columns.end(),
                   [&](const auto* a, const auto* b) { return likeness(*a, table) > likeness(*b, table); });
  return columns;
}

KeyChoice chosen(const InspectedTable& table, const std::vector<const ColumnFacts*>& candidates) {
  const ColumnFacts& column = *candidates.front();
  KeyChoice choice{{column.name}, table.rows, table.rows - column.filled, column.distinct, {}};
  for (std::size_t i = 1; i < candidates.size() && i <= 4; ++i) choice.others.push_back(candidates[i]->name);
  return choice;
}

std::size_t column_index(const InspectedTable& table, const ColumnFacts* column) {
  return static_cast<std::size_t>(column - table.columns.data());
}

bool unique_together(const InspectedTable& table, std::size_t a, std::size_t b) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (std::size_t row = 0; row < table.rows; ++row)
    if (!seen.insert({table.cell(row, a), table.cell(row, b)}).second) return false;
  return true;
}

}  // namespace

std::optional<KeyChoice> choose_key(const InspectedTable& table) {
  const auto text =
      std::find_if(table.columns.begin(), table.columns.end(), [](const ColumnFacts& c) { return c.name == "Text"; });
  if (table.lettered && text != table.columns.end() && text->unique())
    return KeyChoice{{"Text"}, text->filled, 0, text->distinct, {}};
  const auto unique = by_likeness(table, [](const ColumnFacts& c) { return c.unique(); });
  // A row number is unique and says nothing; but it is all that some files have.
  if (!unique.empty()) return chosen(table, unique);
  const auto ids = by_likeness(table, [&](const ColumnFacts& c) {
    return c.filled == table.rows && (hint_of(c.name, ColumnUse::id) > 0 || hint_of(c.name, ColumnUse::name) > 0);
  });
  const auto nearly =
      std::find_if(ids.begin(), ids.end(), [&](const ColumnFacts* c) { return c->distinct * 10 >= table.rows * 9; });
  if (nearly != ids.end()) return chosen(table, {*nearly});
  for (std::size_t i = 0; i < ids.size() && i < 6; ++i)
    for (std::size_t j = i + 1; j < ids.size() && j < 6; ++j)
      if (unique_together(table, column_index(table, ids[i]), column_index(table, ids[j])))
        return KeyChoice{{ids[i]->name, ids[j]->name}, table.rows, 0, table.rows, {}};
  auto any = by_likeness(table, [](const ColumnFacts&) { return true; });
  std::stable_sort(any.begin(), any.end(), [](const auto* a, const auto* b) { return a->distinct > b->distinct; });
  if (any.empty()) return std::nullopt;
  return chosen(table, any);
}

}  // namespace gridloom
