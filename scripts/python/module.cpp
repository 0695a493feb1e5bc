// SPDX-License-Identifier: Apache-2.0
// gridloom._gridloom: the engine for the Python package. Arrays in, arrays out; frames, checks of CRS and
// documentation are in the package.
#include "bindings.h"
#include "engine/base/errors.h"

PYBIND11_MODULE(_gridloom, module) {
  pybind11::register_exception<gridloom::DataError>(module, "DataError", PyExc_ValueError).attr("__doc__") =
      "Data or arguments that cannot be worked with; the message says what, where and what to do.";
  gridloom::python::bind_cells(module);
  gridloom::python::bind_city(module);
  gridloom::python::bind_density(module);
  gridloom::python::bind_bandwidths(module);
  gridloom::python::bind_surfaces(module);
  gridloom::python::bind_streets(module);
  gridloom::python::bind_weights(module);
  gridloom::python::bind_statistics(module);
  gridloom::python::bind_sensitivity(module);
}
