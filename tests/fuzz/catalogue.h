// SPDX-License-Identifier: Apache-2.0
// Any bytes as a city.yaml: read, or refused by a DataError that names the file in legible text.
#pragma once

#include <fstream>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/catalogue/catalogue.h"
#include "fuzz/bytes.h"
#include "server/words/error_text.h"

namespace gridloom::fuzz {

// With the files that the inputs name.
inline const std::filesystem::path& catalogue_folder() {
  static const std::filesystem::path folder = [] {
    const std::filesystem::path path = scratch_folder() / "catalogue";
    std::filesystem::create_directories(path);
    for (const char* name : {"a", "a.csv", "a.geojson"}) std::ofstream(path / name) << "a,code\n";
    return path;
  }();
  return folder;
}

inline std::string check_catalogue(Bytes data) {
  const std::filesystem::path file = catalogue_folder() / "city.yaml";
  std::ofstream(file, std::ios::binary) << chars_of(data);
  try {
    const Catalogue read = read_catalogue(file);
    return read.id.empty() || read.levels.empty() || read.layers.empty() ? "a city without a name or layers" : "";
  } catch (const DataError& error) {
    for (const auto& [language, told] : {std::pair("English", text_of(error).en), {"Chinese", text_of(error).zh}}) {
      if (told.find(file.string()) == told.npos) return std::string(language) + " without the file: " + told;
      if (!is_utf8(told)) return std::string(language) + " that is no text";
    }
    return {};
  }
}

}  // namespace gridloom::fuzz
