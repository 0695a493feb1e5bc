// SPDX-License-Identifier: Apache-2.0
#include "engine/io/inspection/proposal.h"

#include <ogr_spatialref.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "engine/base/strings.h"
#include "engine/io/crs.h"
#include "engine/io/delivery/crs_guess.h"
#include "engine/io/gdal.h"
#include "engine/io/inspection/key_choice.h"
#include "engine/io/inspection/likely_time_zone.h"
#include "engine/io/inspection/name_hints.h"
#include "engine/io/inspection/overlay.h"
#include "engine/io/inspection/table_facts.h"
#include "engine/io/map_scale.h"
#include "engine/io/time_text.h"
#include "engine/io/working_crs.h"

namespace gridloom {
namespace {

namespace fs = std::filesystem;

constexpr double kNests = 0.98;        // share of ground, cell by cell, in one cell of the other
constexpr double kAgree = 0.95;        // of the rows that name a parent, those that lie in it
constexpr double kInCity = 0.5;        // share of a layer's ground that the city has
constexpr double kManyOverlap = 0.2;   // of it: several divisions in one file
constexpr double kMostOverlap = 0.02;  // of the ground of what may be a frame

bool is_metric(const std::string& crs) {
  try {
    require_working_crs(crs);
    return true;
  } catch (const DataError&) {
    return false;
  }
}

// A CRS to work in: metres, and true ones where the table lies.
bool suits(const InspectedTable& table) {
  if (!is_metric(table.crs)) return false;
  try {
    require_true_scale(table.crs, table.crs, table.extent.centre());
    return true;
  } catch (const DataError&) {
    return false;
  }
}

bool is_nad83(const std::string& crs) {
  const GdalErrors quiet;
  OGRSpatialReference srs;
  if (srs.SetFromUserInput(crs.c_str()) != OGRERR_NONE) return false;
  const char* datum = srs.GetAttrValue("DATUM");
  return datum && std::string_view(datum).find("North_American_Datum_1983") != std::string_view::npos;
}

// Where a table's features lie, in WGS 84; empty where nobody says.
Extent degrees_of(const InspectedTable& table) {
  if (table.crs.empty() || table.extent.empty()) return {};
  try {
    PositionReader reader(table.crs, "EPSG:4326");
    return image_of(table.extent, reader);
  } catch (const DataError&) {
    return {};  // whose transformation is refused: a reader tells why
  }
}

std::string text_of_table(const InspectedTable& table) {
  return table.source.table.empty() ? table.source.file.string()
                                    : table.source.file.string() + ", " + table.source.table;
}

std::string file_name(const InspectedTable& table) { return table.source.file.filename().string(); }

class Maker {
 public:
  Maker(const ProposalAsked& asked, unsigned threads, Progress& progress)
      : asked_(asked), threads_(threads), progress_(progress) {}

  Proposal make() {
    progress_.stage("read", 0);
    std::vector<UnreadFile> unread;
    tables_ = inspect_files(asked_.files, threads_, progress_, unread);
    for (UnreadFile& left : unread) leave_out(left.what, std::move(left.why));
    choose_crs();
    place_tables();
    progress_.stage("build", 0.6);
    overlay_.emplace(areas_, proposal_.catalogue.crs, threads_);
    choose_population();
    choose_levels();
    choose_layers();
    choose_linework();
    choose_points();
    name_city();
    return std::move(proposal_);
  }

 private:
  Catalogue& catalogue() { return proposal_.catalogue; }
  void remark(const std::string& path, Reason reason) { proposal_.remarks[path].push_back(std::move(reason)); }
  void leave_out(std::string what, Reason why) { proposal_.left_out.push_back({std::move(what), std::move(why)}); }
  void leave_out(const InspectedTable& table, Reason why) { leave_out(text_of_table(table), std::move(why)); }

  // --- where

