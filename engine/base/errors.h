// SPDX-License-Identifier: Apache-2.0
// What ends work before it is done.
#pragma once

#include <stdexcept>

namespace gridloom {

// Bad data or a bad catalogue: the message names file, layer, feature, field, and what to do.
class DataError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Cancelled : public std::runtime_error {
 public:
  Cancelled() : std::runtime_error("cancelled") {}
};

}  // namespace gridloom
