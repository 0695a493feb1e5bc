// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "engine/base/strings.h"
#include "server/analysis/density_analysis.h"

namespace gridloom {
namespace {

constexpr auto kAlong = words<bool>({{"streets", true}});
constexpr double kLeastMetres = 0.1, kMostMetres = 500'000, kMost = 1e15;
constexpr std::uint64_t kMostSample = 8000;  // whose pairs fill 256 MB

bool begins_with_digit(const std::string& text) { return text.find_first_of("+-.0123456789") == 0; }

void read_bandwidth(const Parameters& parameters, DensityRequest& request) {
  const std::string given = parameters.text("bandwidth");
  if (given.empty() || begins_with_digit(given)) {
    request.bandwidth.metres = parameters.number("bandwidth", 500, kLeastMetres, kMostMetres);
    return;
  }
  const auto rule = value_of<BandwidthRule>(given);
  if (!rule)
    throw WrongParameter("'bandwidth' is '" + given + "'; it can be metres or " + known_words<BandwidthRule>(),
                         "“bandwidth”为“" + given + "”；可取米数或 " + known_words<BandwidthRule>());
  BandwidthOptions& options = request.bandwidth.chosen_by.emplace();
  options.rule = *rule;
  if (!searches(options.rule)) return;
  if (const auto range = parameters.numbers("search", kLeastMetres, kMostMetres); !range.empty()) {
    if (range.size() != 2 || !(range[0] < range[1]))
      throw WrongParameter("'search' must be two numbers of metres, the smaller first, such as 50,2000",
                           "“search”应为由小到大的两个米数，如 50,2000");
    options.search.from_m = range[0];
    options.search.to_m = range[1];
  }
  options.sample = parameters.whole("sample", options.sample, 10, kMostSample);
  options.seed = parameters.whole("seed", options.seed, 0, UINT64_MAX);
}

[[noreturn]] void refuse_weight(const std::string& given) {
  throw WrongParameter("'weight' is '" + given + "'; write a field of " + known_words<EventField>() +
                           " whose words are numbers, or say what its words count, such as severity:high=3,low=1",
                       "“weight”为“" + given + "”；请写取值为数的字段（" + known_words<EventField>() +
                           "），或给出各取值的权重，如 severity:high=3,low=1");
}

double positive_or_zero(std::string_view text, const std::string& given) {
  const auto value = number_of<double>(text);
  if (!value || !(*value >= 0 && *value <= 1e6)) refuse_weight(given);
  return *value;
}

void read_weight(const Parameters& parameters, DensityRequest& request) {
  const std::string given = parameters.text("weight");
  if (given.empty()) return;
  const std::size_t colon = std::min(given.find(':'), given.size());
  request.weight.field = value_of<EventField>(given.substr(0, colon));
  if (!request.weight.field) refuse_weight(given);
  for (std::size_t at = colon; at < given.size();) {
    const std::size_t end = std::min(given.find(',', at + 1), given.size());
    const std::string pair = given.substr(at + 1, end - at - 1);
    const std::size_t equals = pair.rfind('=');
    if (equals == pair.npos || equals == 0) refuse_weight(given);
    request.weight.of_word[pair.substr(0, equals)] = positive_or_zero(std::string_view(pair).substr(equals + 1), given);
    at = end;
  }
}

void read_surface(const Parameters& parameters, DensityRequest& request) {
  DensityOptions& surface = request.surface;
  surface.edge = parameters.word("edge", EdgeCorrection::none);
  surface.adaptive = parameters.yes("adaptive");
  if (surface.kernel == Kernel::gaussian) surface.exact = parameters.yes("exact");
  request.cell_m = parameters.number("cell", 100, kLeastMetres, kMostMetres);
  request.window = parameters.text("window");
  if (surface.adaptive && surface.edge != EdgeCorrection::none)
    throw WrongParameter("'edge' corrects for one bandwidth, adaptive ones differ: leave out 'edge' or 'adaptive'",
                         "“edge”只对单一带宽有意义，自适应带宽各不相同：请去掉“edge”或“adaptive”");
}

void read_streets(const Parameters& parameters, DensityRequest& request) {
  request.streets.kernel = request.surface.kernel;
  if (request.surface.kernel == Kernel::gaussian)
    throw WrongParameter(
        "the gaussian kernel has no end; along streets take quartic, triweight, epanechnikov or uniform",
        "gaussian 核没有边界；沿街道请用 quartic、triweight、epanechnikov 或 uniform");
  request.streets.split = parameters.word("split", EqualSplit::continuous);
  request.streets.piece_m = parameters.number("piece", 50, 1, 10'000);
  request.streets.least_share = parameters.number("least_share", kLeastShare, 0, 0.5);
  request.reach_m = parameters.number("reach", 50, 0, 100'000);
}

void read_against(const EventQuestion& against, const Parameters& parameters, const City& city,
                  DensityRequest& request) {
  const bool chosen = !(against == EventQuestion{});
  request.against = parameters.word("against", chosen ? Against::incidents : Against::nothing);
  if (request.against == Against::population && chosen)
    throw WrongParameter("'against' is population: leave out the against_ filters of incidents",
                         "“against”为 population：请去掉以 against_ 开头的事件筛选");
  if (request.against == Against::nothing) return;
  request.against_events = chosen_by(against, city);
  request.risk.floor = parameters.number("floor", 0, kMost);
  request.risk.mask_below = parameters.number("mask_below", 0, kMost);
  request.risk.logarithm = parameters.yes("logarithm");
  if (request.surface.adaptive)
    throw WrongParameter("a ratio needs the same bandwidth above and below: leave out 'adaptive' or 'against'",
                         "比值上下须用同一带宽：请去掉“adaptive”或“against”");
}

void refuse_format(const std::string& why, const std::string& why_zh) { throw WrongParameter(why, why_zh); }

void read_product(const Parameters& parameters, DensityRequest& request) {
  const AnswerFormat format = request.format;
  const bool features = format == AnswerFormat::geojson || format == AnswerFormat::gpkg;
  const bool raster = format == AnswerFormat::tif;
  if (request.along_streets) {
    if (raster)
      refuse_format("along streets there is no raster: take geojson, gpkg, csv, png or json",
                    "沿街道的密度没有栅格：请用 geojson、gpkg、csv、png 或 json");
  } else if (features || format == AnswerFormat::csv) {
    const bool lines = features && parameters.yes("contours");
    if (lines && parameters.given("zones"))
      refuse_format("'contours' and 'zones' are two answers: ask for one", "“contours”与“zones”请只取其一");
    if (lines || (features && !parameters.given("zones"))) {
      request.product = DensityProduct::contours;
      request.levels = parameters.numbers("levels", -kMost, kMost);
      if (request.levels.empty()) request.classes = parameters.whole("classes", 8, 1, 100);
    } else {
      request.product = DensityProduct::zones;
      if (const std::string zones = parameters.text("zones"); !zones.empty()) request.zones = zones;
    }
  }
  if (format == AnswerFormat::png) {
    request.width_px = static_cast<std::uint32_t>(parameters.whole("width", 1400, 400, 6000));
    request.top = parameters.number("top", 1e-12, kMost);
  }
}

}  // namespace

DensityRequest read_density_request(const EventQuestion& events, const EventQuestion& against,
                                    const Parameters& parameters, const City& city, AnswerFormat format,
                                    Language language) {
  DensityRequest request;
  request.format = format;
  request.language = language;
  request.events = chosen_by(events, city);
  request.surface.kernel = parameters.word("kernel", Kernel::quartic);
  read_bandwidth(parameters, request);
  read_weight(parameters, request);
  request.per = parameters.word("per", TimeUnit::whole);
  request.along_streets = parameters.word("along", false, kAlong);
  if (request.along_streets) {
    read_streets(parameters, request);
  } else {
    read_surface(parameters, request);
    read_against(against, parameters, city, request);
  }
  if (request.against == Against::incidents && request.per != TimeUnit::whole)
    throw WrongParameter("incidents against incidents have no unit of time: leave out 'per'",
                         "事件对事件的比值没有时间单位：请去掉“per”");
  read_product(parameters, request);
  parameters.refuse_others();
  return request;
}

}  // namespace gridloom
