// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/density_analysis.h"
#include "engine/base/strings.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/base/round_numbers.h"
#include "engine/density/bandwidth.h"
#include "engine/density/coincidence.h"
#include "engine/density/contours.h"
#include "engine/density/population_points.h"
#include "engine/density/raster_zones.h"
#include "engine/density/relative_risk.h"
#include "engine/events/local_time.h"
#include "engine/io/project/project_meta.h"
#include "engine/io/results/raster_file.h"
#include "engine/base/random.h"
#include "server/analysis/analysis_cells.h"
#include "server/analysis/analysis_words.h"
#include "server/analysis/density_picture.h"
#include "server/words/event_area.h"
#include "server/words/json_text.h"
#include "server/words/number_text.h"

namespace gridloom {
namespace {

constexpr double kFloorShare = 0.05;         // of the denominator's mean: below it ratios are mostly noise
constexpr double kMostPeoplePixels = 25e6;   // rasters that only spread people are coarser than that
constexpr std::uint32_t kSamplePurpose = 7;  // of the random stream

void step(Progress& progress, std::string_view name, double share) {
  if (progress.cancelled()) throw Cancelled();
  progress.stage(name, share);
}

// --- events ---

struct Weighted {
  std::vector<Point> at;
  std::vector<double> weight;  // empty: 1 each
  double sum() const {
    return weight.empty() ? static_cast<double>(at.size()) : std::accumulate(weight.begin(), weight.end(), 0.0);
  }
};

double weight_of(const std::string& word, const EventWeight& weight) {
  if (!weight.of_word.empty()) {
    const auto found = weight.of_word.find(word);
    return found == weight.of_word.end() ? 1 : found->second;
  }
  const auto value = number_of<double>(word);
  if (!value || !(*value >= 0))
    throw WrongParameter(
        "'weight': '" + word + "' is no number from 0; say what words count, such as severity:high=3,low=1",
        "“weight”：“" + word + "”不是非负数；请给出各取值的权重，如 severity:high=3,low=1");
  return *value;
}

// By word of the dictionary; a word that no event has is a spelling mistake.
std::vector<double> weights_by_word(const EventStore& store, const EventWeight& weight) {
  const std::vector<std::string>& words = store.dictionary(*weight.field);
  for (const auto& [word, value] : weight.of_word)
    if (!words.empty() && std::find(words.begin(), words.end(), word) == words.end())
      throw WrongParameter("'weight': no incident has '" + word + "'", "“weight”：没有取值为“" + word + "”的事件");
  return std::vector<double>(words.size(), -1);
}

ChosenEvents chosen_events(const AnalysisSource& source, const EventChoice& choice) {
  ChosenEvents chosen = select(source, choice);
  if (chosen.at.empty()) throw DataError("no_incident_passes", {{"asked", window_text(choice)}});
  return chosen;
}

Weighted weighted(const AnalysisSource& source, const ChosenEvents& chosen, const EventWeight& weight) {
  Weighted events{chosen.at, {}};
  if (!weight.field) return events;
  std::vector<double> of_code = weights_by_word(source.events, weight);
  const auto field = static_cast<std::size_t>(*weight.field);
  for (const EventRef ref : chosen.ref) {
    const std::uint16_t code = source.events.parts()[ref.part].chunk->code[field][ref.row];
    if (of_code[code] < 0) of_code[code] = weight_of(source.events.dictionary(*weight.field)[code], weight);
    events.weight.push_back(of_code[code]);
  }
  return events;
}

Json json_of(const EventWeight& weight, double sum) {
  if (!weight.field) return nullptr;
  return {{"field", word_of(*weight.field)},
          {"of_word", weight.of_word.empty() ? Json("the words are numbers") : Json(weight.of_word)},
          {"sum", sum}};
}

// --- time ---

struct Period {
  double units = 1;  // that the window is long
  Text text;         // "6.08 years, 2010-01-01 until before 2016-01-31"
  Json record;
};

Text name_of_unit(TimeUnit unit) {
  static const Text kNames[] = {{"", ""}, {"day", "日"}, {"week", "周"}, {"month", "月"}, {"year", "年"}};
  return kNames[static_cast<std::size_t>(unit)];
}

std::vector<std::int64_t> times_of(const AnalysisSource& source, const ChosenEvents& chosen) {
  std::vector<std::int64_t> times;
  times.reserve(chosen.ref.size());
  for (const EventRef ref : chosen.ref) times.push_back(source.events.parts()[ref.part].chunk->seconds[ref.row]);
  return times;
}

// What an open end was taken for cannot be relied on: one day, or none, says nothing of a rate.
void refuse_unclear(const std::optional<CoveredPeriod>& period) {
  if (!period)
    throw WrongParameter("'per': no selected incident has a time; state 'from' and 'to'",
                         "“per”：所选事件均无时间；请给出“from”和“to”");
  if (period->length() > kSecondsPerDay) return;
  const std::string day = format_local_time({period->from, false});
  throw WrongParameter("'per': all selected incidents lie on " + day + ", too short a time; state 'from' and 'to'",
                       "“per”：所选事件都在同一天（" + day + "），不能据此折算；请给出“from”和“to”");
}

void keep(const std::vector<std::int64_t>& times, const CoveredPeriod& period, ChosenEvents& chosen) {
  ChosenEvents kept;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (!period.holds(times[i])) continue;
    kept.at.push_back(chosen.at[i]);
    kept.face.push_back(chosen.face[i]);
    kept.ref.push_back(chosen.ref[i]);
  }
  chosen = std::move(kept);
}

std::string moment(std::int64_t seconds) { return format_local_time({seconds, seconds % kSecondsPerDay != 0}); }

// An end that was not stated is a choice, which the reader must know.
std::vector<Text> cautions_of(const CoveredPeriod& period, const Text& text) {
  std::vector<Text> cautions{
      {"The density is divided by the time that the selected incidents cover, " + text.en +
           ". State 'from' and 'to' where another time is meant.",
       "密度按所选事件覆盖的时间折算，即 " + text.zh + "。若应为其他时间，请给出“from”和“to”。"}};
  if (const std::size_t left_out = period.strays + period.undated; left_out > 0)
    cautions.push_back(
        {with_commas(left_out) + " selected incidents have no time, or one far from all others', and are left out.",
         with_commas(left_out) + " 件所选事件没有时间，或其时间远离其余事件，未计入。"});
  if (4 * period.gap() > period.length())
    cautions.push_back({"No selected incident lies between " + moment(period.gap_from) + " and " +
                            moment(period.gap_until) + ": if nothing was recorded then, state 'from' and 'to'.",
                        moment(period.gap_from) + " 至 " + moment(period.gap_until) +
                            " 之间没有所选事件：若当时没有记录，请给出“from”和“to”。"});
  return cautions;
}

// By the window where it is stated; an open end is that of the selected incidents, and those that lie outside then are
// dropped.
Period period_of(const AnalysisSource& source, const DensityRequest& request, ChosenEvents& chosen,
                 std::vector<Text>& cautions) {
  if (request.per == TimeUnit::whole) return {};
  const EventFilter& f = request.events.filter;
  const bool stated = f.from && f.to;
  const std::vector<std::int64_t> times = times_of(source, chosen);
  const auto covered = covered_period(times, f.from, f.to);
  if (!stated) refuse_unclear(covered);
  if (covered->length() <= 0) throw DataError("per_of_no_time");
  const double units = static_cast<double>(covered->length()) / seconds_of(request.per);
  const Text unit = name_of_unit(request.per);
  const std::string from = moment(covered->from), until = moment(covered->until);
  Period period{units,
                {fixed(units, 2) + " " + unit.en + "s, " + from + " until before " + until,
                 fixed(units, 2) + " " + unit.zh + "，" + from + " 起，" + until + " 之前"},
                {{"unit", unit.en},
                 {"units", units},
                 {"from", format_local_time({covered->from, true})},
                 {"until_before", format_local_time({covered->until, true})},
                 {"open_ends", stated ? "none" : "those of the selected incidents"},
                 {"left_out", covered->strays + covered->undated},
                 {"longest_gap_days", static_cast<double>(covered->gap()) / kSecondsPerDay}}};
  if (!stated)
    for (Text& caution : cautions_of(*covered, period.text)) cautions.push_back(std::move(caution));
  keep(times, *covered, chosen);
  return period;
}

// --- bandwidth ---

double city_km2(const City& city) { return std::accumulate(city.area_m2.begin(), city.area_m2.end(), 0.0) / 1e6; }

// Without replacement, in the order given; all where there are no more.
std::vector<Point> sample_of(const std::vector<Point>& points, std::size_t size, std::uint64_t seed) {
  if (points.size() <= size) return points;
  RandomStream random(seed, 0, kSamplePurpose);
  std::vector<Point> sample;
  for (std::size_t i = 0; i < points.size() && sample.size() < size; ++i)  // Knuth, TAOCP 2, 3.4.2, algorithm S
    if (random.below(points.size() - i) < size - sample.size()) sample.push_back(points[i]);
  return sample;
}

BandwidthChoice best_of(BandwidthRule rule, const std::vector<Point>& points, double area_km2,
                        const BandwidthSearch& range) {
  if (rule == BandwidthRule::ppl) return likelihood_bandwidth(points, range);
  return rule == BandwidthRule::lscv ? lscv_bandwidth(points, range) : diggle_bandwidth(points, area_km2, range);
}

struct Chosen {
  double metres = 0;
  Json record;
};

// A bandwidth falls with n^(-1/6): what is best for a sample is brought to all events by that (Hall & Robinson,
// Reducing variability of crossvalidation for smoothing-parameter choice, Biometrika 96, 2009).
Chosen searched_bandwidth(const std::vector<Point>& points, const City& city, const DensityRequest& request,
                          std::vector<Text>& cautions) {
  const BandwidthQuestion& q = request.bandwidth;
  const std::vector<Point> sample = sample_of(points, q.sample, q.seed);
  const double scott = scott_bandwidth(sample).both_m;
  const BandwidthSearch range{q.search ? q.search->first : scott / 50, q.search ? q.search->second : 4 * scott};
  const BandwidthChoice choice = best_of(q.rule, sample, city_km2(city), range);
  const double share = static_cast<double>(sample.size()) / static_cast<double>(points.size());
  const double sd = choice.best_m * std::pow(share, 1.0 / 6);
  Json record{{"standard_deviation_m", sd},
              {"candidates", choice.candidates_m.size()},
              {"searched_m", {range.from_m, range.to_m}},
              {"best_candidate_m", choice.best_m},
              {"at_end", choice.at_end}};
  if (choice.at_end)
    cautions.push_back({"The best bandwidth is at an end of those searched: state 'search' wider, or a bandwidth.",
                        "最优带宽位于搜索范围的一端：请放宽“search”，或直接给出带宽。"});
  if (share < 1) {
    record["sample"] = sample.size();
    record["seed"] = q.seed;
    cautions.push_back(
        {"The bandwidth was chosen from a random sample of " + with_commas(sample.size()) + " incidents.",
         "带宽由 " + with_commas(sample.size()) + " 件事件的随机样本选定。"});
  }
  return {radius_for(request.surface.kernel, sd), record};
}

Chosen bandwidth_of(const std::vector<Point>& points, const City& city, const DensityRequest& request,
                    std::vector<Text>& cautions) {
  const BandwidthRule rule = request.bandwidth.rule;
  Chosen chosen{request.bandwidth.metres, Json::object()};
  if (rule >= BandwidthRule::diggle) {
    chosen = searched_bandwidth(points, city, request, cautions);
  } else if (rule != BandwidthRule::stated) {
    const double sd = rule == BandwidthRule::scott ? scott_bandwidth(points).both_m : silverman_bandwidth(points);
    chosen = {radius_for(request.surface.kernel, sd), {{"standard_deviation_m", sd}}};
  }
  chosen.metres = std::max(0.001, std::round(chosen.metres * 1000) / 1000);
  Json record{{"rule", rule == BandwidthRule::stated ? "stated" : word_of(rule)}};
  record.update(chosen.record);
  chosen.record = record;
  return chosen;
}

// --- surfaces ---

Box window_of(const std::string& area, const City& city) {
  if (area.empty()) return {};
  EventFilter filter;
  try {
    set_area(area, city, filter);
  } catch (DataError& error) {
    error.within("'window'");
    throw;
  }
  Box box;
  for (const std::vector<Point>& ring : filter.area) box.extend(box_of(ring));
  for (ArcId a = 0; a < city.arrangement.arcs.size(); ++a)
    for (const FaceId face : {city.arrangement.arcs[a].left, city.arrangement.arcs[a].right})
      if (!filter.faces.empty() && filter.faces[face]) box.extend(box_of(city.arrangement.points_of(a)));
  return box;
}

// The people of the whole city, on pixels well below the bandwidth.
Weighted people_of(const City& city, const DensityOptions& options) {
  const Box box = box_of(city.arrangement.points);
  const double width = (static_cast<double>(box.max.x) - box.min.x) / Lattice::kPerMetre;
  const double height = (static_cast<double>(box.max.y) - box.min.y) / Lattice::kPerMetre;
  const double cell =
      std::max(std::min(options.cell_m, options.bandwidth_m / 4), std::sqrt(width * height / kMostPeoplePixels));
  WeightedPoints people = population_points(city, city_raster(city, std::max(cell, 0.1)));
  if (people.at.empty()) throw DataError("against_unknown_population");
  return {std::move(people.at), std::move(people.weight)};
}

struct Ratio {
  Text unit;
  Json record;
};

// Turns the density of the events into its ratio to that of `below`.
Ratio divide(DensityRaster& raster, double events, const Weighted& below, const DensityRequest& request,
             const City& city) {
  const bool people = request.against == Against::population;
  const DensityRaster other = heatmap(city, below.at, below.weight, raster.options);
  const double floor = request.floor.value_or(kFloorShare * below.sum() / city_km2(city));
  const double unit = people ? 1000 : below.sum() / events;
  for (double& value : raster.values) value *= unit;
  const double mask = request.mask_below.value_or(floor);
  raster.values = relative_risk(raster.values, other.values, {floor, mask, request.logarithm});
  Ratio ratio;
  ratio.unit = people ? Text{"incidents per 1,000 people", "件/千人"}
                      : Text{"relative risk (1: as in the whole city)", "相对风险（1 为全市平均）"};
  ratio.record = {{"against", people ? "population" : "incidents"},
                  {"window", people ? Json() : Json(window_text(request.against_events))},
                  {"n", below.sum()},
                  {"floor_per_km2", floor},
                  {"mask_below_per_km2", mask},
                  {"logarithm", request.logarithm}};
  return ratio;
}

Weighted denominator(const AnalysisSource& source, const DensityRequest& request, const DensityOptions& options) {
  if (request.against == Against::population) return people_of(source.city, options);
  return weighted(source, chosen_events(source, request.against_events), request.weight);
}

Text per_unit(Text unit, const DensityRequest& request) {
  if (request.per == TimeUnit::whole) return unit;
  return {unit.en + " per " + name_of_unit(request.per).en, unit.zh + "·" + name_of_unit(request.per).zh + "⁻¹"};
}

Text plain_unit(const DensityRequest& request) {
  const Text what = request.weight.field ? Text{"weight", "权重"} : Text{"incidents", "件"};
  return request.along_streets ? Text{what.en + " per km of street", what.zh + "/km"}
                               : Text{what.en + " per km²", what.zh + "/km²"};
}

struct Extremes {
  double lowest = std::numeric_limits<double>::quiet_NaN(), highest = lowest, mean = lowest;
  std::size_t told = 0;
};

Extremes extremes_of(std::span<const double> values) {
  Extremes e;
  double sum = 0;
  for (const double v : values) {
    if (std::isnan(v)) continue;
    e.lowest = e.told ? std::min(e.lowest, v) : v;
    e.highest = e.told ? std::max(e.highest, v) : v;
    sum += v;
    ++e.told;
  }
  if (e.told) e.mean = sum / static_cast<double>(e.told);
  return e;
}

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json error_of(const DensityOptions& o, double bandwidth_m) {
  if (o.adaptive) return o.kernel == Kernel::gaussian ? Json("cut at 6 standard deviations") : Json("rounding alone");
  if (o.kernel != Kernel::gaussian) return "at most 1e-9 of the highest value";
  const bool binned = !o.exact && bandwidth_m >= 2 * o.cell_m;
  return binned ? "at most 1e-4 of the highest value" : "at most 1.5e-8 of the kernel's peak per incident";
}

Json record_of_raster(const DensityRaster& raster, const City& city) {
  const Projected corner = {raster.lattice.origin_x + static_cast<double>(raster.grid.x0_mm) / Lattice::kPerMetre,
                            raster.lattice.origin_y + static_cast<double>(raster.grid.y0_mm) / Lattice::kPerMetre};
  return {{"cell_m", static_cast<double>(raster.grid.cell_mm) / Lattice::kPerMetre},
          {"columns", raster.grid.nx},
          {"rows", raster.grid.ny},
          {"west", corner.x},
          {"north", corner.y},
          {"crs", city.arrangement.lattice.crs}};
}

// --- tables ---

std::vector<double> round_levels(const Extremes& e, std::size_t classes, bool logarithm) {
  const double from = logarithm ? e.lowest : 0.0;
  if (!(e.highest > from)) return {};
  std::vector<double> levels = round_multiples(from, e.highest, classes);
  if (!logarithm) std::erase(levels, 0.0);
  return levels;
}

void fill_contours(const DensityRaster& raster, const DensityRequest& request, const Extremes& e, DensityAnswer& answer,
                   Json& details) {
  const std::vector<double> levels =
      request.levels.empty() ? round_levels(e, request.classes, request.logarithm) : request.levels;
  details["levels"] = levels;
  answer.table.name = "contours";
  answer.table.fields = {{"level", FieldType::real}, {"closed", FieldType::integer}, {"provenance", FieldType::text}};
  for (const Contour& contour : contours(raster.values, raster.grid, levels)) {
    std::vector<Point> line;
    for (const ContourPoint p : contour.points)
      line.push_back({static_cast<std::int32_t>(std::lround(p.x_mm)), static_cast<std::int32_t>(std::lround(p.y_mm))});
    if (contour.closed) line.push_back(line.front());
    line.erase(std::unique(line.begin(), line.end()), line.end());
    if (line.size() < 2) continue;
    answer.table.lines.push_back(std::move(line));
    answer.table.rows.push_back({contour.level, std::int64_t{contour.closed}, std::monostate{}});
  }
}

void fill_zones(const City& city, const DensityRaster& raster, const DensityRequest& request, DensityAnswer& answer,
                Json& details) {
  LabelledCells cells = labelled_cells(city, request.zones, "zones");
  const auto values = zone_values(raster.values, raster.grid, city.arrangement, cells.of_face, cells.id.size());
  const bool plain = request.against == Against::nothing;
  answer.table.name = "densities";
  answer.table.fields = {
      {"cell", FieldType::text}, {"name", FieldType::text}, {"mean", FieldType::real}, {"largest", FieldType::real}};
  if (plain) answer.table.fields.push_back({"integral", FieldType::real});
  answer.table.fields.insert(
      answer.table.fields.end(),
      {{"pixels", FieldType::integer}, {"area_km2", FieldType::real}, {"provenance", FieldType::text}});
  std::size_t empty = 0;
  for (std::size_t i = 0; i < cells.id.size(); ++i) {
    if (cells.shape.ground[i].empty()) continue;
    const ZoneValue& v = values[i];
    empty += v.pixels == 0;
    const Text& name = cells.name[i];
    std::vector<FeatureValue> row{cells.id[i], name.in(request.language), v.mean, v.largest};
    if (plain) row.emplace_back(v.integral);
    row.insert(row.end(), {static_cast<std::int64_t>(v.pixels), cells.shape.area_km2[i], std::monostate{}});
    answer.table.rows.push_back(std::move(row));
    answer.table.polygons.push_back(std::move(cells.shape.ground[i]));
  }
  details["zones"] = request.zones;
  details["zones_without_pixel"] = empty;
  if (empty > 0)
    answer.cautions.push_back(
        {with_commas(empty) + " zones have no value: no cell with a value has its centre there. Take smaller cells.",
         with_commas(empty) + " 个区域没有值：其中没有有值像元的中心。请减小像元。"});
}

// --- the answer ---

struct Subject {
  Weighted events;
  Chosen bandwidth;
  Period period;
};

void refuse_large(const RasterGrid& grid, std::size_t most) {
  if (grid.size() <= most) return;
  const double cell = static_cast<double>(grid.cell_mm) / Lattice::kPerMetre;
  const std::string pixels = std::to_string(grid.size() / 1'000'000), limit = std::to_string(most / 1'000'000);
  const std::string larger =
      shortest(std::ceil(cell * std::sqrt(static_cast<double>(grid.size()) / static_cast<double>(most))));
  throw WrongParameter(
      "'cell': " + pixels + " million pixels are more than the " + limit + " million made here; cells of " + larger +
          " metres or a smaller window will do",
      "“cell”：" + pixels + " 百万像元超出此处上限 " + limit + " 百万；请用 " + larger + " 米以上的像元或较小的范围");
}

void analyse_surface(const AnalysisSource& source, const DensityRequest& request, const Subject& subject,
                     Progress& progress, DensityAnswer& answer, Json& details) {
  const City& city = source.city;
  DensityOptions options = request.surface;
  options.bandwidth_m = subject.bandwidth.metres;
  options.window = window_of(request.window, city);
  options.threads = source.threads;
  refuse_large(city_raster(city, options.cell_m, options.window), source.most_pixels);
  DensityRaster raster = heatmap(city, subject.events.at, subject.events.weight, options);
  for (double& value : raster.values) value /= subject.period.units;
  answer.method = options.adaptive ? "adaptive kernel density" : "kernel density";
  answer.unit = plain_unit(request);
  if (request.against != Against::nothing) {
    step(progress, "density", 0.6);
    const Ratio ratio = divide(raster, subject.events.sum(), denominator(source, request, options), request, city);
    answer.method = "ratio of kernel densities";
    answer.unit = ratio.unit;
    details["ratio"] = ratio.record;
  }
  const Extremes e = extremes_of(raster.values);
  details["kernel"] = word_of(options.kernel);
  details["bandwidth_m"] = options.bandwidth_m;
  details["bandwidth"] = subject.bandwidth.record;
  details["adaptive"] = options.adaptive ? Json("square root law, b/10 to 10 b") : Json(false);
  details["edge"] = word_of(options.edge);
  details["error"] = error_of(options, options.bandwidth_m);
  details.update(record_of_raster(raster, city));
  details["raster_window"] = request.window.empty() ? "city" : request.window;
  details["lowest"] = number(e.lowest);
  details["mean"] = number(e.mean);
  details["highest"] = number(e.highest);
  answer.highest = e.highest, answer.mean = e.mean;
  if (options.bandwidth_m < 2 * options.cell_m)
    answer.cautions.push_back({"The bandwidth is less than two cells: take smaller cells, peaks may lie between them.",
                               "带宽不足两个像元：请减小像元，峰值可能落在像元之间。"});
  step(progress, "write", 0.9);
  if (request.product == DensityProduct::contours) fill_contours(raster, request, e, answer, details);
  if (request.product == DensityProduct::zones) fill_zones(city, raster, request, answer, details);
  answer.grid = raster.grid;
  answer.values = std::move(raster.values);
}

void analyse_streets(const AnalysisSource& source, const DensityRequest& request, const Subject& subject,
                     DensityAnswer& answer, Json& details) {
  if (!source.streets || source.streets->empty())
    throw WrongParameter("'along' is streets, but there are none: name a file of lines with --streets",
                         "“along”为 streets，但没有街道：请用 --streets 指定线文件");
  const StreetNetwork network = street_network(*source.streets);
  const StreetPlaces places =
      place_on_streets(network, subject.events.at, subject.events.weight, request.reach_m, source.threads);
  if (places.on == 0) throw DataError("no_incident_near_street", {{"reach", request.reach_m}});
  NetworkOptions options = request.streets;
  options.bandwidth_m = subject.bandwidth.metres;
  NetworkDensity density = network_density(network.streets, places.events, options);
  for (double& value : density.values) value /= subject.period.units;
  const Extremes e = extremes_of(density.values);
  answer.method = "kernel density along streets";
  answer.unit = plain_unit(request);
  answer.highest = e.highest;
  answer.length_km = network.length_m / 1000;
  answer.table.name = "streets";
  answer.table.fields = {{"street", FieldType::integer},
                         {"density", FieldType::real},
                         {"length_m", FieldType::real},
                         {"provenance", FieldType::text}};
  answer.table.lines = street_pieces(network, density);
  for (std::size_t s = 0; s < network.streets.size(); ++s) {
    const std::size_t pieces = density.start[s + 1] - density.start[s];
    for (std::size_t p = density.start[s]; p < density.start[s + 1]; ++p)
      answer.table.rows.push_back({static_cast<std::int64_t>(s), density.values[p],
                                   network.streets[s].length_m / static_cast<double>(pieces), std::monostate{}});
  }
  double integral = 0;
  for (const auto& row : answer.table.rows) integral += std::get<double>(row[1]) * std::get<double>(row[2]) / 1000;
  answer.mean = integral / answer.length_km;
  details["kernel"] = word_of(options.kernel);
  details["bandwidth_m"] = options.bandwidth_m;
  details["bandwidth"] = subject.bandwidth.record;
  details["split"] = options.split == EqualSplit::continuous ? "continuous" : "discontinuous";
  details["piece_m"] = options.piece_m;
  details["least_share"] = options.least_share;
  details["reach_m"] = request.reach_m;
  details["streets"] = {{"streets", network.streets.size()},
                        {"nodes", network.nodes},
                        {"parts", network.parts},
                        {"length_km", answer.length_km},
                        {"joined", "at ends and shared vertices"}};
  details["on_streets"] = places.on;
  details["off_streets"] = places.off;
  details["crs"] = source.city.arrangement.lattice.crs;
  details["mean"] = number(answer.mean);
  details["highest"] = number(answer.highest);
  if (places.off > 0)
    answer.cautions.push_back(
        {with_commas(places.off) + " incidents lie farther than " + shortest(request.reach_m) +
             " m from any street and are left out.",
         with_commas(places.off) + " 件事件距任何街道超过 " + shortest(request.reach_m) + " 米，未计入。"});
}

std::string summary_of(const DensityAnswer& answer, const DensityRequest& request, const Subject& subject) {
  std::string text = answer.method + ", " + std::string(word_of(request.surface.kernel)) + " kernel, bandwidth " +
                     shortest(subject.bandwidth.metres) + " m";
  if (request.bandwidth.rule != BandwidthRule::stated)
    text += " (" + std::string(word_of(request.bandwidth.rule)) + ")";
  if (!request.along_streets)
    text += ", edge correction " + std::string(word_of(request.surface.edge)) + ", cells of " +
            shortest(request.surface.cell_m) + " m";
  text += "; " + answer.unit.en;
  if (!answer.period.en.empty()) text += " over " + answer.period.en;
  text += "; n = " + std::to_string(answer.events) + "; " + answer.window;
  return answer.batch > 0 ? text + "; public form, in full batches of " + std::to_string(answer.batch) : text;
}

void finish(DensityAnswer& answer, const DensityRequest& request, const Subject& subject, const Coincidence& coincident,
            std::uint64_t batch, const Json& details) {
  answer.coincident_share = coincident.share();
  answer.batch = batch;
  if (batch > 0)
    answer.cautions.push_back(public_caution(batch));
  else if (coincident.share() >= kTellCoincidence)
    answer.cautions.push_back(coincidence_caution());
  answer.summary = summary_of(answer, request, subject);
  for (std::vector<FeatureValue>& row : answer.table.rows) row.back() = answer.summary;
  Json record{{"method", answer.method},
              {"unit", answer.unit.en},
              {"window", answer.window},
              {"public_batch", answer.batch > 0 ? Json(answer.batch) : Json()},
              {"events", answer.events},
              {"weight", json_of(request.weight, subject.events.sum())},
              {"per", request.per == TimeUnit::whole ? Json() : subject.period.record}};
  record.update(details);
  record["coincident"] = json_of(coincident);
  Json cautions = Json::array();
  for (const Text& caution : answer.cautions) cautions.push_back(caution.en);
  record["cautions"] = cautions;
  record["summary"] = answer.summary;
  answer.table.description = answer.summary;
  answer.table.record = dump(record);
}

// Every number and text of the record becomes an item of its own; all of it is PROVENANCE.
RasterTags tags_of(const DensityAnswer& answer) {
  RasterTags tags{answer.unit.en, answer.method, {}};
  const Json record = Json::parse(answer.table.record);
  for (const auto& [key, value] : record.items()) {
    if (!value.is_primitive() || value.is_null()) continue;
    std::string name = key;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
    tags.items.emplace_back(name, value.is_string() ? value.get<std::string>() : dump(value));
  }
  tags.items.emplace_back("PROVENANCE", answer.table.record);
  return tags;
}

}  // namespace

