// SPDX-License-Identifier: Apache-2.0
// What a density is of: the events and what each counts, the time they are divided by, and the bandwidth.
#pragma once

#include <string>
#include <vector>

#include "engine/density/population_points.h"
#include "server/analysis/density_analysis.h"
#include "server/words/json_text.h"

namespace gridloom {

struct DensityPeriod {
  double units = 1;  // that the window is long
  Text text;         // "6.08 years, 2010-01-01 until before 2016-01-31"; empty: the density is of the whole time
  Json record;       // null: as above
};

struct DensitySubject {
  WeightedPoints events;
  DensityPeriod period;
  double bandwidth_m = 0;
  Json bandwidth;  // how it came about
};

// With what the reader must know in `cautions`. Throws DataError where no incident passes, words that no incident has,
// and WrongParameter for a period that cannot be told.
DensitySubject density_subject(const AnalysisSource&, const DensityRequest&, std::vector<Text>& cautions, Progress&);

// Of the events that pass a choice, by the request's weights. Throws as density_subject.
WeightedPoints weighted_events(const AnalysisSource&, const EventChoice&, const EventWeight&);

Json json_of(const EventWeight&, double sum);
Text name_of_unit(TimeUnit);  // "year", empty for the whole

double city_km2(const City&);

}  // namespace gridloom
