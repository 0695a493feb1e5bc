// SPDX-License-Identifier: Apache-2.0
// gridloom._gridloom: the engine for the Python package. Arrays in, arrays out; frames, checks of CRS and
// documentation are in the package.
#include "bindings.h"
#include "server/words/error_text.h"

namespace {

// With its English sentence; gridloom::DataError of the module, a ValueError.
void register_data_error(pybind11::module_& module) {
  static PyObject* type = nullptr;  // lives as long as Python does
  type = pybind11::exception<gridloom::DataError>(module, "DataError", PyExc_ValueError).release().ptr();
  pybind11::handle(type).attr("__doc__") =
      "Data or arguments that cannot be worked with; the message says what, where and what to do.";
  pybind11::register_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const gridloom::DataError& error) {
      PyErr_SetString(type, gridloom::text_of(error).en.c_str());
    }
  });
}

}  // namespace

PYBIND11_MODULE(_gridloom, module) {
  module.attr("VERSION") = GRIDLOOM_VERSION;
  register_data_error(module);
  gridloom::python::bind_cells(module);
  gridloom::python::bind_city(module);
  gridloom::python::bind_counts(module);
  gridloom::python::bind_density(module);
  gridloom::python::bind_bandwidths(module);
  gridloom::python::bind_surfaces(module);
  gridloom::python::bind_streets(module);
  gridloom::python::bind_weights(module);
  gridloom::python::bind_statistics(module);
  gridloom::python::bind_sensitivity(module);
  gridloom::python::bind_pictures(module);
}
