// SPDX-License-Identifier: Apache-2.0
#include "server/words/error_table.h"

namespace gridloom {
namespace {

constexpr ErrorRow kRows[] = {};

}  // namespace

std::span<const ErrorRow> errors_of_engine() { return kRows; }

}  // namespace gridloom
