// SPDX-License-Identifier: Apache-2.0
// Hot and cold spots of cells.
#include <pybind11/stl.h>

#include <string>
#include <vector>

#include "engine/incidents/global_statistics.h"
#include "engine/incidents/hotspot_words.h"
#include "engine/incidents/hotspots.h"
#include "engine/incidents/suppression.h"
#include "engine/words.h"
#include "scripts/python/arrays.h"
#include "scripts/python/bindings.h"
#include "scripts/python/call.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

py::dict record_of(const Provenance& p) {
  py::dict record;
  record["method"] = std::string(name_of(p.method));
  record["inference"] = word_of(kInferenceWords, p.inference);
  record["correction"] = word_of(kCorrectionWords, p.correction);
  record["alpha"] = p.alpha;
  record["tail"] = word_of(kTailWords, p.tail);
  record["ties"] = word_of(kTieWords, p.ties);
  record["counts"] = p.counts;
  record["population_at_risk"] = p.population_at_risk;
  record["n"] = p.cells;
  record["tested"] = p.tested;
  record["islands"] = p.islands;
  record["links"] = p.links;
  record["row_standardised"] = p.row_standardised;
  record["permutations"] = p.permutations;
  record["seed"] = p.seed;
  record["window"] = p.window;
  record["cautions"] = p.cautions;
  record["summary"] = describe(p);
  return record;
}

py::tuple find_hotspots(const Array<double>& values, const Array<double>& population, const SpatialWeights& w,
                        const py::dict& o, const py::object& progress) {
  HotspotOptions options;
  options.method = hotspot_method_named(o["method"].cast<std::string>());
  options.inference = value_of(kInferenceWords, o["inference"].cast<std::string>(), "inference");
  options.correction = value_of(kCorrectionWords, o["correction"].cast<std::string>(), "correction");
  options.tail = value_of(kTailWords, o["tail"].cast<std::string>(), "tail");
  options.alpha = o["alpha"].cast<double>();
  options.permutations = o["permutations"].cast<std::uint32_t>();
  options.seed = o["seed"].cast<std::uint64_t>();
  options.black_above = o["black_above"].cast<double>();
  options.threads = o["threads"].cast<unsigned>();
  options.window = o["window"].cast<std::string>();
  const auto found = call(progress, [&, value = span_of(values), people = span_of(population)] {
    return hotspots(value, people, w, options);
  });
  py::list classes;
  for (CellClass c : found.of_cell) classes.append(std::string(name_of(c)));
  return py::make_tuple(array_of(found.statistic), array_of(found.z), array_of(found.p), array_of(found.q), classes,
                        record_of(found.provenance));
}

py::dict global_moran(const Array<double>& values, const SpatialWeights& w) {
  const GlobalTest test = moran(span_of(values), w);
  py::dict out;
  out["value"] = test.value;
  out["expected"] = test.expected;
  out["variance"] = test.variance;
  out["z"] = test.z();
  out["p"] = test.p();
  return out;
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
  module.def("global_moran", &global_moran);
  module.def("suppressed", &suppressed);
}

}  // namespace gridloom::python
