// SPDX-License-Identifier: Apache-2.0
// What analyses say to people, in both languages; records keep the English.
#pragma once

#include <string>

#include "engine/base/text.h"
#include "engine/density/coincidence.h"
#include "engine/statistics/hotspots.h"
#include "server/words/json_text.h"

namespace gridloom {

inline constexpr double kTellCoincidence = 0.1;  // share of the incidents
Text coincidence_caution();
// Of events that are told in full batches of so many (published_events.h): most of a short time, and of rare kinds, are
// in none.
Text public_caution(std::uint64_t batch);
Json json_of(const Coincidence&);

// Precondition: something was left out.
Text left_out_caution(const LeftOut&, double least_population);
Json json_of(const LeftOut&);

Text title_of(CellClass);

// A caution of the engine's (Provenance::cautions) or a class's name ("hot") with its Chinese; unknown texts stay as
// they are.
Text in_words(const std::string& english);

}  // namespace gridloom
