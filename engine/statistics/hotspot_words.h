// SPDX-License-Identifier: Apache-2.0
// The words of tests, for questions and for records.
#pragma once

#include <map>
#include <string>

#include "engine/statistics/hotspots.h"

namespace gridloom {

inline const std::map<std::string, Inference> kInferenceWords{{"automatic", Inference::automatic},
                                                              {"analytic", Inference::analytic},
                                                              {"permutation", Inference::permutation},
                                                              {"exact", Inference::exact}};
inline const std::map<std::string, Correction> kCorrectionWords{
    {"fdr", Correction::fdr}, {"bonferroni", Correction::bonferroni}, {"none", Correction::none}};
inline const std::map<std::string, Tail> kTailWords{
    {"two-sided", Tail::two_sided}, {"greater", Tail::greater}, {"less", Tail::less}};
inline const std::map<std::string, Ties> kTieWords{{"full", Ties::full}, {"mid-p", Ties::mid_p}};

}  // namespace gridloom
