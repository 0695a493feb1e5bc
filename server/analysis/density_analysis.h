// SPDX-License-Identifier: Apache-2.0
// Densities of a city's incidents, asked in words: what `gridloom heatmap` and /api/heatmap share, so that both give
// the same answer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/progress.h"
#include "engine/base/text.h"
#include "engine/base/words.h"
#include "engine/density/bandwidth_choice.h"
#include "engine/density/heatmap.h"
#include "engine/density/relative_risk.h"
#include "engine/density/street_network.h"
#include "engine/events/covered_period.h"
#include "engine/io/results/feature_file.h"
#include "server/analysis/answer_file.h"
#include "server/analysis/event_choice.h"
#include "server/words/parameters.h"

namespace gridloom {

struct BandwidthQuestion {
  double metres = 500;                        // the kernel's radius, the Gaussian's standard deviation
  std::optional<BandwidthOptions> chosen_by;  // in place of metres
};

// What an event counts: 1, or by a word of it.
struct EventWeight {
  std::optional<EventField> field;
  std::map<std::string, double> of_word;  // others: 1. Empty: the words are numbers themselves
};

enum class Against { nothing, incidents, population };
template <>
inline constexpr auto kWords<Against> =
    words<Against>({{"incidents", Against::incidents}, {"population", Against::population}, {"", Against::nothing}});

// What of the density is wanted.
enum class DensityProduct { surface, contours, zones };

struct DensityRequest {
  EventChoice events;
  EventWeight weight;
  BandwidthQuestion bandwidth;
  DensityOptions surface;  // all but the bandwidth and threads
  double cell_m = 100;
  std::string window;  // as set_area; the raster covers its box. Empty: the city
  TimeUnit per = TimeUnit::whole;

  Against against = Against::nothing;
  EventChoice against_events;
  RiskOptions risk;  // of the denominator per km²; its mean is that over the city

  bool along_streets = false;
  NetworkOptions streets;  // all but the bandwidth
  double reach_m = 50;     // of an event to its street

  DensityProduct product = DensityProduct::surface;
  std::string zones = "grids";
  std::vector<double> levels;  // of contours; empty: about `classes` round ones
  std::size_t classes = 8;

  AnswerFormat format = AnswerFormat::json;
  Language language = Language::en;  // of the picture
  std::uint32_t width_px = 1400;     // of the picture
  std::optional<double> top;         // the picture's strongest colour; default: the highest value
};

// kernel; bandwidth = metres | scott | silverman | diggle | ppl | lscv with search = from,to, sample, seed; adaptive;
// exact; edge = none | uniform | diggle; cell; window; weight = severity | severity:high=3,low=1; per = day | week |
// month | year; against = incidents | population with floor, mask_below, logarithm; along = streets with split =
// continuous | discontinuous, piece, reach, least_share; contours = yes with levels or classes; zones; for pictures
// width, top. A CSV is of zones (grids where none are named), a GeoJSON or GeoPackage of contours unless zones are
// named, or of streets. Throws WrongParameter; also for a name that means nothing beside the others, and DataError as
// parse_question.
DensityRequest read_density_request(const EventQuestion&, const EventQuestion& against, const Parameters&, const City&,
                                    AnswerFormat, Language);

struct DensityAnswer {
  FeatureTable table;          // rows of contours, zones or streets; the record and the lattice always
  RasterGrid grid;             // without pixels along streets
  std::vector<double> values;  // of the pixels; NaN: outside the city, or nothing can be said
  Text unit;
  std::string method;
  std::string summary;  // one line
  std::string window;
  Text period;  // that the density is divided by; empty: it is of the whole time
  std::size_t events = 0;
  std::uint64_t batch = 0;  // AnalysisSource::batch
  double bandwidth_m = 0;
  double highest = 0, mean = 0;
  double coincident_share = 0;
  double length_km = 0;  // of the streets
  std::vector<Text> cautions;
};

// The same for any number of threads. Throws DataError; Cancelled when the progress, or a LoopWatch around, says so.
DensityAnswer analyse_density(const AnalysisSource&, const DensityRequest&, Progress&);

// O(bytes). The picture is density_picture's.
AnswerFile file_of(const DensityAnswer&, const DensityRequest&, const City&);

}  // namespace gridloom