DensityAnswer analyse_density(const AnalysisSource& source, const DensityRequest& request, Progress& progress) {
  step(progress, "events", 0);
  DensityAnswer answer;
  answer.table.lattice = source.city.arrangement.lattice;
  answer.window = window_text(request.events);
  Subject subject;
  ChosenEvents chosen = chosen_events(source, request.events);
  subject.period = period_of(source, request, chosen, answer.cautions);
  answer.period = subject.period.text;
  subject.events = weighted(source, chosen, request.weight);
  answer.events = subject.events.at.size();
  const Coincidence coincident = coincidence(subject.events.at);
  step(progress, "bandwidth", 0.1);
  subject.bandwidth = bandwidth_of(subject.events.at, source.city, request, answer.cautions);
  answer.bandwidth_m = subject.bandwidth.metres;
  step(progress, "density", 0.2);
  Json details = Json::object();
  if (request.along_streets)
    analyse_streets(source, request, subject, answer, details);
  else
    analyse_surface(source, request, subject, progress, answer, details);
  answer.unit = per_unit(answer.unit, request);
  if (request.logarithm) answer.unit = {"ln of " + answer.unit.en, "ln " + answer.unit.zh};
  finish(answer, request, subject, coincident, source.batch, details);
  return answer;
}

AnswerFile file_of(const DensityAnswer& answer, const DensityRequest& request, const City& city) {
  if (request.format == AnswerFormat::tif)
    return {raster_bytes(answer.table.lattice, answer.grid, answer.values, tags_of(answer)),
            "image/tiff; application=geotiff"};
  if (request.format == AnswerFormat::png) return {density_png(answer, request, city), "image/png"};
  return file_of(answer.table, request.format);
}

}  // namespace gridloom
