// SPDX-License-Identifier: Apache-2.0
// NumPy arrays to the engine's values and back. Whatever is copied in is checked here, so that no array from outside
// can make the engine read where nothing is.
#pragma once

#include <pybind11/numpy.h>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "engine/base/errors.h"
#include "engine/geometry/lattice.h"

namespace gridloom::python {

template <class T>
using Array = pybind11::array_t<T, pybind11::array::c_style | pybind11::array::forcecast>;

template <class T>
std::span<const T> span_of(const Array<T>& array) {
  return {array.data(), static_cast<std::size_t>(array.size())};
}

template <class T>
std::vector<T> vector_of(const Array<T>& array) {
  return {array.data(), array.data() + array.size()};
}

template <class Range>
auto array_of(const Range& values) {
  using T = typename Range::value_type;
  Array<T> array(static_cast<pybind11::ssize_t>(values.size()));
  std::copy(values.begin(), values.end(), array.mutable_data());
  return array;
}

// Metres of the working CRS to the lattice's millimetres. Throws DataError naming the first that is not finite or too
// far away.
inline std::vector<Point> points_of(const Lattice& lattice, std::span<const double> x, std::span<const double> y) {
  if (x.size() != y.size()) throw std::invalid_argument("x and y must have one length");
  std::vector<Point> points;
  points.reserve(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    try {
      points.push_back(lattice.round({x[i], y[i]}));
    } catch (const std::out_of_range&) {
      throw DataError("point_unusable", {{"point", i}, {"x", x[i]}, {"y", y[i]}});
    }
  }
  return points;
}

}  // namespace gridloom::python
