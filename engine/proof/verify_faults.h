// SPDX-License-Identifier: Apache-2.0
// What the recounts of a city have in common. Private to verify_city.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/arrangement/labeling.h"
#include "engine/arrangement/verify.h"
#include "engine/city/city.h"

namespace gridloom {

// Two ways of adding up the same numbers agree to 1e-9.
inline bool same_number(double a, double b) {
  return std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)});
}

// Of each child cell's ground by parent cell, all but the largest part.
inline double ground_outside_parents(const std::map<Label, std::map<Label, double>>& common) {
  double outside = 0;
  for (const auto& [cell, parents] : common) {
    double most = 0, sum = 0;
    for (const auto& [label, ground] : parents) {
      most = std::max(most, ground);
      sum += ground;
    }
    outside += sum - most;
  }
  return outside;
}

inline std::string layer_text(const City& city, std::int32_t layer) {
  return layer < 0 ? "*" : city.layers[static_cast<std::size_t>(layer)].id;
}

// "raw, beats, contradiction, police".
inline std::string row_text(const City& city, const QualityRow& row) {
  std::string text = std::string(word_of(row.stage)) + ", " + layer_text(city, row.layer) + ", ";
  text += word_of(row.metric);
  return row.other_layer < 0 ? text : text + ", " + layer_text(city, row.other_layer);
}

// Faults up to a limit. `row` is a place in the project file: table, row, column.
class FaultList {
 public:
  explicit FaultList(std::size_t limit) : limit_(limit) {}

  void add(const char* kind, Reason what, Point at = {}) {
    if (faults_.size() < limit_) faults_.push_back({kind, at, std::move(what)});
  }
  template <class Value>  // a number or a word
  void differs(const char* kind, const std::string& row, const Value& said, const Value& counted, Point at = {}) {
    add(kind, {"recorded_differs", {{"recorded", said}, {"counted", counted}}, {row}}, at);
  }
  void expect_same(const char* kind, const std::string& row, double said, double counted) {
    if (!same_number(said, counted)) differs(kind, row, said, counted);
  }
  // Where what is stored leaves open which of the two it is, or anything between.
  void expect_between(const char* kind, const std::string& row, double said, double least, double most) {
    if (said < least && !same_number(said, least))
      add(kind, {"recorded_too_small", {{"recorded", said}, {"least", least}}, {row}});
    if (said > most && !same_number(said, most))
      add(kind, {"recorded_too_large", {{"recorded", said}, {"most", most}}, {row}});
  }
  void take(std::vector<Fault> more) {
    for (Fault& f : more) add(f.kind.c_str(), std::move(f.what), f.at);
  }

  std::vector<Fault> release() { return std::move(faults_); }

 private:
  std::size_t limit_;
  std::vector<Fault> faults_;
};

}  // namespace gridloom
