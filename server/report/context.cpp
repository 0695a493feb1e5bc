// SPDX-License-Identifier: Apache-2.0
#include "server/report/context.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/strings.h"
#include "engine/geometry/lattice.h"
#include "server/report/html.h"
#include "server/words/conflict_note.h"
#include "server/words/number_text.h"

namespace gridloom {
namespace {

double vertices_per_km_of(const Layer& layer) {
  double length = 0, vertices = 0;
  for (const std::vector<Ring>& rings : layer.delivered)
    for (const Ring& ring : rings) {
      vertices += static_cast<double>(ring.points.size());
      for (std::size_t i = 0; i < ring.points.size(); ++i) {
        const Point a = ring.points[i], b = ring.points[(i + 1) % ring.points.size()];
        length += std::hypot(static_cast<double>(b.x) - a.x, static_cast<double>(b.y) - a.y);
      }
    }
  const double km = length / Lattice::kPerMetre / 1000;
  return km > 0 ? vertices / km : std::numeric_limits<double>::infinity();
}

}  // namespace

std::string rounded(double number) {
  return with_commas(static_cast<std::uint64_t>(std::llround(std::max(0.0, number))));
}
std::string percent(double share, int decimals) { return fixed(100 * share, decimals) + " %"; }
std::string hectares(double m2) {
  const std::string text = fixed(m2 / 1e4, 1);
  return with_commas(std::stoull(text)) + text.substr(text.find('.'));
}
std::string kilometres(double m, int decimals) { return fixed(m / 1000, decimals); }

ReportContext::ReportContext(const City& city, Language language)
    : city_(city), language_(language), pictures_(city), questions_(city) {
  for (const QualityRow& row : city.quality) quality_[{row.stage, row.layer, row.metric}] = row.value;
  for (const Layer& layer : city.layers) vertices_per_km_.push_back(vertices_per_km_of(layer));
  std::vector<double> sorted = vertices_per_km_;
  std::sort(sorted.begin(), sorted.end());
  if (!sorted.empty()) usual_vertices_ = (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]) / 2;
}

std::string ReportContext::say(const Text& text) const { return text.in(language_); }

std::string ReportContext::count(double n, const Text& one, const Text& many) const {
  const std::string number = rounded(n);
  return number + say(number == "1" ? one : many);
}
std::string ReportContext::households(double n) const { return count(n, {" household", "户"}, {" households", "户"}); }
std::string ReportContext::people(double n) const { return count(n, {" person", "人"}, {" people", "人"}); }

std::string ReportContext::note(const Conflict& c) const { return xml_escaped(say(note_of(city_, c))); }

std::string ReportContext::layer_name(std::size_t layer) const { return xml_escaped(say(city_.layers[layer].title)); }
std::string ReportContext::unit_name(std::size_t unit) const {
  return xml_escaped(say(title_of(city_.admin.back().units[unit])));
}
std::string ReportContext::grid_name(std::size_t grid) const { return xml_escaped(say(title_of(city_.grids[grid]))); }

std::optional<double> ReportContext::value(QualityStage stage, std::size_t layer, QualityMetric metric) const {
  const auto at = quality_.find({stage, static_cast<std::int32_t>(layer), metric});
  return at == quality_.end() ? std::nullopt : std::optional(at->second);
}
std::string ReportContext::shown(QualityStage stage, std::size_t layer, QualityMetric metric, int decimals) const {
  const auto v = value(stage, layer, metric);
  return v ? fixed(*v, decimals) : "–";
}
double ReportContext::number(QualityStage stage, QualityMetric metric) const {
  const auto at = quality_.find({stage, -1, metric});
  return at == quality_.end() ? 0 : at->second;
}

}  // namespace gridloom
