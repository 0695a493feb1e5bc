// SPDX-License-Identifier: Apache-2.0
// A proposed catalogue as the text of city.yaml.
#pragma once

#include <string>

#include "engine/base/text.h"
#include "engine/io/inspection/proposal.h"

namespace gridloom {

// YAML, with comments in the language that say why, what is doubted, and what was left out.
std::string catalogue_text(const Proposal&, Language);

}  // namespace gridloom
