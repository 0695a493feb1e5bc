// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/fuse.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>

#include "engine/arrangement/faces.h"
#include "engine/arrangement/locate.h"
#include "engine/arrangement/verify.h"
#include "engine/fusion/align.h"
#include "engine/fusion/conflicts.h"
#include "engine/fusion/crosswalk.h"
#include "engine/fusion/frame.h"
#include "engine/fusion/grids.h"
#include "engine/fusion/nesting.h"
#include "engine/fusion/quality.h"
#include "engine/fusion/unify.h"
#include "engine/fusion/weights.h"
#include "engine/parallel.h"

namespace gridloom {
namespace {

class StageClock {
 public:
  StageClock(Progress& progress, FuseStatistics& statistics) : progress_(progress), statistics_(statistics) {}
  ~StageClock() { close(); }

  void begin(const char* stage, double share) {
    close();
    if (progress_.cancelled()) throw Cancelled();
    progress_.stage(stage, share);
    stage_ = stage;
    start_ = Clock::now();
  }

 private:
  using Clock = std::chrono::steady_clock;
  void close() {
    if (stage_) statistics_.seconds.emplace_back(stage_, std::chrono::duration<double>(Clock::now() - start_).count());
    stage_ = nullptr;
  }
  Progress& progress_;
  FuseStatistics& statistics_;
  const char* stage_ = nullptr;
  Clock::time_point start_;
};

void check_input(const FuseInput& in) {
  if (in.layers.empty()) throw DataError("the catalogue has no layers; list at least one under `layers:`");
  if (in.layers.size() > 64) throw DataError("more than 64 layers; an arc's support holds 64");
  if (std::all_of(in.admin.begin(), in.admin.end(), [](const auto& l) { return l.units.cells.empty(); }))
    throw DataError("no administrative level has a source; the frame must come from one");
}

template <class T>
void reorder(std::vector<T>& rows, const std::vector<std::size_t>& order) {
  if (rows.size() != order.size()) return;  // a column that was not delivered
  std::vector<T> sorted;
  sorted.reserve(rows.size());
  for (std::size_t i : order) sorted.push_back(std::move(rows[i]));
  rows = std::move(sorted);
}

// Cells by id, with the columns that run beside them: which cell leads on shared ground, and the order in which people
// are added up, must not depend on the order of a file.
template <class... Columns>
void sort_by_id(std::vector<DeliveredCell>& cells, Columns&... beside) {
  std::vector<std::size_t> order(cells.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return cells[a].cell.id < cells[b].cell.id; });
  reorder(cells, order);
  (reorder(beside, order), ...);
}

void sort_by_id(FuseInput& in) {
  for (DeliveredAdminLevel& level : in.admin) sort_by_id(level.units.cells, level.names, level.parents);
  for (DeliveredLayer& layer : in.layers) sort_by_id(layer.cells, layer.parents);
  sort_by_id(in.population.areas.cells, in.population.people);
}

StackLayer stack_layer(const DeliveredLayer& layer) {
  StackLayer out;
  for (const DeliveredCell& c : layer.cells) out.cells.emplace_back(c.rings);
  return out;
}

// The delivered admin levels first, then the departments' layers.
Subdivision build_raw(const FuseInput& in, std::size_t& levels, unsigned threads) {
  std::vector<StackLayer> stack;
  for (const DeliveredAdminLevel& level : in.admin)
    if (!level.units.cells.empty()) stack.push_back(stack_layer(level.units));
  levels = stack.size();
  for (const DeliveredLayer& layer : in.layers) stack.push_back(stack_layer(layer));
  return build(in.lattice, stack, threads);
}

// Says once per cell where its rings wind oddly; the ground was settled by winding number.
void report_windings(const FuseInput& in, const Subdivision& raw, std::size_t levels, std::vector<Finding>& findings) {
  const std::vector<Int128> area = doubled_areas(raw.arrangement);
  std::map<std::pair<std::uint32_t, Label>, double> ground;
  for (const OddWinding& w : raw.odd_windings)
    if (w.layer >= levels)
      ground[{w.layer - static_cast<std::uint32_t>(levels), w.cell}] += square_metres(area[w.face]);
  for (const auto& [cell, m2] : ground) {
    const DeliveredLayer& layer = in.layers[cell.first];
    findings.push_back({"", layer.id, layer.cells[cell.second].cell.id,
                        "repaired: its rings cross or overlap themselves over " + std::to_string(m2) +
                            " m2; that ground was kept once"});
  }
}

// The nesting that a layer's `parent` declares, by the parent's cell ids.
std::optional<SaidNesting> declared_parent(const FuseInput& in, const DeliveredLayer& child) {
  const auto parent = std::find_if(in.layers.begin(), in.layers.end(),
                                   [&](const DeliveredLayer& l) { return l.id == child.parent_layer; });
  if (child.parent_layer.empty() || parent == in.layers.end()) return {};
  std::map<std::string_view, Label> cell_of_id;
  for (std::size_t c = 0; c < parent->cells.size(); ++c)
    cell_of_id.emplace(parent->cells[c].cell.id, static_cast<Label>(c));
  SaidNesting said{static_cast<std::size_t>(parent - in.layers.begin()), NestingWord::declare, {}};
  for (const std::string& id : child.parents) {
    const auto at = cell_of_id.find(id);
    said.parent_of.push_back(at == cell_of_id.end() ? kGap : at->second);
  }
  return said;
}

std::vector<AlignLayer> align_layers(const FuseInput& in) {
  std::vector<AlignLayer> out;
  for (const DeliveredLayer& l : in.layers) {
    out.push_back({l.rank, l.accuracy_m, l.locked, l.cells.size(), {}});
    if (const auto said = declared_parent(in, l)) out.back().nestings.push_back(*said);
    for (std::size_t p = 0; p < in.layers.size(); ++p)
      if (const auto said = l.nests_in.find(in.layers[p].id); said != l.nests_in.end())
        out.back().nestings.push_back({p, said->second, {}});
  }
  return out;
}

Labeling labeling_of(const CoverTable& covers, const std::vector<std::uint32_t>& state_of_group,
                     const std::vector<FaceId>& face_of_group) {
  Labeling out;
  out.of_face.assign(face_of_group.size(), kGap);
  for (std::size_t g = 1; g < face_of_group.size(); ++g) {
    const CoverState& state = covers.states[state_of_group[g]];
    if (!state.empty()) out.of_face[face_of_group[g]] = state.front();
    for (std::size_t i = 1; i < state.size(); ++i) out.overlaps.push_back({face_of_group[g], state[i]});
  }
  std::sort(out.overlaps.begin(), out.overlaps.end());
  return out;
}

// The city's arrangement and labelings from the aligned groups.
void set_atoms(City& city, FuseInput& in, const Arrangement& raw, const Frame& frame,
               std::span<const CoverTable> covers, const Alignment& aligned, std::vector<FaceId>& face_of_group) {
  city.arrangement = condense(raw, aligned.group_of_face, face_of_group);
  for (std::size_t l = 0; l < in.layers.size(); ++l) {
    DeliveredLayer& d = in.layers[l];
    Layer layer{d.id, d.title, d.department, d.rank, d.accuracy_m, d.locked, d.fields, {}, {}};
    for (DeliveredCell& c : d.cells) layer.cells.push_back(std::move(c.cell));
    layer.labels = labeling_of(covers[l], aligned.state_of_group[l], face_of_group);
    city.layers.push_back(std::move(layer));
  }
  for (const AdminLevel& level : frame.levels) {
    AdminLevel over_atoms{level.id, level.title, level.units, std::vector<Label>(city.arrangement.face_count, kGap)};
    for (FaceId f = 1; f < raw.face_count; ++f)
      if (aligned.group_of_face[f] != 0) over_atoms.of_face[face_of_group[aligned.group_of_face[f]]] = level.of_face[f];
    city.admin.push_back(std::move(over_atoms));
  }
  const std::vector<Int128> area = doubled_areas(city.arrangement);
  for (FaceId f = 0; f < city.arrangement.face_count; ++f)
    city.area_m2.push_back(f == kOutside ? 0 : square_metres(area[f]));
  std::vector<const Labeling*> labelings;
  for (const Layer& l : city.layers) labelings.push_back(&l.labels);
  city.support = arc_support(city.arrangement, labelings);
}

void locate_events(City& city, unsigned threads) {
  const PointLocator locator(city.arrangement);
  city.face_of_event.resize(city.events.size());
  parallel_blocks(city.events.size(), 4096, threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t e = begin; e < end; ++e)
      city.face_of_event[e] = owning_atom(city, locator.locate(city.events.at[e]));
  });
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[11];
  std::strftime(text, sizeof text, "%Y-%m-%d", &utc);
  return text;
}

}  // namespace

