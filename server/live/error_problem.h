// SPDX-License-Identifier: Apache-2.0
// What went wrong, as the one who asked is told it: the only place where errors become statuses and sentences.
#pragma once

#include <exception>

#include "engine/base/text.h"

namespace gridloom {

struct Problem {
  unsigned status = 500;      // of HTTP
  Text detail;                // at most kMostDetailBytes
  bool for_operator = false;  // not the question's fault: its cause is the operator's to know
};

// HttpError as it says; data and questions without meaning 400; Cancelled and no memory 503; all else 500.
Problem problem_of(const std::exception&);

}  // namespace gridloom
