// SPDX-License-Identifier: Apache-2.0
// Long calls from Python: without the interpreter's lock, with progress, stopped by Ctrl-C.
#pragma once

#include <pybind11/pybind11.h>

#include <functional>
#include <type_traits>

namespace gridloom::python {

// Runs `work` on a thread of its own without the interpreter's lock (so it must not touch Python objects) and waits.
// About ten times a second signal handlers run and `progress(share)`, unless it is None, is called with how much of the
// running step is done, in [0, 1]. When either raises, parallel loops of the engine stop at their next task; the call
// returns when they have, with that exception. What `work` throws is thrown here.
void run_interruptibly(const std::function<void()>& work, const pybind11::object& progress);

template <class Work>
auto call(const pybind11::object& progress, Work&& work) {
  std::invoke_result_t<Work> result{};
  run_interruptibly([&] { result = work(); }, progress);
  return result;
}

}  // namespace gridloom::python
