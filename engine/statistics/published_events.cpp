// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/published_events.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string>

#include "engine/density/heatmap.h"
#include "engine/density/pixel_faces.h"
#include "engine/events/local_time.h"
#include "engine/events/period_counts.h"

namespace gridloom {
namespace {

// Events that are told alike. No month: kNoPeriod; no category: the empty text.
struct Batch {
  Label grid = kGap;
  std::int64_t month = kNoPeriod;
  std::string category{};
  std::uint64_t events = 0;
};

// Full batches of what is left over in `of` classes that have less than a batch each: never so many that a class must
// have any, for its neighbours alone could fill them.
std::uint64_t told_together(std::uint64_t left, std::uint64_t of, std::uint64_t k) {
  const std::uint64_t others = of > 0 ? (of - 1) * (k - 1) : 0;
  return std::min(left, others) / k * k;
}

// Of those in the city, by `key_of` a row; keys that fewer than k share are left out.
template <class Key>
std::set<Key> common(const CountTable& table, std::uint64_t k, const std::vector<Key>& keys_of_rows) {
  std::map<Key, std::uint64_t> events;
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (table.cell[row] != kGap) events[keys_of_rows[row]] += table.count[row];
  std::set<Key> keys;
  for (const auto& [key, count] : events)
    if (count >= k) keys.insert(key);
  return keys;
}

std::set<std::int64_t> common_months(const CountTable& table, std::uint64_t k) {
  auto months = common(table, k, table.period[0]);
  months.erase(kNoPeriod);
  return months;
}

std::set<std::string> common_categories(const CountTable& table, std::uint64_t k) {
  std::set<std::string> categories;
  for (const std::uint32_t text : common(table, k, table.text[0])) categories.insert(table.texts[0][text]);
  categories.erase("");
  return categories;
}

// `table`: by cell, month and category.
std::vector<Batch> batches_of(const CountTable& table, std::uint64_t k) {
  std::vector<Batch> batches;
  const auto tell = [&](Batch batch) {
    if (batch.events > 0) batches.push_back(std::move(batch));
  };
  std::map<std::pair<Label, std::string>, std::uint64_t> without_month;
  std::map<Label, std::uint64_t> without_both;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const Label cell = table.cell[row];
    if (cell == kGap) continue;  // outside the city
    const std::string& category = table.texts[0][table.text[0][row]];
    const std::uint64_t told = table.count[row] / k * k;
    tell({cell, table.period[0][row], category, told});
    without_month[{cell, category}] += table.count[row] - told;
  }
  const std::uint64_t months = common_months(table, k).size(), categories = common_categories(table, k).size();
  for (const auto& [key, left] : without_month) {
    const std::uint64_t told = told_together(left, months, k);
    tell({key.first, kNoPeriod, key.second, told});
    without_both[key.first] += left - told;
  }
  for (const auto& [grid, left] : without_both) tell({grid, kNoPeriod, "", told_together(left, categories, k)});
  return batches;
}

LocalTime first_day_of(std::int64_t month) {
  if (month == kNoPeriod) return kUnknownTime;
  return *parse_local_time(period_text(Period::month, month) + "-01");
}

// Stands the events of each grid on its places so that any run of them is spread over the grid.
class Placing {
 public:
  explicit Placing(const GridPlaces& places) : places_(places), used_(places.of_grid.size(), 0) {}

  std::pair<Point, FaceId> next(Label grid) {
    const auto g = static_cast<std::size_t>(grid);
    const auto& places = places_.of_grid[g];
    constexpr double kGolden = 0.6180339887498949;  // its multiples are spread evenly over the unit interval
    const double at = kGolden * static_cast<double>(used_[g]++);
    return places[static_cast<std::size_t>((at - std::floor(at)) * static_cast<double>(places.size()))];
  }

 private:
  const GridPlaces& places_;
  std::vector<std::uint64_t> used_;
};

}  // namespace

GridPlaces places_in_grids(const City& city) {
  constexpr double kPixel_m = 100, kMostPixels = 1e6;
  const double area = std::accumulate(city.area_m2.begin(), city.area_m2.end(), 0.0);
  const RasterGrid raster = city_raster(city, std::max(kPixel_m, std::ceil(std::sqrt(area / kMostPixels))));
  GridPlaces places{{city.grids.size(), std::vector<std::pair<Point, FaceId>>{}}};
  const auto of = [&](FaceId face) -> auto& {
    return places.of_grid[static_cast<std::size_t>(city.grid_of_face[face])];
  };
  for_pixel_faces(city.arrangement, raster, [&](std::uint32_t row, std::span<const FaceId> faces) {
    for (std::size_t i = 0; i < faces.size(); ++i)
      if (faces[i] != kOutside) of(faces[i]).emplace_back(raster.centre(std::size_t{row} * raster.nx + i), faces[i]);
  });
  // Grids between the pixels' centres: a corner.
  const Arrangement& map = city.arrangement;
  for (ArcId arc = 0; arc < map.arcs.size(); ++arc)
    for (const FaceId face : {map.arcs[arc].left, map.arcs[arc].right})
      if (face != kOutside && of(face).empty()) of(face).emplace_back(map.points_of(arc).front(), face);
  return places;
}

PublishedEvents published_events(const City& city, const EventStore& store, const GridPlaces& places, std::uint64_t k,
                                 std::int64_t before) {
  EventFilter past;
  past.to = before;
  const CountTable table = count_events(store, by_face(city.grid_of_face), past,
                                        {.periods = {Period::month}, .fields = {EventField::category}});
  PublishedEvents out;
  EventTable& t = out.events;
  // In the order of the words, which tells nothing of what came first.
  const std::set<std::string> told = common_categories(table, k);
  t.category.values = {""};
  t.category.values.insert(t.category.values.end(), told.begin(), told.end());
  Placing placing(places);
  for (const Batch& batch : batches_of(table, k)) {
    const auto word = std::lower_bound(t.category.values.begin(), t.category.values.end(), batch.category);
    for (std::uint64_t i = 0; i < batch.events; ++i) {
      const auto [at, face] = placing.next(batch.grid);
      t.id.push_back(std::to_string(t.id.size() + 1));
      t.occurred_at.push_back(first_day_of(batch.month));
      t.at.push_back(at);
      t.category.of_row.push_back(static_cast<std::uint32_t>(word - t.category.values.begin()));
      t.closed_at.push_back(kUnknownTime);
      out.face.push_back(face);
    }
  }
  return out;
}

}  // namespace gridloom
