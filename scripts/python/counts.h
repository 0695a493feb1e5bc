// SPDX-License-Identifier: Apache-2.0
// Tables of counts to Python.
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <vector>

#include "engine/events/period_counts.h"

namespace gridloom::python {

// "columns": for each column asked for its texts and their index by row (-1: none), of the cells `ids`; "count".
pybind11::dict counted_columns(const CountTable&, const CountOptions&, const std::vector<std::string>& ids);

}  // namespace gridloom::python
