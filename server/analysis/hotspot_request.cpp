// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "server/analysis/hotspot_analysis.h"

namespace gridloom {
namespace {

void read_method(const Parameters& parameters, HotspotRequest& request) {
  const std::string word = parameters.text("method");
  request.global = value_of<GlobalMethod>(word);
  if (request.global) return;
  request.population = word == "rate";
  if (word == "rate") {
    request.local.method = HotspotMethod::local_moran;
  } else if (!word.empty()) {
    const auto method = value_of<HotspotMethod>(word);
    if (!method)
      throw WrongParameter("'method' is '" + word + "'; it can be " + known_words<HotspotMethod>() +
                               ", rate, and for one number of all cells " + known_words<GlobalMethod>(),
                           "“method”为“" + word + "”；可取 " + known_words<HotspotMethod>() + ", rate；全局统计为 " +
                               known_words<GlobalMethod>());
    request.local.method = *method;
  }
}

bool counts_joins(const HotspotRequest& request) {
  return request.global == GlobalMethod::join_counts || request.local.method == HotspotMethod::local_join_count;
}

void read_test(const Parameters& parameters, HotspotRequest& request) {
  HotspotOptions& local = request.local;
  constexpr std::uint64_t kMostPermutations = 10'000'000;
  local.permutations =
      static_cast<std::uint32_t>(parameters.whole("permutations", request.global ? 999 : 0, 0, kMostPermutations));
  local.seed = parameters.whole("seed", 1, 0, UINT64_MAX);
  local.tail = parameters.word("alternative", Tail::two_sided);
  if (!parameters.text("ties").empty()) local.ties = parameters.word("ties", Ties::full);
  if (counts_joins(request)) local.black_above = parameters.number("black_above", 0, 0, 1e12);
  if (request.global) return;
  local.inference = parameters.word("inference", Inference::automatic);
  local.correction = parameters.word("correction", Correction::fdr);
  local.alpha = parameters.number("alpha", 0.05, 1e-9, 0.999999);
}

void read_sensitivity(const Parameters& parameters, HotspotRequest& request) {
  request.sensitivity = parameters.yes("sensitivity");
  if (!request.sensitivity) return;
  if (request.global || request.population)
    throw WrongParameter("'sensitivity' compares hot and cold cells of counts: take method gi_star or gi",
                         "“sensitivity”比较计数的热点与冷点：method 请取 gi_star 或 gi");
  if (parameters.given("cells") || parameters.given("weights") || parameters.given("suppress_under"))
    throw WrongParameter(
        "'sensitivity' cuts square cells of its own, with queen neighbours or bands of the bandwidths; leave "
        "out 'cells', 'weights' and 'suppress_under'",
        "“sensitivity”自行划分方格并确定邻接；请去掉“cells”“weights”“suppress_under”");
  if (const auto sizes = parameters.numbers("sizes", 10, 100'000); !sizes.empty()) request.runs.cell_sizes_m = sizes;
  request.runs.neighbours_within_m = parameters.numbers("bandwidths", 10, 300'000);
  request.runs.origins_per_axis = static_cast<std::uint32_t>(parameters.whole("origins", 2, 1, 8));
}

void check(const HotspotRequest& request) {
  const bool joins = counts_joins(request);
  if (request.population && (joins || request.global == GlobalMethod::getis_g))
    throw WrongParameter(
        "'population' makes standardised rates, which are negative too: join counts and getis_g have no "
        "meaning of them",
        "“population”得到标准化率，可为负值：连接计数与 getis_g 对其没有意义");
  if (request.weights.row_standardised && joins && request.global)
    throw WrongParameter("join counts count links: leave out 'row_standardised'",
                         "连接计数统计的是邻接对数：请去掉“row_standardised”");
}

}  // namespace

HotspotRequest read_hotspot_request(const EventQuestion& events, const Parameters& parameters, const City& city) {
  HotspotRequest request;
  request.events = chosen_by(events, city);
  read_method(parameters, request);
  if (parameters.given("population")) request.population = parameters.yes("population");
  if (request.population)
    request.local.least_population = parameters.number("least_population", kLeastPopulation, 0, 1e9);
  read_test(parameters, request);
  read_sensitivity(parameters, request);
  if (!request.sensitivity) {
    request.cells = read_cell_question(parameters);
    request.weights = read_weight_options(parameters);
    if (!request.global) request.suppress_under = parameters.whole("suppress_under", 0, 0, 1'000'000);
  }
  check(request);
  parameters.refuse_others();
  request.local.window = window_text(request.events);
  if (!request.events.everywhere()) request.local.window += ", whole cells";
  return request;
}

}  // namespace gridloom
