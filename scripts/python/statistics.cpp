// SPDX-License-Identifier: Apache-2.0
// Statistics of cells.
#include <pybind11/stl.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "arrays.h"
#include "bindings.h"
#include "call.h"
#include "engine/base/words.h"
#include "engine/statistics/global_permutation.h"
#include "engine/statistics/global_statistics.h"
#include "engine/statistics/hotspots.h"
#include "engine/statistics/rates.h"
#include "engine/statistics/suppression.h"
#include "hotspot_options.h"
#include "server/words/statistics_text.h"

namespace gridloom::python {
namespace py = pybind11;

namespace {

py::dict left_out_record(const LeftOut& left_out) {
  py::dict record;
  record["cells"] = left_out.cells;
  record["events"] = left_out.events;
  record["people"] = left_out.people;
  return record;
}

}  // namespace

py::dict record_of(const Provenance& p) {
  py::dict record;
  record["method"] = std::string(word_of(p.method));
  record["inference"] = word_of(p.inference);
  record["correction"] = word_of(p.correction);
  record["alpha"] = p.alpha;
  record["tail"] = word_of(p.tail);
  record["ties"] = word_of(p.ties);
  record["counts"] = p.counts;
  record["population_at_risk"] = p.population_at_risk;
  if (p.population_at_risk) {
    record["least_population"] = p.least_population;
    record["left_out"] = left_out_record(p.left_out);
  }
  record["n"] = p.cells;
  record["tested"] = p.tested;
  record["islands"] = p.islands;
  record["links"] = p.links;
  record["row_standardised"] = p.row_standardised;
  record["permutations"] = p.permutations;
  record["seed"] = p.seed;
  record["window"] = p.window;
  std::vector<std::string> cautions;
  for (const Caution caution : p.cautions) cautions.push_back(text_of(caution, p).en);
  record["cautions"] = cautions;
  record["summary"] = summary_of(p);
  return record;
}

HotspotOptions hotspot_options(const py::dict& o) {
  HotspotOptions options;
  options.method = value_named<HotspotMethod>(o["method"].cast<std::string>(), "method");
  options.inference = value_named<Inference>(o["inference"].cast<std::string>(), "inference");
  options.correction = value_named<Correction>(o["correction"].cast<std::string>(), "correction");
  options.tail = value_named<Tail>(o["tail"].cast<std::string>(), "tail");
  if (const auto ties = o["ties"].cast<std::string>(); !ties.empty()) options.ties = value_named<Ties>(ties, "ties");
  options.alpha = o["alpha"].cast<double>();
  options.permutations = o["permutations"].cast<std::uint32_t>();
  options.seed = o["seed"].cast<std::uint64_t>();
  options.black_above = o["black_above"].cast<double>();
  options.least_population = o["least_population"].cast<double>();
  options.threads = o["threads"].cast<unsigned>();
  options.window = o["window"].cast<std::string>();
  return options;
}

namespace {

py::tuple find_hotspots(const Array<double>& values, const Array<double>& population, const SpatialWeights& w,
                        const py::dict& o, const py::object& progress) {
  const HotspotOptions options = hotspot_options(o);
  const auto found = call(progress, [&, value = span_of(values), people = span_of(population)] {
    return hotspots(value, people, w, options);
  });
  py::list classes;
  for (CellClass c : found.of_cell) classes.append(std::string(word_of(c)));
  return py::make_tuple(array_of(found.statistic), array_of(found.z), array_of(found.p), array_of(found.q), classes,
                        record_of(found.provenance));
}

py::dict record_of(const GlobalTest& test, Tail tail) {
  py::dict out;
  out["value"] = test.value;
  out["expected"] = test.expected;
  out["variance"] = test.variance;
  out["z"] = test.z();
  out["p"] = test.p(tail);
  if (!std::isnan(test.variance_normality)) {
    out["variance_normality"] = test.variance_normality;
    out["z_normality"] = test.z_normality();
    out["p_normality"] = normal_p(test.z_normality(), tail);
  }
  return out;
}

std::vector<std::uint8_t> black_of(const Array<double>& values) {
  std::vector<std::uint8_t> black;
  for (const double v : span_of(values)) {
    if (v != 0 && v != 1) throw DataError("values_not_black_or_white", {{"statistic", "join counts"}});
    black.push_back(v == 1);
  }
  return black;
}

py::dict of_joins(const JoinCounts& joins, Tail tail) {
  py::dict out;
  out["black_black"] = record_of(joins.black_black, tail);
  out["black_white"] = record_of(joins.black_white, tail);
  out["white_white"] = record_of(joins.white_white, tail);
  return out;
}

// Analytic; for join_count one record each of black_black, black_white, white_white.
py::dict global_statistic(const std::string& statistic, const Array<double>& values, const SpatialWeights& w,
                          const std::string& islands, const std::string& tail_word) {
  const Tail tail = value_named<Tail>(tail_word, "tail");
  const Islands treated = value_named<Islands>(islands, "islands");
  if (statistic == "moran") return record_of(moran(span_of(values), w, treated), tail);
  if (statistic == "geary") return record_of(geary(span_of(values), w, treated), tail);
  if (statistic == "getis_ord_g") return record_of(getis_ord_g(span_of(values), w), tail);
  if (statistic == "join_count") return of_joins(join_counts(black_of(values), w), tail);
  throw DataError("choice_unknown",
                  {{"name", "statistic"},
                   {"given", statistic},
                   {"known", std::vector<std::string>{"moran", "geary", "getis_ord_g", "join_count"}}});
}

// p of placements of all values.
py::dict permuted(const Array<double>& values, bool black, const SpatialWeights& w, std::uint32_t permutations,
                  std::uint64_t seed, const std::string& tail_word, const std::string& ties_word, unsigned threads,
                  const py::object& progress) {
  const PermutationOptions options{.permutations = permutations,
                                   .seed = seed,
                                   .tail = value_named<Tail>(tail_word, "tail"),
                                   .ties = value_named<Ties>(ties_word, "ties"),
                                   .threads = threads};
  const std::vector<std::uint8_t> colours = black ? black_of(values) : std::vector<std::uint8_t>{};
  const auto found =
      call(progress, [&, value = span_of(values)] { return permute_global(value, colours, w, options); });
  py::dict out;
  const auto tell = [&](const char* name, const TailCounts& counts) {
    out[name] = p_value(counts, options.tail, options.ties);
  };
  tell("moran", found.moran);
  tell("geary", found.geary);
  tell("getis_ord_g", found.g);
  tell("black_black", found.black_black);
  tell("black_white", found.black_white);
  tell("white_white", found.white_white);
  return out;
}

std::vector<double> rates_of(const std::string& method, std::span<const double> counts,
                             std::span<const double> population, const SpatialWeights* w) {
  if (method == "standardised") return standardised_rates(counts, population);
  if (method == "smoothed") return smoothed_rates(counts, population);
  if (method != "locally smoothed")
    throw DataError("choice_unknown",
                    {{"name", "method"},
                     {"given", method},
                     {"known", std::vector<std::string>{"standardised", "smoothed", "locally smoothed"}}});
  if (w == nullptr) throw DataError("smoothed_rates_without_weights");
  return locally_smoothed_rates(counts, population, *w);
}

// NaN for cells with fewer at risk, what was left out with them, and that as a sentence.
py::tuple rates(const std::string& method, const Array<double>& counts, const Array<double>& population,
                const SpatialWeights* w, double least) {
  const AtRisk risk = at_risk(span_of(counts), span_of(population), least);
  const auto taken = [&](const Array<double>& values) {
    std::vector<double> some;
    for (const std::uint32_t cell : risk.cells) some.push_back(values.data()[cell]);
    return some;
  };
  if (w != nullptr && w->size() != static_cast<std::size_t>(counts.size()))
    throw DataError("values_for_other_cells",
                    {{"statistic", "rates"}, {"values", counts.size()}, {"cells", w->size()}});
  const SpatialWeights among = w != nullptr ? weights_among(*w, risk.cells) : SpatialWeights{};
  const std::vector<double> found = rates_of(method, taken(counts), taken(population), w != nullptr ? &among : nullptr);
  std::vector<double> all(static_cast<std::size_t>(counts.size()), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < found.size(); ++i) all[risk.cells[i]] = found[i];
  return py::make_tuple(array_of(all), left_out_record(risk.left_out), left_out_text(risk.left_out, least).en);
}

Array<bool> suppressed(const Array<std::uint64_t>& counts, std::uint64_t k) {
  if (counts.ndim() != 2) throw std::invalid_argument("counts must have rows and columns");
  const Suppression found = suppress_small_counts(
      {static_cast<std::size_t>(counts.shape(0)), static_cast<std::size_t>(counts.shape(1)), vector_of(counts)}, k);
  Array<bool> out({static_cast<py::ssize_t>(found.rows), static_cast<py::ssize_t>(found.columns)});
  std::copy(found.blank.begin(), found.blank.end(), out.mutable_data());
  return out;
}

}  // namespace

void bind_statistics(py::module_& module) {
  module.def("hotspots", &find_hotspots);
  module.def("global_statistic", &global_statistic);
  module.def("permuted", &permuted);
  module.def("bivariate_moran", [](const Array<double>& x, const Array<double>& y, const SpatialWeights& w) {
    return bivariate_moran(span_of(x), span_of(y), w);
  });
  module.def("rates", &rates);
  module.attr("LEAST_POPULATION") = kLeastPopulation;
  module.def("suppressed", &suppressed);
}

}  // namespace gridloom::python
