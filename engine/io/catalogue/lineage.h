// SPDX-License-Identifier: Apache-2.0
// The files that a catalogue names, as they lie there now.
#pragma once

#include <filesystem>

#include "engine/io/catalogue/catalogue.h"
#include "engine/io/source_file.h"

namespace gridloom {

// In the catalogue's order. Reads no file, asks for sizes and dates alone; what is not there has none.
Lineage lineage_of(const Catalogue&, const std::filesystem::path& catalogue);

}  // namespace gridloom
