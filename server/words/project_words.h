// SPDX-License-Identifier: Apache-2.0
// The words that a project file carries for the people who open it with other software.
#pragma once

#include "engine/io/project/project_words.h"

namespace gridloom {

// Notes of conflicts, and what tables, columns and their values mean.
const ProjectWords& project_words();

}  // namespace gridloom
