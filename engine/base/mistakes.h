// SPDX-License-Identifier: Apache-2.0
// What is wrong, gathered step by step so that all of it can be told at once.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/errors.h"

namespace gridloom {

// Not to be shared between threads: each gathers its own, and they are joined in a fixed order.
class Mistakes {
 public:
  // Of a code and place so many are told one by one; then how many more there are.
  static constexpr std::size_t kMostAlike = 10;

  // What is there already is not added again.
  void add(Reason);
  void add(const DataError&);  // with all that it holds
  void add(const Mistakes&);

  // Runs a step. False where it threw DataError, which is added; anything else goes through.
  template <class Step>
  bool attempt(Step step) {
    try {
      step();
      return true;
    } catch (const DataError& error) {
      add(error);
      return false;
    }
  }

  bool empty() const { return told_.empty(); }
  std::size_t size() const { return told_.size(); }  // of those told one by one
  std::vector<Reason> list() const;                  // in the order in which they were added
  void raise() const;  // throws DataError for one, DataErrors for several; nothing where there is none

 private:
  struct Alike {
    std::size_t count = 0;  // of what was added
    std::size_t last = 0;   // index in told_
  };
  std::vector<Reason> told_;
  std::map<std::string, Alike> alike_;          // by code and place
  std::map<std::string, std::size_t> known_{};  // plain text -> index in told_
};

}  // namespace gridloom
