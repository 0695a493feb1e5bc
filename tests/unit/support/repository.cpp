// SPDX-License-Identifier: Apache-2.0
#include "support/repository.h"

namespace gridloom {

// The one file that is compiled anew where the sources lie elsewhere.
std::filesystem::path repository() { return GRIDLOOM_SOURCE_DIR; }

}  // namespace gridloom
