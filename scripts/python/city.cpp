// SPDX-License-Identifier: Apache-2.0
// A project file in memory: its incidents, bulk location.
#include <pybind11/stl.h>

#include <memory>
#include <string>
#include <vector>

#include "arrays.h"
#include "bindings.h"
#include "call.h"
#include "counts.h"
#include "engine/arrangement/locate.h"
#include "engine/base/parallel.h"
#include "engine/density/population_points.h"
#include "engine/events/local_time.h"
#include "engine/io/crs.h"
#include "engine/io/map_scale.h"
#include "engine/io/project/event_log.h"
#include "engine/io/project/project_file.h"
#include "engine/statistics/incident_counts.h"
#include "engine/zoning/duty.h"
#include "rasters.h"
#include "server/words/event_query.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

struct OpenCity {
  LogPosition position;  // noted before the rest is read
  City city;
  PointLocator locator;
  explicit OpenCity(const std::string& path)
      : position(log_position(path)), city(read_project(path)), locator(city.arrangement) {}
};

// What happened to the project file since it was read.
const char* change_of(const OpenCity& open) {
  const LogPosition now = log_position(open.position.project);
  if (!(now.file == open.position.file) || now.id != open.position.id) return "replaced";
  return now.seq == open.position.seq ? "" : "incidents";
}

// Columns of the answer; -1: outside, or vacant.
struct Located {
  std::vector<std::int32_t> atom, grid;
  std::vector<std::uint8_t> on_boundary;
  std::vector<std::vector<std::int32_t>> admin, responsible, here;  // per level, per layer

  Located(const City& city, std::size_t n) : atom(n, -1), grid(n, -1), on_boundary(n, 0) {
    admin.assign(city.admin.size(), std::vector<std::int32_t>(n, -1));
    responsible.assign(city.layers.size(), std::vector<std::int32_t>(n, -1));
    here = responsible;
  }
};

void locate_one(const OpenCity& open, Projected at, std::size_t row, Located& out) {
  Point point;
  try {
    point = open.city.arrangement.lattice.round(at);
  } catch (const std::out_of_range&) {
    return;  // not finite or far away: outside the city
  }
  const auto duty = locate_duty(open.city, open.locator, point);
  if (!duty) return;
  out.atom[row] = static_cast<std::int32_t>(duty->atom);
  out.grid[row] = static_cast<std::int32_t>(duty->grid);
  out.on_boundary[row] = duty->on_boundary;
  for (std::size_t level = 0; level < duty->admin.size(); ++level) out.admin[level][row] = duty->admin[level];
  for (std::size_t layer = 0; layer < duty->layers.size(); ++layer) {
    out.responsible[layer][row] = duty->layers[layer].responsible;
    if (!duty->layers[layer].here.empty()) out.here[layer][row] = duty->layers[layer].here.front();
  }
}

Located locate(const OpenCity& open, std::vector<double> x, std::vector<double> y, const std::string& crs,
               unsigned threads) {
  PositionReader(crs, open.city.arrangement.lattice.crs).read(x, y);
  Located out(open.city, x.size());
  parallel_blocks(x.size(), 1024, threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) locate_one(open, {x[i], y[i]}, i, out);
  });
  return out;
}

py::dict columns_of(const Located& located) {
  py::dict columns;
  columns["atom"] = array_of(located.atom);
  columns["grid"] = array_of(located.grid);
  columns["on_boundary"] = array_of(located.on_boundary);
  py::list admin, responsible, here;
  for (const auto& column : located.admin) admin.append(array_of(column));
  for (const auto& column : located.responsible) responsible.append(array_of(column));
  for (const auto& column : located.here) here.append(array_of(column));
  columns["admin"] = admin;
  columns["responsible"] = responsible;
  columns["here"] = here;
  return columns;
}

template <class Items, class Name>
std::vector<std::string> names_of(const Items& items, Name&& name) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(name(item));
  return names;
}

// Seconds as LocalTime has them, and whether there is a clock.
py::tuple times_of(const std::vector<LocalTime>& times) {
  std::vector<std::int64_t> seconds;
  std::vector<std::uint8_t> clock;
  for (const LocalTime& time : times) {
    seconds.push_back(time.seconds);
    clock.push_back(time.has_clock);
  }
  return py::make_tuple(array_of(seconds), array_of(clock));
}

// As in URLs: from, to, hours, weekdays, area; the texts as lists.
EventQuestion question_of(const py::dict& asked) {
  EventQuestion q;
  for (const auto& [key, to] : kAskedOnce)
    if (asked.contains(py::str(key))) q.*to = asked[py::str(key)].cast<std::string>();
  for (const auto& [field, to] : kAskedTexts<EventQuestion>)
    if (const py::str key(word_of(field)); asked.contains(key)) q.*to = asked[key].cast<std::vector<std::string>>();
  return q;
}

