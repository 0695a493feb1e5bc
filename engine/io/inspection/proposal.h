// SPDX-License-Identifier: Apache-2.0
// A catalogue made from what lies in files: what each table probably is, and why.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/progress.h"
#include "engine/io/catalogue/catalogue.h"

namespace gridloom {

struct ProposalAsked {
  std::vector<std::filesystem::path> files;  // or folders
  std::filesystem::path folder;              // where the catalogue will lie
  std::string id;                            // of the city; empty: from the folder's name
  std::string crs;                           // empty: what most files are in, else the zone around them
};

struct Proposal {
  struct LeftOut {
    std::string what;
    Reason why;
  };
  Catalogue catalogue;                          // what it says is what a catalogue would say
  std::map<std::string, std::string> subjects;  // "layers[0]" -> a word such as "police" (name_hints.h)
  std::map<std::string, std::vector<Reason>>
      remarks;                    // "crs", "layers[0]", "layers[0].key" -> why, and what is doubted
  std::vector<LeftOut> left_out;  // what the catalogue does not name
};

// Roles by evidence: areas that carry people are the population (the finest such), areas whose name is that of an
// administrative level, and that nest, are the levels, all other areas are layers; lines are linework; the table with
// places and times is the incidents, other points are facilities. Keys by uniqueness, then by what their name suggests;
// parents where a column names them and the ground agrees. A table that says no CRS gets what its coordinates show.
// Throws DataError where nothing can be made of the files: no areas, or no CRS to be told. As long as reading the files
// and laying them over one another takes. Throws Cancelled.
Proposal propose_catalogue(const ProposalAsked&, unsigned threads, Progress&);

}  // namespace gridloom
