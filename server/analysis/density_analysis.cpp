// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/density_analysis.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/round_numbers.h"
#include "engine/base/strings.h"
#include "engine/density/coincidence.h"
#include "engine/density/contours.h"
#include "engine/density/population_points.h"
#include "engine/density/raster_zones.h"
#include "engine/io/project/project_meta.h"
#include "engine/io/results/raster_file.h"
#include "server/analysis/analysis_cells.h"
#include "server/analysis/analysis_words.h"
#include "server/analysis/density_picture.h"
#include "server/analysis/density_subject.h"
#include "server/words/event_area.h"
#include "server/words/json_text.h"
#include "server/words/number_text.h"

namespace gridloom {
namespace {

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

WeightedPoints people_of(const City& city, double cell_m, double bandwidth_m) {
  WeightedPoints people = population_points(city, population_raster(city, cell_m, bandwidth_m));
  if (people.at.empty()) throw DataError("against_unknown_population");
  return people;
}

WeightedPoints denominator(const AnalysisSource& source, const DensityRequest& request, double bandwidth_m) {
  if (request.against == Against::population) return people_of(source.city, request.cell_m, bandwidth_m);
  return weighted_events(source, request.against_events, request.weight);
}

Text unit_of_ratio(const DensityRequest& request) {
  return request.against == Against::population
             ? Text{"incidents per 1,000 people", "件/千人"}
             : Text{"relative risk (1: as in the whole city)", "相对风险（1 为全市平均）"};
}

Json record_of(const RelativeRisk& risk, const DensityRequest& request, double below) {
  const bool people = request.against == Against::population;
  return {{"against", people ? "population" : "incidents"},
          {"window", people ? Json() : Json(window_text(request.against_events))},
          {"n", below},
          {"floor_per_km2", risk.floor},
          {"mask_below_per_km2", risk.mask_below},
          {"logarithm", request.risk.logarithm}};
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

Json error_of(const DensityOptions& o, double cell_m) {
  if (o.adaptive) return o.kernel == Kernel::gaussian ? Json("cut at 6 standard deviations") : Json("rounding alone");
  if (o.kernel != Kernel::gaussian) return "at most 1e-9 of the highest value";
  const bool binned = !o.exact && o.bandwidth_m >= 2 * cell_m;
  return binned ? "at most 1e-4 of the highest value" : "at most 1.5e-8 of the kernel's peak per incident";
}

Json record_of(const RasterGrid& grid, const City& city) {
  const Lattice& lattice = city.arrangement.lattice;
  const Projected corner{lattice.origin_x + static_cast<double>(grid.x0_mm) / Lattice::kPerMetre,
                         lattice.origin_y + static_cast<double>(grid.y0_mm) / Lattice::kPerMetre};
  return {{"cell_m", static_cast<double>(grid.cell_mm) / Lattice::kPerMetre},
          {"columns", grid.nx},
          {"rows", grid.ny},
          {"west", corner.x},
          {"north", corner.y},
          {"crs", lattice.crs}};
}

// --- tables ---

std::vector<double> round_levels(const Extremes& e, std::size_t classes, bool logarithm) {
  const double from = logarithm ? e.lowest : 0.0;
  if (!(e.highest > from)) return {};
  std::vector<double> levels = round_multiples(from, e.highest, classes);
  if (!logarithm) std::erase(levels, 0.0);
  return levels;
}

void fill_contours(const DensityRequest& request, const Extremes& e, DensityAnswer& answer, Json& details) {
  const std::vector<double> levels =
      request.levels.empty() ? round_levels(e, request.classes, request.risk.logarithm) : request.levels;
  details["levels"] = levels;
  answer.table.name = "contours";
  answer.table.fields = {{"level", FieldType::real}, {"closed", FieldType::integer}, {"provenance", FieldType::text}};
  for (const Contour& contour : contours(answer.values, answer.grid, levels)) {
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

void fill_zones(const City& city, const DensityRequest& request, DensityAnswer& answer, Json& details) {
  LabelledCells cells = labelled_cells(city, request.zones, "zones");
  const auto values = zone_values(answer.values, answer.grid, city.arrangement, cells.of_face, cells.id.size());
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

void refuse_large(const RasterGrid& grid, std::size_t most) {
  if (grid.size() <= most) return;
  const double cell = static_cast<double>(grid.cell_mm) / Lattice::kPerMetre;
  const std::string pixels = std::to_string(grid.size() / 1'000'000), limit = std::to_string(most / 1'000'000);
  const std::string larger =
      number_text(std::ceil(cell * std::sqrt(static_cast<double>(grid.size()) / static_cast<double>(most))));
  throw WrongParameter(
      "'cell': " + pixels + " million pixels are more than the " + limit + " million made here; cells of " + larger +
          " metres or a smaller window will do",
      "“cell”：" + pixels + " 百万像元超出此处上限 " + limit + " 百万；请用 " + larger + " 米以上的像元或较小的范围");
}

// Turns the density in the answer into its ratio to that of others.
void divide(const AnalysisSource& source, const DensityRequest& request, const DensitySubject& subject,
            const StudyArea& area, const DensityOptions& options, DensityAnswer& answer, Json& details) {
  const WeightedPoints below = denominator(source, request, options.bandwidth_m);
  const Heatmap other = heatmap(below.at, below.weight, answer.grid, &area, options);
  RiskOptions risk = request.risk;
  risk.times = request.against == Against::population ? 1000 : below.sum() / subject.events.sum();
  RelativeRisk ratio = relative_risk(answer.values, other.values, below.sum() / city_km2(source.city), risk);
  details["ratio"] = record_of(ratio, request, below.sum());
  answer.method = "ratio of kernel densities";
  answer.unit = unit_of_ratio(request);
  answer.values = std::move(ratio.values);
}

void tell_surface(const DensityRequest& request, const DensitySubject& subject, const Extremes& e, const City& city,
                  DensityAnswer& answer, Json& details) {
  DensityOptions options = request.surface;
  options.bandwidth_m = subject.bandwidth_m;
  details["kernel"] = word_of(options.kernel);
  details["bandwidth_m"] = options.bandwidth_m;
  details["bandwidth"] = subject.bandwidth;
  details["adaptive"] = options.adaptive ? Json("square root law, b/10 to 10 b") : Json(false);
  details["edge"] = word_of(options.edge);
  details["error"] = error_of(options, request.cell_m);
  details.update(record_of(answer.grid, city));
  details["raster_window"] = request.window.empty() ? "city" : request.window;
  details["lowest"] = number(e.lowest);
  details["mean"] = number(e.mean);
  details["highest"] = number(e.highest);
  answer.highest = e.highest, answer.mean = e.mean;
  if (options.bandwidth_m < 2 * request.cell_m)
    answer.cautions.push_back({"The bandwidth is less than two cells: take smaller cells, peaks may lie between them.",
                               "带宽不足两个像元：请减小像元，峰值可能落在像元之间。"});
}

void analyse_surface(const AnalysisSource& source, const DensityRequest& request, const DensitySubject& subject,
                     Progress& progress, DensityAnswer& answer, Json& details) {
  const City& city = source.city;
  answer.grid = city_raster(city, request.cell_m, window_of(request.window, city));
  refuse_large(answer.grid, source.most_pixels);
  DensityOptions options = request.surface;
  options.bandwidth_m = subject.bandwidth_m;
  options.threads = source.threads;
  const StudyArea area = whole_ground(city.arrangement);
  answer.values = heatmap(subject.events.at, subject.events.weight, answer.grid, &area, options).values;
  for (double& value : answer.values) value /= subject.period.units;
  answer.method = options.adaptive ? "adaptive kernel density" : "kernel density";
  answer.unit = plain_unit(request);
  if (request.against != Against::nothing) {
    step(progress, "density", 0.6);
    divide(source, request, subject, area, options, answer, details);
  }
  const Extremes e = extremes_of(answer.values);
  tell_surface(request, subject, e, city, answer, details);
  step(progress, "write", 0.9);
  if (request.product == DensityProduct::contours) fill_contours(request, e, answer, details);
  if (request.product == DensityProduct::zones) fill_zones(city, request, answer, details);
}

void analyse_streets(const AnalysisSource& source, const DensityRequest& request, const DensitySubject& subject,
                     DensityAnswer& answer, Json& details) {
  if (!source.streets || source.streets->empty())
    throw WrongParameter("'along' is streets, but there are none: name a file of lines with --streets",
                         "“along”为 streets，但没有街道：请用 --streets 指定线文件");
  const StreetNetwork network = street_network(*source.streets);
  const StreetPlaces places =
      place_on_streets(network, subject.events.at, subject.events.weight, request.reach_m, source.threads);
  if (places.on == 0) throw DataError("no_incident_near_street", {{"reach", request.reach_m}});
  NetworkOptions options = request.streets;
  options.bandwidth_m = subject.bandwidth_m;
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
  details["bandwidth"] = subject.bandwidth;
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
        {with_commas(places.off) + " incidents lie farther than " + number_text(request.reach_m) +
             " m from any street and are left out.",
         with_commas(places.off) + " 件事件距任何街道超过 " + number_text(request.reach_m) + " 米，未计入。"});
}

std::string summary_of(const DensityAnswer& answer, const DensityRequest& request, const DensitySubject& subject) {
  std::string text = answer.method + ", " + std::string(word_of(request.surface.kernel)) + " kernel, bandwidth " +
                     number_text(subject.bandwidth_m) + " m";
  if (const auto& by = request.bandwidth.chosen_by) text += " (" + std::string(word_of(by->rule)) + ")";
  if (!request.along_streets)
    text += ", edge correction " + std::string(word_of(request.surface.edge)) + ", cells of " +
            number_text(request.cell_m) + " m";
  text += "; " + answer.unit.en;
  if (!answer.period.en.empty()) text += " over " + answer.period.en;
  text += "; n = " + std::to_string(answer.events) + "; " + answer.window;
  return answer.batch > 0 ? text + "; public form, in full batches of " + std::to_string(answer.batch) : text;
}

void finish(DensityAnswer& answer, const DensityRequest& request, const DensitySubject& subject, std::uint64_t batch,
            const Json& details) {
  const Coincidence coincident = coincidence(subject.events.at);
  answer.coincident_share = coincident.share();
  answer.batch = batch;
  if (batch > 0)
    answer.cautions.push_back(public_caution(batch));
  else if (coincident.share() >= kTellCoincidence)
    answer.cautions.push_back(coincidence_caution());
  answer.summary = summary_of(answer, request, subject);
  for (std::vector<FeatureValue>& row : answer.table.rows) row.back() = answer.summary;
  Json record{{"method", answer.method},     {"unit", answer.unit.en},
              {"window", answer.window},     {"public_batch", answer.batch > 0 ? Json(answer.batch) : Json()},
              {"events", answer.events},     {"weight", json_of(request.weight, subject.events.sum())},
              {"per", subject.period.record}};
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
  const DensitySubject subject = density_subject(source, request, answer.cautions, progress);
  answer.period = subject.period.text;
  answer.events = subject.events.at.size();
  answer.bandwidth_m = subject.bandwidth_m;
  step(progress, "density", 0.2);
  Json details = Json::object();
  if (request.along_streets)
    analyse_streets(source, request, subject, answer, details);
  else
    analyse_surface(source, request, subject, progress, answer, details);
  answer.unit = per_unit(answer.unit, request);
  if (request.risk.logarithm) answer.unit = {"ln of " + answer.unit.en, "ln " + answer.unit.zh};
  finish(answer, request, subject, source.batch, details);
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
