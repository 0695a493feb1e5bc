// SPDX-License-Identifier: Apache-2.0
// Long work reports to a Progress and asks it whether to go on; programs decide how to show it.
#pragma once

#include <string_view>

namespace gridloom {

class Progress {
 public:
  virtual ~Progress() = default;
  // A stage begins; `share` in [0, 1] is how much of the whole lies behind.
  virtual void stage(std::string_view name, double share) = 0;
  virtual bool cancelled() const { return false; }
};

class SilentProgress final : public Progress {
 public:
  void stage(std::string_view, double) override {}
};

}  // namespace gridloom
