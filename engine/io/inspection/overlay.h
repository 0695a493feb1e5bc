// SPDX-License-Identifier: Apache-2.0
// How tables of areas lie over one another: all of their lines cut the ground into faces, as in a fusion. Private to
// engine/io.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "engine/arrangement/build.h"
#include "engine/io/inspection/table_facts.h"

namespace gridloom {

// Of the cells (features) of one table in those of another.
struct Overlap {
  double covered = 0;               // share of its ground that the other has cells on
  double nested = 0;                // share of that ground which lies, cell by cell, in the other's cell that has most
  std::vector<std::size_t> best{};  // that cell; SIZE_MAX where there is none
};

class Overlay {
 public:
  // The tables' crs must be known. Features far from the origin are left out. As long as `build` takes.
  Overlay(const std::vector<const InspectedTable*>&, const std::string& working_crs, unsigned threads);

  // By index in the tables given.
  double ground(std::size_t table) const { return ground_[table]; }            // m2, once where cells overlap
  double overlapping(std::size_t table) const { return overlapping_[table]; }  // share with several cells
  Overlap overlap(std::size_t of, std::size_t in) const;                       // O(faces)
  Extent extent(std::size_t table) const { return extents_[table]; }           // in the working CRS

 private:
  Subdivision subdivision_;
  std::vector<double> area_;  // by face, m2
  std::vector<std::size_t> cells_;
  std::vector<double> ground_, overlapping_;
  std::vector<Extent> extents_;
};

}  // namespace gridloom
