// SPDX-License-Identifier: Apache-2.0
// The toy city as analyses take it.
#pragma once

#include <functional>
#include <utility>

#include <gtest/gtest.h>

#include "server/analysis/density_analysis.h"
#include "server/analysis/hotspot_analysis.h"
#include "server/words/error_text.h"
#include "support/toy_city.h"

namespace gridloom::toy {

struct Source {
  City city = toy::city();
  PointLocator locator{city.arrangement};
  EventStore events = EventStore().appended(city.events, city.face_of_event);
  AnalysisSource source{city, locator, events};

  DensityRequest density_request(Parameters::Pairs pairs, AnswerFormat format = AnswerFormat::json,
                                 const EventQuestion& which = {}, const EventQuestion& against = {}) const {
    return read_density_request(which, against, Parameters(std::move(pairs)), city, format, Language::en);
  }
  DensityAnswer density(Parameters::Pairs pairs, AnswerFormat format = AnswerFormat::json,
                        const EventQuestion& which = {}, const EventQuestion& against = {}) const {
    SilentProgress progress;
    return analyse_density(source, density_request(std::move(pairs), format, which, against), progress);
  }
  HotspotAnswer hotspots(const Parameters::Pairs& pairs, const EventQuestion& which = {}) const {
    SilentProgress progress;
    return analyse_hotspots(source, read_hotspot_request(which, Parameters(pairs), city), progress);
  }
};

// Somebody who has lost patience.
struct Cancelling : Progress {
  void stage(std::string_view, double) override {}
  bool cancelled() const override { return true; }
};

// What a call is refused with, in both languages.
inline Text refused(const std::function<void()>& call) {
  try {
    call();
  } catch (const WrongParameter& error) {
    const Text told = text_of(error);
    EXPECT_NE(told.en, told.zh);
    return told;
  }
  ADD_FAILURE() << "was taken";
  return {};
}

}  // namespace gridloom::toy