Fused fuse(FuseInput in, const FuseOptions& options, Progress& progress) {
  check_input(in);
  sort_by_id(in);
  Fused out;
  out.findings = std::move(in.findings);
  City& city = out.city;
  StageClock clock(progress, out.statistics);
  const std::string date = options.today.empty() ? today() : options.today;

  clock.begin("build", 0.05);
  std::size_t levels = 0;
  const Subdivision raw = build_raw(in, levels, options.threads);
  out.statistics.raw_segments = raw.raw_segments;
  out.statistics.distinct_segments = raw.distinct_segments;
  report_windings(in, raw, levels, out.findings);
  const std::span<const Labeling> labelings = raw.labelings;

  clock.begin("frame", 0.25);
  const Frame frame = resolve_frame(in, raw.arrangement, labelings.first(levels));
  if (std::none_of(frame.levels.back().of_face.begin(), frame.levels.back().of_face.end(),
                   [](Label l) { return l != kGap; }))
    throw DataError("the frame covers no ground; check the source of the top administrative level");

  clock.begin("align", 0.3);
  std::vector<CoverTable> covers;
  for (const Labeling& l : labelings.subspan(levels)) covers.push_back(cover_table(l));
  const std::vector<AlignLayer> layers = align_layers(in);
  const std::vector<Nesting> nestings = find_nestings(raw.arrangement, frame, covers, layers);
  const Alignment aligned = align(raw.arrangement, frame, covers, layers, nestings, in.align);

  clock.begin("population", 0.5);
  std::vector<bool> inside(raw.arrangement.face_count);
  for (FaceId f = 1; f < raw.arrangement.face_count; ++f) inside[f] = frame.inside(f);
  const std::vector<double> people =
      areal_weights(raw.arrangement, inside, in.population, options.threads, out.findings);

  clock.begin("atoms", 0.7);
  city.id = in.city_id;
  city.code = in.city_code;
  city.name = in.city_name;
  city.time_zone = in.time_zone;
  city.people_per_household = in.unify.people_per_household;
  city.events = std::move(in.events);
  std::vector<FaceId> face_of_group;
  set_atoms(city, in, raw.arrangement, frame, covers, aligned, face_of_group);
  city.population.assign(city.arrangement.face_count, 0);
  for (FaceId f = 1; f < raw.arrangement.face_count; ++f)
    if (inside[f]) city.population[face_of_group[aligned.group_of_face[f]]] += people[f];

  clock.begin("unify", 0.75);
  const Regions regions = unify(city.arrangement, city.admin.back().of_face, city.admin.back().units.size(),
                                city.population, city.support, city.layers.size(), in.unify, options.threads);
  const std::vector<std::uint32_t> region_of_grid = number_grids(city, regions, in.unify, date);

  clock.begin("crosswalk", 0.85);
  locate_events(city, options.threads);
  city.crosswalk = crosswalk(city);
  city.responsibilities = responsibilities(city);
  city.zones = zones(city);

  clock.begin("conflicts", 0.9);
  const RawGround ground{raw.arrangement, frame, covers, aligned, people, nestings};
  city.conflicts = delivery_conflicts(city, ground);
  add_plan_conflicts(city, regions, region_of_grid, in.unify);

  clock.begin("quality", 0.95);
  out.statistics.people_in_band = people_in_band(city, people_band(in.unify));
  city.quality = quality(city, ground, in.align, people_band(in.unify), out.statistics);
  city.history.push_back(
      {1, date, "gridloom", "first fusion", "",
       "fuse " + std::to_string(city.layers.size()) + " layers into " + std::to_string(city.grids.size()) + " grids"});
  return out;
}

}  // namespace gridloom
