// SPDX-License-Identifier: Apache-2.0
// The parts of the extension module; module.cpp puts them together.
#pragma once

#include <pybind11/pybind11.h>

namespace gridloom::python {

void bind_cells(pybind11::module_&);
void bind_city(pybind11::module_&);
void bind_counts(pybind11::module_&);
void bind_density(pybind11::module_&);
void bind_bandwidths(pybind11::module_&);
void bind_surfaces(pybind11::module_&);
void bind_streets(pybind11::module_&);
void bind_weights(pybind11::module_&);
void bind_statistics(pybind11::module_&);
void bind_sensitivity(pybind11::module_&);
void bind_pictures(pybind11::module_&);

}  // namespace gridloom::python
