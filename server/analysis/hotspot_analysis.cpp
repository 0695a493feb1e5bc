// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/hotspot_analysis.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/strings.h"
#include "engine/density/coincidence.h"
#include "engine/io/project/project_meta.h"
#include "engine/io/project/qgis_style.h"
#include "engine/statistics/global_permutation.h"
#include "engine/statistics/rates.h"
#include "engine/statistics/suppression.h"
#include "server/analysis/analysis_words.h"
#include "server/words/json_text.h"
#include "server/words/statistics_text.h"

namespace gridloom {
namespace {

// What every answer tells of its events.
Json record_head(const HotspotAnswer& answer, const HotspotRequest& request, const Coincidence& coincident) {
  Json record{{"method", answer.method},   {"cells", answer.cells},
              {"weights", answer.weights}, {"population_at_risk", request.population},
              {"window", answer.window},   {"events", answer.events},
              {"counted", answer.counted}, {"coincident", json_of(coincident)}};
  if (request.population) {
    record["least_population"] = request.local.least_population;
    record["left_out"] = json_of(answer.left_out);
  }
  return record;
}

// `details` are the method's own.
void finish(HotspotAnswer& answer, const HotspotRequest& request, const Coincidence& coincident, std::uint64_t batch,
            const Json& details) {
  if (answer.left_out.cells > 0)
    answer.cautions.push_back(left_out_text(answer.left_out, request.local.least_population));
  if (batch > 0)
    answer.cautions.push_back(public_caution(batch));
  else if (answer.coincident_share >= kTellCoincidence)
    answer.cautions.push_back(coincidence_caution());
  Json record = record_head(answer, request, coincident);
  record.update(details);
  Json cautions = Json::array();
  for (const Text& caution : answer.cautions) cautions.push_back(caution.en);
  record["cautions"] = cautions;
  if (batch > 0) {
    record["public_batch"] = batch;
    answer.summary += "; public form, in full batches of " + std::to_string(batch);
  }
  record["summary"] = answer.summary;
  answer.table.description = answer.summary;
  answer.table.record = dump(record);
}

// --- one number for all cells ---

struct NamedTest {
  std::string name;
  GlobalTest test;
  TailCounts placements;
};

double permutation_p(const TailCounts& counts, const HotspotOptions& o) {
  if (counts.draws == 0) return std::numeric_limits<double>::quiet_NaN();
  return p_value(counts, o.tail, o.ties.value_or(Ties::full));
}

std::vector<NamedTest> global_tests(const AnalysisCells& cells, const HotspotRequest& request, unsigned threads) {
  const std::vector<double> values =
      request.population ? standardised_rates(cells.events, cells.population) : cells.events;
  std::vector<std::uint8_t> black;
  if (request.global == GlobalMethod::join_counts)
    for (double x : values) black.push_back(x > request.local.black_above);
  GlobalPermutations placed;
  if (request.local.permutations > 0)
    placed =
        permute_global(values, black, cells.weights,
                       {.permutations = request.local.permutations, .seed = request.local.seed, .threads = threads});
  switch (*request.global) {
    case GlobalMethod::moran:
      return {{"moran", moran(values, cells.weights), placed.moran}};
    case GlobalMethod::geary:
      return {{"geary", geary(values, cells.weights), placed.geary}};
    case GlobalMethod::getis_g:
      return {{"getis_g", getis_ord_g(values, cells.weights), placed.g}};
    case GlobalMethod::join_counts:
      break;
  }
  const JoinCounts joins = join_counts(black, cells.weights);
  return {{"black_black", joins.black_black, placed.black_black},
          {"black_white", joins.black_white, placed.black_white},
          {"white_white", joins.white_white, placed.white_white}};
}

std::string rates_text(const HotspotRequest& request) {
  if (!request.population) return {};
  return "empirical-Bayes rates over a population of " + number_text(request.local.least_population) + " or more; ";
}

void analyse_global(const AnalysisCells& cells, const HotspotRequest& request, unsigned threads, HotspotAnswer& answer,
                    Json& details) {
  answer.table.fields = {
      {"statistic", FieldType::text},     {"value", FieldType::real},     {"expected", FieldType::real},
      {"variance", FieldType::real},      {"z", FieldType::real},         {"p", FieldType::real},
      {"p_permutation", FieldType::real}, {"provenance", FieldType::text}};
  Json results = Json::array();
  for (const NamedTest& t : global_tests(cells, request, threads)) {
    const double p = t.test.p(request.local.tail), drawn = permutation_p(t.placements, request.local);
    answer.globals.push_back({t.name, t.test, p, drawn});
    answer.table.rows.push_back(
        {t.name, t.test.value, t.test.expected, t.test.variance, t.test.z(), p, drawn, std::monostate{}});
    results.push_back({{"statistic", t.name},
                       {"value", t.test.value},
                       {"expected", t.test.expected},
                       {"variance", t.test.variance},
                       {"z", t.test.z()},
                       {"p", p},
                       {"p_permutation", drawn}});
  }
  answer.method = answer.globals.size() > 1 ? "join_counts" : answer.globals.front().statistic;
  answer.tested = cells.id.size();
  const std::size_t islands_left = islands(cells.weights).size();
  if (!request.population)
    answer.cautions.push_back({"No population at risk was given: clustering may only show where people are.",
                               "未给出风险人口：聚集可能只说明人口分布。"});
  if (islands_left > 0)
    answer.cautions.push_back(
        {"Cells without neighbours add nothing but count as cells.", "没有邻接的单元不产生贡献，但仍计入单元数。"});
  answer.summary = answer.method + ", randomisation and " + std::to_string(request.local.permutations) +
                   " permutations, seed " + std::to_string(request.local.seed) + "; " +
                   std::to_string(cells.id.size()) + " cells, " + std::to_string(cells.weights.links()) + " links, " +
                   answer.weights + "; " + rates_text(request) + answer.window;
  for (auto& row : answer.table.rows) row.back() = answer.summary;
  details["n"] = cells.id.size();
  details["links"] = cells.weights.links();
  details["islands"] = islands_left;
  details["alternative"] = word_of(request.local.tail);
  details["permutations"] = request.local.permutations;
  details["seed"] = request.local.seed;
  details["results"] = results;
}

// --- a class for each cell ---

struct Blank {
  std::vector<bool> count;    // is not told
  std::vector<bool> numbers;  // nor statistic, z, p and q: they would tell a neighbour's count
  std::size_t cells = 0;
};

Blank blank_of(const AnalysisCells& cells, std::uint64_t under) {
  const std::size_t n = cells.id.size();
  Blank blank{std::vector<bool>(n, false), std::vector<bool>(n, false), 0};
  if (under == 0) return blank;
  CrossTable table{n, 1, {}};
  for (double x : cells.events) table.counts.push_back(static_cast<std::uint64_t>(x));
  const Suppression found = suppress_small_counts(table, under);
  for (std::size_t i = 0; i < n; ++i) blank.count[i] = found.is_blank(i, 0);
  for (std::size_t i = 0; i < n; ++i) {
    bool any = blank.count[i];
    for (std::uint32_t j : cells.weights.neighbours_of(i)) any = any || blank.count[j];
    blank.numbers[i] = any;
    blank.cells += blank.count[i];
  }
  return blank;
}

void add_rows(AnalysisCells& cells, const Hotspots& found, const Blank& blank, bool suppressing,
              HotspotAnswer& answer) {
  FeatureTable& table = answer.table;
  table.fields = {{"cell", FieldType::text}, {"events", FieldType::integer}};
  if (!cells.population.empty()) table.fields.push_back({"population", FieldType::real});
  for (const char* name : {"statistic", "z", "p", "q"}) table.fields.push_back({name, FieldType::real});
  table.fields.push_back({"class", FieldType::text});
  if (suppressing) table.fields.push_back({"suppressed", FieldType::integer});
  table.fields.insert(table.fields.end(), {{"area_km2", FieldType::real}, {"provenance", FieldType::text}});
  for (std::size_t i = 0; i < cells.id.size(); ++i) {
    std::vector<FeatureValue> row{cells.id[i]};
    const auto number = [&](double v) { return blank.numbers[i] ? FeatureValue{} : FeatureValue{v}; };
    row.push_back(blank.count[i] ? FeatureValue{} : FeatureValue{static_cast<std::int64_t>(cells.events[i])});
    if (!cells.population.empty()) row.emplace_back(cells.population[i]);
    for (double v : {found.statistic[i], found.z[i], found.p[i], found.q[i]}) row.push_back(number(v));
    row.emplace_back(std::string(word_of(found.of_cell[i])));
    if (suppressing) row.emplace_back(std::int64_t{blank.count[i]});
    row.emplace_back(cells.area_km2[i]);
    row.emplace_back(answer.summary);
    table.rows.push_back(std::move(row));
  }
  table.polygons = std::move(cells.ground);
}

void count_classes(const Hotspots& found, HotspotAnswer& answer) {
  for (const auto& [word, value] : kWords<CellClass>)
    if (const auto n = std::ranges::count(found.of_cell, value); n > 0)
      answer.classes.emplace_back(word, static_cast<std::size_t>(n));
}

// What QGIS shows of the classes that there are.
std::string style_of(const HotspotAnswer& answer) {
  std::vector<std::pair<std::string, Text>> titles;
  for (const auto& [word, cells] : answer.classes) titles.emplace_back(word, title_of(*value_of<CellClass>(word)));
  return qgis_category_style("hotspots", titles);
}

void analyse_local(AnalysisCells& cells, const HotspotRequest& request, unsigned threads, HotspotAnswer& answer,
                   Json& details) {
  HotspotOptions options = request.local;
  options.threads = threads;
  const Hotspots found = hotspots(cells.events, cells.population, cells.weights, options);
  const Provenance& v = found.provenance;
  answer.method =
      request.population && v.method == HotspotMethod::local_moran ? "rate" : std::string(word_of(v.method));
  answer.summary = summary_of(v) + "; " + answer.weights;
  for (const Caution caution : v.cautions) answer.cautions.push_back(text_of(caution, v));
  answer.tested = v.tested;
  count_classes(found, answer);
  answer.table.style = style_of(answer);
  const Blank blank = blank_of(cells, request.suppress_under);
  answer.suppressed = blank.cells;
  add_rows(cells, found, blank, request.suppress_under > 0, answer);
  Json classes = Json::object();
  for (const auto& [name, n] : answer.classes) classes[name] = n;
  details["inference"] = word_of(v.inference);
  details["ties"] = word_of(v.ties);
  details["alternative"] = word_of(v.tail);
  details["correction"] = word_of(v.correction);
  details["alpha"] = v.alpha;
  details["n"] = v.cells;
  details["tested"] = v.tested;
  details["links"] = v.links;
  details["islands"] = v.islands;
  details["permutations"] = v.permutations;
  details["seed"] = request.local.seed;
  details["suppress_under"] = request.suppress_under;
  details["suppressed"] = answer.suppressed;
  details["classes"] = classes;
}

// --- how often each place is hot ---

// The city, or the chosen area of it.
std::function<bool(Point)> ground_of(const AnalysisSource& source, const EventChoice& choice) {
  return [&source, &choice](Point p) {
    const FaceId face = source.locator.locate(p).face;
    if (face == kOutside || !on_faces(face, choice.filter)) return false;
    return choice.filter.area.empty() || in_area(p, choice.filter.area);
  };
}

std::vector<Point> square_of(const RasterGrid& g, std::size_t pixel) {
  const auto cell = static_cast<std::int32_t>(g.cell_mm);
  const auto west = static_cast<std::int32_t>(g.x0_mm + static_cast<std::int64_t>(pixel % g.nx) * g.cell_mm);
  const auto north = static_cast<std::int32_t>(g.y0_mm - static_cast<std::int64_t>(pixel / g.nx) * g.cell_mm);
  return {{west, north - cell}, {west + cell, north - cell}, {west + cell, north}, {west, north}, {west, north - cell}};
}

Json runs_of(const Sensitivity& s) {
  Json runs = Json::array();
  for (const SensitivityRun& run : s.runs)
    runs.push_back({{"cell_m", static_cast<double>(run.grid.cell_mm) / Lattice::kPerMetre},
                    {"west_mm", run.grid.x0_mm},
                    {"north_mm", run.grid.y0_mm},
                    {"weights", run.bandwidth_m > 0 ? Json{{"distance_m", run.bandwidth_m}} : Json("queen")},
                    {"cells", run.cells},
                    {"events", run.events},
                    {"hot", run.hot},
                    {"cold", run.cold},
                    {"test", summary_of(run.provenance)}});
  return runs;
}

// How far the densities under two bandwidths agree on where the dense places are.
Json densities_of(const BandwidthAgreement& agreement) {
  const auto number = [](double value) { return std::isnan(value) ? Json() : Json(value); };
  Json pairs = Json::array();
  for (const BandwidthPair& pair : agreement.pairs)
    pairs.push_back({{"first_m", pair.first_m},
                     {"second_m", pair.second_m},
                     {"rank_correlation", number(pair.rank_correlation)},
                     {"dense_in_both", number(pair.dense_in_both)}});
  return pairs;
}

void analyse_sensitivity(const AnalysisSource& source, const ChosenEvents& events, const HotspotRequest& request,
                         HotspotAnswer& answer, Json& details) {
  SensitivityOptions options = request.runs;
  options.hotspot = request.local;
  options.hotspot.threads = source.threads;
  options.inside = ground_of(source, request.events);
  const Arrangement& map = source.city.arrangement;
  const Sensitivity s = sensitivity(map.lattice, events.at, box_of(map.points), options);
  answer.method = "sensitivity of " + std::string(word_of(request.local.method));
  const Provenance& first = s.runs.front().provenance;
  for (const Caution caution : first.cautions) answer.cautions.push_back(text_of(caution, first));
  answer.counted = s.runs.front().events;
  std::size_t always = 0, sometimes = 0;
  answer.table.fields = {
      {"hot_share", FieldType::real}, {"cold_share", FieldType::real}, {"provenance", FieldType::text}};
  answer.summary = answer.method + "; share of " + std::to_string(s.runs.size()) +
                   " runs that call a place hot or cold; " + summary_of(first);
  for (std::size_t place = 0; place < s.hot_share.size(); ++place) {
    if (std::isnan(s.hot_share[place])) continue;
    always += s.hot_share[place] == 1;
    sometimes += s.hot_share[place] > 0 && s.hot_share[place] < 1;
    answer.table.rows.push_back({s.hot_share[place], s.cold_share[place], answer.summary});
    answer.table.polygons.push_back({PolygonRings{square_of(s.places, place)}});
  }
  answer.tested = answer.table.rows.size();
  answer.classes = {{"hot_in_all_runs", always}, {"hot_in_some_runs", sometimes}};
  details["correction"] = word_of(request.local.correction);
  details["alternative"] = word_of(request.local.tail);
  details["alpha"] = request.local.alpha;
  details["seed"] = request.local.seed;
  details["places"] = answer.tested;
  details["hot_in_all_runs"] = always;
  details["hot_in_some_runs"] = sometimes;
  details["runs"] = runs_of(s);
  details["densities"] = densities_of(s.bandwidths);
}

}  // namespace

HotspotAnswer analyse_hotspots(const AnalysisSource& source, const HotspotRequest& request, Progress& progress) {
  step(progress, "events", 0);
  // An area chooses cells, and cells are counted in whole: what lies beyond the area in a cell on its rim counts too.
  EventChoice in_whole_cells = request.events;
  in_whole_cells.filter.area.clear();
  in_whole_cells.filter.faces.clear();
  const ChosenEvents events = select(source, in_whole_cells);
  if (events.at.empty()) throw DataError("no_incident_passes", {{"asked", request.local.window}});
  Coincidence coincident = coincidence(events.at);
  HotspotAnswer answer;
  Json details = Json::object();
  answer.window = request.local.window;
  answer.events = events.at.size();
  answer.coincident_share = coincident.share();
  answer.table.name = request.sensitivity ? "sensitivity" : request.global ? "statistics" : "hotspots";
  answer.table.lattice = source.city.arrangement.lattice;
  if (request.sensitivity) {
    answer.cells = "squares of several sizes and origins";
    answer.weights = request.runs.neighbours_within_m.empty() ? "queen" : "distance";
    step(progress, "runs", 0.1);
    analyse_sensitivity(source, events, request, answer, details);
    if (!request.events.everywhere()) answer.events = answer.counted;
    finish(answer, request, coincident, source.batch, details);
    return answer;
  }
  step(progress, "cells", 0.1);
  AnalysisCells cells =
      analysis_cells(source, request.events, events, request.cells, request.weights,
                     request.population ? std::optional(request.local.least_population) : std::nullopt);
  answer.cells = cells.kind;
  answer.weights = text_of(request.weights);
  answer.counted = cells.counted.size();
  if (!request.events.everywhere()) {
    answer.events = answer.counted;
    coincident = coincidence(cells.counted);
    answer.coincident_share = coincident.share();
  }
  answer.left_out = cells.left_out;
  step(progress, "statistics", 0.4);
  if (request.global)
    analyse_global(cells, request, source.threads, answer, details);
  else
    analyse_local(cells, request, source.threads, answer, details);
  finish(answer, request, coincident, source.batch, details);
  return answer;
}

}  // namespace gridloom
