// SPDX-License-Identifier: Apache-2.0
// Which files a city was made of: the lineage that a project carries.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/text.h"

namespace gridloom {

struct SourceFile {
  enum class Of { level, layer, population, linework, special, existing, gaps, incidents };
  Of of = Of::layer;
  std::string id;        // of the level or layer; else empty
  Text title;            // its title in the catalogue; may be empty
  std::string file;      // its name, without the folders of whoever fused
  std::string table;     // in a file of several; empty: its only one
  std::string modified;  // 2025-03-01T12:00:00Z; empty: unknown
  std::uint64_t bytes = 0;
};

struct Lineage {
  std::string catalogue;  // the file's name
  std::vector<SourceFile> sources;
};

}  // namespace gridloom
