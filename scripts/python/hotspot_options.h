// SPDX-License-Identifier: Apache-2.0
// Options of hot spot runs from Python, and their records to Python.
#pragma once

#include <pybind11/pybind11.h>

#include "engine/statistics/hotspots.h"

namespace gridloom::python {

// Throws DataError for words that mean nothing, naming those that do.
HotspotOptions hotspot_options(const pybind11::dict&);
pybind11::dict record_of(const Provenance&);

}  // namespace gridloom::python
