// SPDX-License-Identifier: Apache-2.0
// What parameters mean, for people: one text for --help and for the page on the HTTP interface.
#pragma once

#include <string>
#include <vector>

#include "engine/base/text.h"

namespace gridloom {

struct ParameterText {
  std::string name;     // "mask_below"; on the command line --mask-below
  Text about;           // one line
  std::string example;  // a value; empty for a switch: yes or no, on the command line --name alone

  bool is_switch() const { return example.empty(); }
};
using ParameterTexts = std::vector<ParameterText>;

// What event_question reads.
ParameterTexts event_parameters(const std::string& prefix = "");

}  // namespace gridloom