template <class T>
std::vector<T> taken(const std::vector<T>& values, const std::vector<std::uint32_t>& rows) {
  std::vector<T> some;
  some.reserve(rows.size());
  for (const std::uint32_t row : rows) some.push_back(values[row]);
  return some;
}

// The incidents that pass, corrected and later ones merged. A text column is its different texts and their index by
// row; grid and atom are -1 outside the city.
py::dict events_of(const OpenCity& open, const py::dict& asked) {
  const EventTable& events = open.city.events;
  const EventFilter filter = parse_question(question_of(asked), open.city);
  const auto rows = select_events(events, filter, open.city.face_of_event);
  py::dict columns;
  columns["id"] = taken(events.id, rows);
  columns["occurred_at"] = times_of(taken(events.occurred_at, rows));
  columns["closed_at"] = times_of(taken(events.closed_at, rows));
  for (const auto& [word, field] : kWords<EventField>)
    columns[py::str(word)] = py::make_tuple(events[field].values, array_of(taken(events[field].of_row, rows)));
  std::vector<double> x, y;
  std::vector<std::int32_t> grid, atom;
  for (const std::uint32_t e : rows) {
    const Projected at = open.city.arrangement.lattice.metres(events.at[e]);
    x.push_back(at.x);
    y.push_back(at.y);
    const FaceId face = open.city.face_of_event[e];
    grid.push_back(face == kOutside ? kGap : open.city.grid_of_face[face]);
    atom.push_back(face == kOutside ? -1 : static_cast<std::int32_t>(face));
  }
  columns["x"] = array_of(x);
  columns["y"] = array_of(y);
  columns["grid"] = array_of(grid);
  columns["atom"] = array_of(atom);
  return columns;
}

py::dict counts_of(const OpenCity& open, const std::string& words, double size_m, bool zeros, const py::dict& asked,
                   unsigned threads, const py::object& progress) {
  CountBy by = count_by(words, open.city);
  by.size_m = size_m;
  by.options.zeros = zeros;
  const EventFilter filter = parse_question(question_of(asked), open.city);
  const auto locator = [&]() -> const PointLocator& { return open.locator; };
  const auto counts = call(progress, [&] {
    return std::make_unique<IncidentCounts>(incident_counts(open.city, locator, filter, by, threads));
  });
  py::dict out = counted_columns(counts->table, by.options, counts->cells.id);
  out["names"] = counts->columns();
  return out;
}

// x, y in metres and people of each pixel that has some.
py::tuple people_of(const OpenCity& open, const Raster& raster, const py::object& progress) {
  const Lattice& lattice = open.city.arrangement.lattice;
  const auto people = call(progress, [&] { return population_points(open.city, grid_on(lattice, raster)); });
  std::vector<double> x, y;
  for (const Point p : people.at) {
    const Projected at = lattice.metres(p);
    x.push_back(at.x);
    y.push_back(at.y);
  }
  return py::make_tuple(array_of(x), array_of(y), array_of(people.weight));
}

}  // namespace

void bind_city(py::module_& module) {
  module.def("require_true_scale",
             [](const std::string& what, const std::string& name, const std::string& crs, double x, double y) {
               try {
                 require_true_scale(name, crs, {x, y});
               } catch (DataError& error) {
                 error.within(what);
                 throw;
               }
             });
  py::class_<OpenCity, std::shared_ptr<OpenCity>>(module, "City")
      .def(py::init([](const std::string& path, const py::object& progress) {
             return call(progress, [&] { return std::make_shared<OpenCity>(path); });
           }),
           py::arg("path"), py::arg("progress") = py::none())
      .def("locate",
           [](const OpenCity& open, const Array<double>& x, const Array<double>& y, const std::string& crs,
              unsigned threads, const py::object& progress) {
             if (x.size() != y.size()) throw std::invalid_argument("x and y must have one length");
             const auto located = call(progress, [&, east = vector_of(x), north = vector_of(y)] {
               return std::make_unique<Located>(locate(open, east, north, crs, threads));
             });
             return columns_of(*located);
           })
      .def("change", &change_of)
      .def("events", &events_of)
      .def("counts", &counts_of)
      .def("people", &people_of)
      .def("grid_codes",
           [](const OpenCity& open) { return names_of(open.city.grids, [](const Grid& g) { return g.code; }); })
      .def("layer_ids",
           [](const OpenCity& open) { return names_of(open.city.layers, [](const Layer& l) { return l.id; }); })
      .def("cell_ids",
           [](const OpenCity& open, std::size_t layer) {
             return names_of(open.city.layers.at(layer).cells, [](const Cell& c) { return c.id; });
           })
      .def("admin_ids",
           [](const OpenCity& open) { return names_of(open.city.admin, [](const AdminLevel& a) { return a.id; }); })
      .def("admin_codes", [](const OpenCity& open, std::size_t level) {
        return names_of(open.city.admin.at(level).units, [](const AdminUnit& u) { return u.code; });
      });
}

}  // namespace gridloom::python
