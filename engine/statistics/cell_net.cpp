// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/cell_net.h"

#include <numeric>

#include "engine/base/errors.h"
#include "engine/statistics/label_cells.h"

namespace gridloom {
namespace {

template <class Items, class Id, class Name>
CellLabels labels_of(const std::vector<Label>& of_face, const Items& items, Id&& id, Name&& name) {
  CellLabels cells;
  for (const auto& item : items) {
    cells.id.push_back(id(item));
    cells.name.push_back(name(item));
  }
  cells.of_face = of_face;
  return cells;
}

std::vector<bool> with_ground_on(const CellNet& net, const std::vector<bool>& faces) {
  std::vector<bool> in(net.size(), false);
  for (std::size_t f = kOutside + 1; f < faces.size(); ++f)
    if (faces[f] && net.of_face[f] != kGap) in[static_cast<std::size_t>(net.of_face[f])] = true;
  return in;
}

}  // namespace

std::optional<CellLabels> cell_labels(const City& city, std::string_view kind) {
  const auto code = [](const auto& item) { return item.code; };
  const auto both = [](const auto& item) { return item.name; };
  if (kind == "grid" || kind == "grids") return labels_of(city.grid_of_face, city.grids, code, both);
  for (const Layer& layer : city.layers)
    if (layer.id == kind)
      return labels_of(
          layer.labels.of_face, layer.cells, [](const Cell& c) { return c.id; },
          [](const Cell& c) {
            return Text{c.name, c.name};
          });
  for (const AdminLevel& level : city.admin)
    if (level.id == kind) return labels_of(level.of_face, level.units, code, both);
  return std::nullopt;
}

std::vector<std::string> cell_kinds(const City& city) {
  std::vector<std::string> kinds{"grid"};
  for (const Layer& layer : city.layers) kinds.push_back(layer.id);
  for (const AdminLevel& level : city.admin) kinds.push_back(level.id);
  for (const auto& [word, shape] : kWords<CellShape>) kinds.emplace_back(word);
  return kinds;
}

Label CellNet::at(Point p, FaceId face) const {
  if (regular) return regular->cell_at(p);
  return face == kOutside || face >= of_face.size() ? kGap : of_face[face];
}

CellNet cell_net(const City& city, const LocatorOf& locator, const std::string& kind, double size_m, unsigned threads) {
  CellNet net;
  net.kind = kind;
  if (auto labels = cell_labels(city, kind)) {
    net.id = std::move(labels->id);
    net.of_face = std::move(labels->of_face);
    return net;
  }
  const auto shape = value_of<CellShape>(kind);
  if (!shape) throw DataError("cells_unknown", {{"given", kind}, {"known", cell_kinds(city)}});
  net.regular = regular_cells(city.arrangement, locator(), *shape, size_m, threads);
  for (std::size_t i = 0; i < net.regular->size(); ++i) net.id.push_back(net.regular->name(i));
  return net;
}

std::vector<Label> cells_within(const CellNet& net, const City& city, const LocatorOf& locator,
                                const EventFilter& filter) {
  std::vector<bool> in(net.size(), true);
  if (!filter.faces.empty() && !net.regular) {
    in = with_ground_on(net, filter.faces);
  } else if (!filter.faces.empty() || !filter.area.empty()) {
    const std::vector<Point> centres =
        net.regular ? std::vector<Point>{} : label_cells(city.arrangement, net.of_face, net.size()).centre;
    for (std::size_t i = 0; i < net.size(); ++i) {
      const Point centre = net.regular ? net.regular->centre(i) : centres[i];
      in[i] = filter.faces.empty() ? in_area(centre, filter.area) : on_faces(locator().locate(centre).face, filter);
    }
  }
  std::vector<Label> cells;
  for (std::size_t i = 0; i < in.size(); ++i)
    if (in[i]) cells.push_back(static_cast<Label>(i));
  return cells;
}

}  // namespace gridloom