  void choose_crs() {
    std::map<std::string, std::size_t> counts;
    bool nad83 = false;
    for (const InspectedTable& table : tables_) {
      if (table.crs.empty() || table.shape == TableShape::rows) continue;
      const Extent degrees = degrees_of(table);
      if (!degrees.empty() && table.shape == TableShape::areas) middle_.push_back(degrees.centre());
      if (suits(table)) ++counts[table.crs];
      nad83 = nad83 || is_nad83(table.crs);
    }
    const auto most = std::max_element(counts.begin(), counts.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    if (!asked_.crs.empty()) {
      require_working_crs(asked_.crs);
      catalogue().crs = asked_.crs;
    } else if (most != counts.end()) {
      catalogue().crs = most->first;
      remark("crs", {"crs_of_files", {{"files", most->second}}});
    } else if (const auto at = middle()) {
      catalogue().crs = zone_around(*at, nad83);
      remark("crs", {"crs_of_zone"});
    } else {
      choose_prefixed_crs();
    }
  }

  // Where no file says anything: eastings that carry their zone do.
  void choose_prefixed_crs() {
    for (const InspectedTable& table : tables_)
      if (table.shape == TableShape::areas)
        if (const auto guess = guess_crs(table.extent, "", std::nullopt)) {
          PositionReader reader(guess->crs, "EPSG:4326");
          const Projected at = image_of(table.extent, reader).centre();
          middle_.push_back(at);
          catalogue().crs = is_metric(guess->crs) ? guess->crs : zone_around({at.x, at.y});
          remark("crs", {"crs_guessed_for_city", {{"why", guess->why}}});
          return;
        }
    throw DataError("no_crs_to_begin_with");
  }

  std::optional<LonLat> middle() const {
    if (middle_.empty()) return std::nullopt;
    std::vector<double> lon, lat;
    for (const Projected p : middle_) {
      lon.push_back(p.x);
      lat.push_back(p.y);
    }
    std::nth_element(lon.begin(), lon.begin() + static_cast<long>(lon.size() / 2), lon.end());
    std::nth_element(lat.begin(), lat.begin() + static_cast<long>(lat.size() / 2), lat.end());
    return LonLat{lon[lon.size() / 2], lat[lat.size() / 2]};
  }

  // Tables that say no CRS get what their coordinates show beside those that do.
  void place_tables() {
    Extent frame;
    for (const InspectedTable& table : tables_)
      if (table.shape == TableShape::areas && !table.crs.empty()) add_image(table.extent, table.crs, frame);
    const std::optional<Extent> known = frame.empty() ? std::nullopt : std::optional(frame);
    for (InspectedTable& table : tables_) {
      if (table.shape == TableShape::rows) continue;
      if (table.crs.empty()) {
        const auto guess = guess_crs(table.extent, catalogue().crs, known);
        if (guess) table.source.crs = guess->crs;
        if (!guess && !known && is_metric(catalogue().crs)) table.source.crs = catalogue().crs;
        if (table.source.crs.empty()) {
          leave_out(table, {"crs_not_guessed", {{"extent", table.extent.text()}}});
          continue;
        }
        guessed_[&table] = guess ? guess->why : Reason{"fits_working_crs"};
      }
      if (table.shape == TableShape::areas) areas_.push_back(&table);
    }
    if (areas_.empty()) throw DataError("no_areas_to_begin_with");
  }

  void add_image(const Extent& extent, const std::string& crs, Extent& all) const {
    try {
      PositionReader reader(crs, catalogue_crs());
      const Extent image = image_of(extent, reader);
      if (image.empty()) return;
      all.add(image.min_x, image.min_y);
      all.add(image.max_x, image.max_y);
    } catch (const DataError&) {
      // A transformation that is refused: check tells why.
    }
  }
  const std::string& catalogue_crs() const { return proposal_.catalogue.crs; }

  // --- what an entry says of its source and key

  CatalogueSource source_of(const InspectedTable& table, const std::string& path) {
    CatalogueSource source = table.source;
    source.file = fs::absolute(source.file)
                      .lexically_normal()
                      .lexically_proximate(fs::absolute(asked_.folder).lexically_normal());
    if (table.encoding_guessed) remark(path, {"encoding_seen", {{"encoding", source.encoding}}});
    if (const auto guess = guessed_.find(&table); guess != guessed_.end())
      remark(path, {"crs_seen", {{"crs", source.crs}, {"why", guess->second}}});
    return source;
  }

  CatalogueKey key_of(const InspectedTable& table, const std::string& path) {
    const auto choice = choose_key(table);
    if (!choice) return {};
    CatalogueKey key{choice->fields, choice->fields.size() > 1 ? "-" : "", {}};
    if (key.fields.size() > 1)
      remark(path, {"key_of_two", {{"fields", key.fields}}});
    else if (choice->distinct + choice->blank < choice->rows)
      remark(path, {"key_repeats",
                    {{"field", key.fields[0]}, {"values", choice->distinct}, {"rows", choice->rows - choice->blank}}});
    else if (is_row_number(key.fields[0]))
      remark(path, {"key_is_row_number", {{"field", key.fields[0]}}});
    else
      remark(path, {"key_unique", {{"field", key.fields[0]}, {"rows", choice->distinct}}});
    if (choice->blank) remark(path, {"key_blank", {{"field", key.fields[0]}, {"rows", choice->blank}}});
    if (!choice->others.empty()) remark(path, {"key_others", {{"fields", choice->others}}});
    return key;
  }

  std::string name_of(const InspectedTable& table, const CatalogueKey& key) const {
    const ColumnFacts* name = best_column(table, ColumnUse::name, [&](const ColumnFacts& c) {
      return c.filled * 2 >= table.rows && !(key.fields.size() == 1 && c.name == key.fields[0]) && !c.numbers;
    });
    return name ? name->name : std::string();
  }

  std::string fresh_id(const InspectedTable& table, const std::string& otherwise) {
    std::string id = id_from(table.stem());
    if (id.empty()) id = subject_of(table.stem());
    if (id.empty()) id = otherwise;
    return fresh(id);
  }
  std::string fresh(const std::string& id) {
    std::string free = id;
    for (int n = 2; !ids_.insert(free).second; ++n) free = id + "_" + std::to_string(n);
    return free;
  }

  Text title_of(const InspectedTable& table) const {
    std::string title = table.stem();
    for (char& c : title)
      if (c == '_' || c == '-') c = ' ';
    return {title, title};
  }

  std::size_t area_index(const InspectedTable& table) const {
    return static_cast<std::size_t>(std::find(areas_.begin(), areas_.end(), &table) - areas_.begin());
  }

  // --- who lives where

  const ColumnFacts* people_in(const InspectedTable& table) const {
    return best_column(table, ColumnUse::people, [&](const ColumnFacts& c) {
      return c.numbers && c.least >= 0 && c.sum > 0 && c.filled * 10 >= table.rows * 9;
    });
  }

  void choose_population() {
    const InspectedTable* chosen = nullptr;
    std::vector<const InspectedTable*> others;
    for (const InspectedTable* table : areas_) {
      if (!people_in(*table)) continue;
      if (chosen) others.push_back(table->rows > chosen->rows ? chosen : table);
      if (!chosen || table->rows > chosen->rows) chosen = table;
    }
    if (!chosen) {
      remark("population", {"no_population_seen"});
      return;
    }
    CataloguePopulation population;
    population.source = source_of(*chosen, "population");
    population.key = key_of(*chosen, "population");
    population.people = people_in(*chosen)->name;
    const ColumnFacts* homes = best_column(*chosen, ColumnUse::households, [&](const ColumnFacts& c) {
      return c.numbers && c.least >= 0 && c.sum > 0 && c.name != population.people;
    });
    if (homes) population.households = homes->name;
    remark("population", {"people_seen",
                          {{"field", population.people}, {"people", people_in(*chosen)->sum}, {"rows", chosen->rows}}});
    catalogue().population = std::move(population);
    population_ = chosen;
    // A layer of its own, unless its name says that it is there for the people alone.
    if (names_census(chosen->stem()) || subject_of(chosen->stem()).empty()) used_.insert(chosen);
    for (const InspectedTable* other : others)
      if (names_census(other->stem())) {
        leave_out(*other, {"coarser_people", {{"rows", other->rows}, {"other", file_name(*chosen)}}});
        used_.insert(other);
      }
  }

  // --- the frame

  bool may_be_level(const InspectedTable& table) const {
    return !used_.contains(&table) && table.rows > 1 && overlay_->overlapping(area_index(table)) <= kMostOverlap;
  }

  void choose_levels() {
    std::vector<const InspectedTable*> named;
    for (const InspectedTable* table : areas_)
      if (!level_in(table->stem()).empty() && may_be_level(*table)) named.push_back(table);
    std::stable_sort(named.begin(), named.end(), [](const InspectedTable* a, const InspectedTable* b) {
      return rank_of_level(level_in(a->stem())) < rank_of_level(level_in(b->stem()));
    });
    std::vector<const InspectedTable*> levels;
    for (const InspectedTable* table : named) {
      if (levels.empty()) {
        levels.push_back(table);
        continue;
      }
      const Overlap in = overlay_->overlap(area_index(*table), area_index(*levels.back()));
      if (in.nested >= kNests && in.covered >= kInCity && table->rows > levels.back()->rows) levels.push_back(table);
    }
    const bool guessed = levels.empty();
    if (guessed) levels.push_back(best_frame());
    CatalogueLevel city;
    city.id = fresh("city");
    city.title = {"City", "City"};
    catalogue().levels.push_back(city);
    proposal_.subjects["frame.levels[0]"] = "city";
    remark("frame.levels[0]", {"level_of_union"});
    for (const InspectedTable* table : levels) add_level(*table, guessed);
  }

  // Where no name says it: what divides the ground best, and holds the cells of the most others.
  const InspectedTable* best_frame() {
    const InspectedTable* best = nullptr;
    double most = -1;
    for (const InspectedTable* table : areas_) {
      const std::size_t t = area_index(*table);
      if (used_.contains(table) && areas_.size() > 1) continue;
      // How much of what the others cover: a large region beside the city is no frame of it.
      double covered = 0, holding = 0;
      for (const InspectedTable* other : areas_) {
        if (other == table) continue;
        const Overlap in = overlay_->overlap(area_index(*other), t);
        covered += in.covered / static_cast<double>(areas_.size() - 1);
        holding += other->rows > table->rows && in.nested >= kNests && in.covered > kInCity;
      }
      const double score = covered - 10 * overlay_->overlapping(t) + 0.05 * holding + (table->rows > 1 ? 1 : 0);
      if (score <= most) continue;
      most = score;
      best = table;
    }
    return best;
  }

  void add_level(const InspectedTable& table, bool guessed) {
    const std::string path = "frame.levels[" + std::to_string(catalogue().levels.size()) + "]";
    const std::string word = level_in(table.stem());
    CatalogueLevel level;
    level.id = word.empty() ? fresh_id(table, "unit") : fresh(word);
    level.title = word.empty() ? title_of(table) : Text{word, word};
    if (!word.empty()) proposal_.subjects[path] = word;
    if (guessed)
      remark(path, {"level_guessed", {{"file", file_name(table)}, {"rows", table.rows}}});
    else
      remark(path, {"level_named", {{"file", file_name(table)}, {"rows", table.rows}}});
    level.source = source_of(table, path);
    level.key = key_of(table, path);
    take_names(table, level);
    if (level_tables_.size() > 0) take_parent(table, *level_tables_.back(), path, level.parent);
    catalogue().levels.push_back(std::move(level));
    level_tables_.push_back(&table);
    // With nothing else to be a layer, it is one as well.
    if (areas_.size() > used_.size() + 1) used_.insert(&table);
  }

  // The columns that name its units, apart by language where there are two.
  void take_names(const InspectedTable& table, CatalogueLevel& level) const {
    const auto named = [&](bool chinese) {
      return best_column(table, ColumnUse::name, [&](const ColumnFacts& c) {
        return c.filled * 2 >= table.rows && !c.numbers && c.chinese == chinese;
      });
    };
    const ColumnFacts *zh = named(true), *en = named(false);
    if (!zh) zh = en;
    if (!en) en = zh;
    if (en) level.name_en = en->name;
    if (zh) level.name_zh = zh->name;
  }

  // --- whose cells lie in whose

  // The column in which most cells of a table name the other's cell that they lie in.
  void take_parent(const InspectedTable& child, const InspectedTable& parent, const std::string& path,
                   std::string& field) {
    const std::optional<KeyChoice> key = choose_key(parent);
    if (!key || key->fields.size() != 1) return;
    const auto column = [](const InspectedTable& t, const std::string& name) {
      return static_cast<std::size_t>(
          std::find_if(t.columns.begin(), t.columns.end(), [&](const auto& c) { return c.name == name; }) -
          t.columns.begin());
    };
    const std::size_t parent_key = column(parent, key->fields[0]);
    std::set<std::string_view> ids;
    for (std::size_t row = 0; row < parent.rows; ++row) ids.insert(parent.cell(row, parent_key));
    const Overlap in = overlay_->overlap(area_index(child), area_index(parent));
    const std::optional<KeyChoice> own = choose_key(child);
    for (std::size_t c = 0; c < child.columns.size(); ++c) {
      const ColumnFacts& facts = child.columns[c];
      if (own && own->fields == std::vector{facts.name}) continue;
      if (facts.distinct < 2 || facts.distinct > parent.rows || facts.filled == 0) continue;
      std::size_t known = 0, agree = 0;
      for (std::size_t row = 0; row < child.rows; ++row) {
        const std::string_view id = child.cell(row, c);
        if (!ids.contains(id)) continue;
        ++known;
        agree += in.best[row] != SIZE_MAX && parent.cell(in.best[row], parent_key) == id;
      }
      const auto share = [&](std::size_t n) { return static_cast<double>(n) / static_cast<double>(facts.filled); };
      if (share(known) < 1 || share(agree) < kAgree) continue;
      field = facts.name;
      remark(path, {"parent_seen",
                    {{"field", facts.name}, {"file", file_name(parent)}, {"agree", agree}, {"rows", facts.filled}}});
      return;
    }
  }

  // --- departments

  void choose_layers() {
    std::vector<const InspectedTable*> tables;
    const std::size_t frame = area_index(*level_tables_.back());
    for (const InspectedTable* table : areas_) {
      if (used_.contains(table)) continue;
      const Overlap in = overlay_->overlap(area_index(*table), frame);
      if (table->rows == 1)
        leave_out(*table, names_outline(table->stem()) ? Reason{"outline_of_city"} : Reason{"one_area"});
      else if (in.covered < kInCity && table != level_tables_.back())
        leave_out(*table, {"mostly_elsewhere", {{"percent", std::round(100 * in.covered)}}});
      else
        tables.push_back(table);
    }
    if (tables.empty()) tables.push_back(level_tables_.back());
    for (const InspectedTable* table : tables) add_layer(*table);
    for (std::size_t l = 0; l < tables.size(); ++l) relate(l, tables);
  }

  void add_layer(const InspectedTable& table) {
    const std::string path = "layers[" + std::to_string(catalogue().layers.size()) + "]";
    CatalogueLayer layer;
    layer.id = fresh_id(table, "layer_" + std::to_string(catalogue().layers.size() + 1));
    layer.title = layer.department = title_of(table);
    if (const std::string subject = subject_of(table.stem()); !subject.empty()) proposal_.subjects[path] = subject;
    layer.source = source_of(table, path);
    layer.key = key_of(table, path);
    layer.name = name_of(table, layer.key);
    if (const double share = overlay_->overlapping(area_index(table)); share > kManyOverlap)
      remark(path, {"overlaps_seen", {{"percent", std::round(100 * share)}}});
    catalogue().layers.push_back(std::move(layer));
  }

  void relate(std::size_t child, const std::vector<const InspectedTable*>& tables) {
    const std::string path = "layers[" + std::to_string(child) + "]";
    const InspectedTable& table = *tables[child];
    for (std::size_t other = 0; other < tables.size(); ++other) {
      if (other == child || tables[other]->rows < 2) continue;
      const std::string& id = catalogue().layers[other].id;
      if (same_columns(table, *tables[other])) {
        if (other < child && table.rows == tables[other]->rows) remark(path, {"another_version", {{"layer", id}}});
        continue;
      }
      if (table.rows < tables[other]->rows) continue;
      const Overlap in = overlay_->overlap(area_index(table), area_index(*tables[other]));
      if (in.covered < kInCity || in.nested < kNests) continue;
      std::string field;
      const auto& back = catalogue().layers[other].parent;
      const bool in_each_other = back && back->layer == catalogue().layers[child].id;
      if (!catalogue().layers[child].parent && !in_each_other) take_parent(table, *tables[other], path, field);
      if (!field.empty())
        catalogue().layers[child].parent = CatalogueParent{id, field};
      else if (table.rows > tables[other]->rows)
        remark(path, {"nests_seen", {{"layer", id}, {"percent", std::floor(1000 * in.nested) / 10}}});
    }
  }

  static bool same_columns(const InspectedTable& a, const InspectedTable& b) {
    if (a.columns.size() != b.columns.size()) return false;
    for (std::size_t c = 0; c < a.columns.size(); ++c)
      if (a.columns[c].name != b.columns[c].name) return false;
    return true;
  }

  // --- lines

  void choose_linework() {
    for (const InspectedTable& table : tables_) {
      if (table.shape != TableShape::lines || (table.crs.empty() && table.source.crs.empty())) continue;
      const std::string path = "linework[" + std::to_string(catalogue().linework.size()) + "]";
      const auto kind = lines_named(table.stem());
      CatalogueLinework lines;
      lines.id = fresh_id(table, "lines");
      lines.title = title_of(table);
      lines.kind = kind.value_or(LineKind::road);
      if (!kind) remark(path, {"kind_of_lines_guessed"});
      lines.source = source_of(table, path);
      lines.name = name_of(table, {});
      catalogue().linework.push_back(std::move(lines));
    }
  }

  // --- events and places

  struct Places {
    std::string x, y;
    std::string crs;  // empty: degrees, or the table's own points
    bool swapped = false;
    std::optional<Reason> guess;
  };

  // The middle nine tenths of a column's numbers: a few zeros and slips must not decide where a city is.
  static std::pair<double, double> bulk(const InspectedTable& table, const ColumnFacts& column) {
    const auto c = static_cast<std::size_t>(&column - table.columns.data());
    std::vector<double> numbers;
    for (std::size_t row = 0; row < table.rows; ++row)
      if (const auto number = number_of<double>(table.cell(row, c)); number && *number != 0) numbers.push_back(*number);
    if (numbers.empty()) return {0, 0};
    std::sort(numbers.begin(), numbers.end());
    return {numbers[numbers.size() / 20], numbers[numbers.size() - 1 - numbers.size() / 20]};
  }

  std::optional<Places> places_of(const InspectedTable& table) const {
    if (table.shape == TableShape::points && !(table.crs.empty() && table.source.crs.empty())) return Places{};
    const auto number = [](const ColumnFacts& c) { return c.numbers || c.filled > 0; };
    const auto column = [&](ColumnUse degrees, ColumnUse metres) {
      const ColumnFacts* found = best_column(table, degrees, number);
      return found ? found : best_column(table, metres, number);
    };
    const ColumnFacts *x = column(ColumnUse::lon, ColumnUse::easting), *y = column(ColumnUse::lat, ColumnUse::northing);
    if (!x || !y || x == y) return std::nullopt;
    const auto [least_x, most_x] = bulk(table, *x);
    const auto [least_y, most_y] = bulk(table, *y);
    if (most_x == 0 && most_y == 0) return std::nullopt;
    Extent extent;
    extent.add(least_x, least_y);
    extent.add(most_x, most_y);
    // A little wider, for one place is no extent.
    extent = extent.grown(1e-9 * (1 + std::abs(extent.max_x) + std::abs(extent.max_y)));
    const Extent frame = overlay_->extent(area_index(*level_tables_.back()));
    for (const bool swapped : {false, true}) {
      const Extent turned = swapped ? extent.swapped() : extent;
      const auto guess = guess_crs(turned, catalogue_crs(), frame);
      if (!guess) continue;
      return Places{x->name, y->name, guess->crs == "EPSG:4326" ? "" : guess->crs, swapped, guess->why};
    }
    return std::nullopt;
  }

  // The column that its name and its values call a time, and how its dates are written.
  const ColumnFacts* time_column(const InspectedTable& table, ColumnUse use, DateOrder& order) const {
    for (const DateOrder tried : {DateOrder::year_first, DateOrder::month_first, DateOrder::day_first})
      if (const ColumnFacts* found = best_column(table, use, [&](const ColumnFacts& c) {
            if (c.numbers && !c.whole) return false;
            return tried == DateOrder::year_first ? c.times >= 0.9 : reads_as_times(table, c, tried);
          })) {
        order = tried;
        return found;
      }
    return nullptr;
  }

  static bool reads_as_times(const InspectedTable& table, const ColumnFacts& column, DateOrder order) {
    const auto c = static_cast<std::size_t>(&column - table.columns.data());
    const TimeZone utc("UTC");
    std::size_t tried = 0, read = 0;
    for (std::size_t row = 0; row < table.rows && tried < 500; ++row) {
      const std::string_view cell = table.cell(row, c);
      if (cell.empty()) continue;
      ++tried;
      read += parse_time(cell, utc, order).has_value();
    }
    return tried > 0 && read * 10 >= tried * 9;
  }

  void choose_points() {
    const InspectedTable* events = nullptr;
    DateOrder order = DateOrder::year_first;
    const auto weight = [&](const InspectedTable& t) { return std::pair{t.rows, names_events(t.stem())}; };
    std::vector<const InspectedTable*> candidates, places;
    for (const InspectedTable& table : tables_) {
      if (table.shape != TableShape::points && table.shape != TableShape::rows) continue;
      if (table.shape == TableShape::points && table.crs.empty() && table.source.crs.empty()) continue;
      if (!places_of(table))
        leave_out(table, {"no_places_seen"});
      else if (time_column(table, ColumnUse::occurred_at, order))
        candidates.push_back(&table);
      else
        places.push_back(&table);
    }
    for (const InspectedTable* table : candidates)
      if (!events || weight(*table) > weight(*events)) events = table;
    if (events) add_incidents(*events);
    for (const InspectedTable* table : candidates)
      if (table != events)
        leave_out(*table, {"other_incidents", {{"rows", table->rows}, {"file", file_name(*events)}}});
    for (const InspectedTable* table : places) add_facilities(*table);
  }

  static bool names_events(const std::string& name) {
    for (const std::string& word : words_in(name))
      if (word == "incident" || word == "event" || word == "case" || word == "complaint") return true;
    return name.find("事件") != name.npos || name.find("案件") != name.npos;
  }

  CataloguePlaces catalogue_places(const InspectedTable& table, const std::string& path) {
    const Places found = *places_of(table);
    CataloguePlaces places{source_of(table, path), found.x, found.y};
    if (!found.crs.empty()) {
      places.source.crs = found.crs;
      remark(path, {"crs_seen", {{"crs", found.crs}, {"why", *found.guess}}});
    }
    places.source.swapped = found.swapped;
    if (found.swapped) remark(path, {"axes_seen_swapped"});
    return places;
  }

  void add_incidents(const InspectedTable& table) {
    CatalogueIncidents incidents;
    const std::string path = "incidents";
    incidents.places = catalogue_places(table, path);
    const CatalogueKey key = key_of(table, path);
    const ColumnFacts* occurred = time_column(table, ColumnUse::occurred_at, incidents.dates);
    incidents.occurred_at = occurred->name;
    DateOrder order = incidents.dates;
    std::set<std::string> taken{incidents.places.x, incidents.places.y, incidents.occurred_at};
    incidents.id = key.fields.size() == 1 ? key.fields[0] : table.columns.front().name;
    taken.insert(incidents.id);
    if (const ColumnFacts* closed = time_column(table, ColumnUse::closed_at, order);
        closed && order == incidents.dates && taken.insert(closed->name).second)
      incidents.closed_at = closed->name;
    const auto take = [&](ColumnUse use, std::string& field) {
      const ColumnFacts* column = best_column(table, use, [&](const ColumnFacts& c) {
        return !taken.contains(c.name) && c.filled > 0 && c.longest <= 256;
      });
      if (!column) return;
      field = column->name;
      taken.insert(field);
    };
    take(ColumnUse::subcategory, incidents[EventField::subcategory]);
    take(ColumnUse::category, incidents[EventField::category]);
    take(ColumnUse::agency, incidents[EventField::agency]);
    take(ColumnUse::severity, incidents[EventField::severity]);
    take(ColumnUse::status, incidents[EventField::status]);
    if (incidents.category.empty()) std::swap(incidents.category, incidents.subcategory);
    if (incidents.category.empty()) guess_category(table, taken, incidents);
    if (incidents.category.empty()) {
      leave_out(table, {"no_category_seen"});
      return;
    }
    remark(path, {"incidents_seen", {{"rows", table.rows}, {"field", incidents.occurred_at}}});
    catalogue().incidents = std::move(incidents);
  }

  // The column with the fewest different texts.
  void guess_category(const InspectedTable& table, const std::set<std::string>& taken, CatalogueIncidents& incidents) {
    const ColumnFacts* best = nullptr;
    for (const ColumnFacts& c : table.columns)
      if (!taken.contains(c.name) && !c.numbers && c.distinct > 1 && c.distinct < table.rows && c.longest <= 256)
        if (!best || c.distinct < best->distinct) best = &c;
    if (!best) return;
    incidents.category = best->name;
    remark("incidents", {"category_guessed", {{"field", best->name}, {"values", best->distinct}}});
  }

  void add_facilities(const InspectedTable& table) {
    const std::string path = "facilities[" + std::to_string(catalogue().facilities.size()) + "]";
    const CatalogueKey key = key_of(table, path);
    if (key.fields.size() != 1) {
      leave_out(table, {"no_key_seen"});
      return;
    }
    CatalogueFacilities facilities;
    facilities.id = fresh_id(table, "places");
    facilities.title = facilities.department = title_of(table);
    if (const std::string subject = subject_of(table.stem()); !subject.empty()) proposal_.subjects[path] = subject;
    facilities.places = catalogue_places(table, path);
    facilities.key = key.fields[0];
    facilities.name = name_of(table, key);
    if (const ColumnFacts* kind =
            best_column(table, ColumnUse::kind, [](const ColumnFacts& c) { return c.filled > 0; }))
      facilities.kind = kind->name;
    catalogue().facilities.push_back(std::move(facilities));
  }

  // --- the city itself

  void name_city() {
    Catalogue& c = catalogue();
    const std::string folder = fs::absolute(asked_.folder / "x").lexically_normal().parent_path().filename().string();
    c.id = !asked_.id.empty() ? asked_.id : id_from(folder);
    if (c.id.empty()) c.id = "city";
    c.name = asked_.id.empty() && !folder.empty() ? Text{folder, folder} : Text{c.id, c.id};
    remark("name", {"name_of_folder"});
    c.code = common_digits(*level_tables_.back());
    if (c.code.empty() && population_) c.code = common_digits(*population_);
    if (c.code.empty()) {
      c.code = "1";
      remark("code", {"code_made_up"});
    } else {
      remark("code", {"code_common"});
    }
    Extent degrees;
    PositionReader reader(c.crs, "EPSG:4326");
    degrees = image_of(overlay_->extent(area_index(*level_tables_.back())), reader);
    const Projected at = degrees.centre();
    c.time_zone = likely_time_zone({at.x, at.y});
    remark("time_zone", c.time_zone.empty() ? Reason{"no_table_of_time_zones"} : Reason{"time_zone_of_place"});
    if (c.time_zone.empty()) c.time_zone = "UTC";
  }

  // The digits with which all keys begin, six at most: the code of a county in China. Empty for fewer than two.
  static std::string common_digits(const InspectedTable& table) {
    const auto key = choose_key(table);
    if (!key || key->fields.size() != 1) return {};
    const auto at = std::find_if(table.columns.begin(), table.columns.end(),
                                 [&](const ColumnFacts& c) { return c.name == key->fields[0]; });
    const auto column = static_cast<std::size_t>(at - table.columns.begin());
    std::string common;
    for (std::size_t row = 0; row < table.rows; ++row) {
      const std::string_view cell = table.cell(row, column);
      if (cell.empty()) continue;
      if (cell.size() < 6) return {};
      if (common.empty()) common = cell.substr(0, 6);
      std::size_t same = 0;
      while (same < common.size() && common[same] == cell[same]) ++same;
      common.resize(same);
    }
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    return common.size() >= 2 && std::all_of(common.begin(), common.end(), digit) ? common : std::string();
  }

  const ProposalAsked& asked_;
  unsigned threads_;
  Progress& progress_;
  Proposal proposal_;
  std::vector<InspectedTable> tables_;
  std::vector<const InspectedTable*> areas_;
  std::vector<Projected> middle_;                    // of the tables of areas, in degrees
  std::map<const InspectedTable*, Reason> guessed_;  // whose CRS was
  std::optional<Overlay> overlay_;
  const InspectedTable* population_ = nullptr;
  std::vector<const InspectedTable*> level_tables_;
  std::set<const InspectedTable*> used_;
  std::set<std::string> ids_;
};

}  // namespace

Proposal propose_catalogue(const ProposalAsked& asked, unsigned threads, Progress& progress) {
  return Maker(asked, threads, progress).make();
}

}  // namespace gridloom
