// SPDX-License-Identifier: Apache-2.0
#include "call.h"

#include <chrono>
#include <exception>
#include <future>

#include "engine/base/loop_watch.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{100};

void look_around(const LoopWatch& watch, const py::object& progress) {
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  if (progress.is_none()) return;
  const auto tasks = static_cast<double>(watch.tasks.load());
  progress(tasks > 0 ? static_cast<double>(watch.done.load()) / tasks : 0.0);
}

}  // namespace

void run_interruptibly(const std::function<void()>& work, const py::object& progress) {
  LoopWatch watch;
  auto running = [&] {
    const py::gil_scoped_release unlocked;
    return std::async(std::launch::async, [&] {
      const WatchScope scope(&watch);
      work();
    });
  }();
  const auto done_within = [&](std::chrono::milliseconds time) {
    const py::gil_scoped_release unlocked;
    return running.wait_for(time) == std::future_status::ready;
  };
  try {
    while (!done_within(kBetweenLooks)) look_around(watch, progress);
    if (!progress.is_none()) progress(1.0);
  } catch (...) {
    watch.stop = true;
    const py::gil_scoped_release unlocked;
    running.wait();
    throw;
  }
  running.get();
}

}  // namespace gridloom::python
