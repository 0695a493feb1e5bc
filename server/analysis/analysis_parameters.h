// SPDX-License-Identifier: Apache-2.0
// What the parameters of analyses mean; read_density_request and read_hotspot_request read them.
#pragma once

#include "server/words/parameter_text.h"

namespace gridloom {

// Of a density, but for the incidents it is of: how it is smoothed; divided by another; along streets; what of it is
// told.
ParameterTexts surface_parameters();
ParameterTexts ratio_parameters();
ParameterTexts street_parameters();
ParameterTexts product_parameters();

ParameterTexts hotspot_parameters();

}  // namespace gridloom
