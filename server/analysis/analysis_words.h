// SPDX-License-Identifier: Apache-2.0
// What analyses say to people, in both languages; records keep the English.
#pragma once

#include <string>

#include "engine/base/text.h"
#include "engine/density/coincidence.h"
#include "engine/statistics/hotspots.h"
#include "server/words/json_text.h"
#include "server/words/statistics_text.h"

namespace gridloom {

inline constexpr double kTellCoincidence = 0.1;  // share of the incidents
Text coincidence_caution();
// Of events that are told in full batches of so many (published_events.h): most of a short time, and of rare kinds, are
// in none.
Text public_caution(std::uint64_t batch);
Json json_of(const Coincidence&);

Json json_of(const LeftOut&);

// The name of a class ("hot") or a statistic with its Chinese; others stay as they are.
Text name_in_words(const std::string& english);

}  // namespace gridloom
