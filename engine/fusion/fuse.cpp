// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/fuse.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>

#include "engine/arrangement/faces.h"
#include "engine/arrangement/locate.h"
#include "engine/arrangement/verify.h"
#include "engine/base/parallel.h"
#include "engine/city/owner.h"
#include "engine/fusion/adjustment.h"
#include "engine/fusion/align.h"
#include "engine/fusion/conflicts.h"
#include "engine/fusion/drawn_conflicts.h"
#include "engine/fusion/frame.h"
#include "engine/fusion/grids.h"
#include "engine/fusion/lawful_gaps.h"
#include "engine/fusion/linework.h"
#include "engine/fusion/nesting.h"
#include "engine/fusion/quality.h"
#include "engine/fusion/shift.h"
#include "engine/fusion/succession.h"
#include "engine/fusion/unify.h"
#include "engine/fusion/weights.h"
#include "engine/zoning/crosswalk.h"

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
  if (in.layers.empty()) throw DataError("catalogue_without_layers");
  if (in.layers.size() > 64) throw DataError("too_many_layers", {{"layers", in.layers.size()}});
  if (std::all_of(in.admin.begin(), in.admin.end(), [](const auto& l) { return l.units.cells.empty(); }))
    throw DataError("no_level_with_source");
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
  for (std::vector<DrawnGrid>* grids : {&in.special, &in.before.grids})
    std::ranges::stable_sort(*grids, {}, &DrawnGrid::code);
  sort_by_id(in.allowed_gaps.areas);
  sort_by_id(in.population.areas.cells, in.population.people, in.population.households);
}

StackLayer stack_layer(const DeliveredLayer& layer) {
  StackLayer out;
  for (const DeliveredCell& c : layer.cells) out.cells.emplace_back(c.rings);
  return out;
}

// Special grids, then the locked ones of today: ground that stays as drawn.
std::vector<DrawnGrid> fixed_grids(const FuseInput& in) {
  std::vector<DrawnGrid> out = in.special;
  std::copy_if(in.before.grids.begin(), in.before.grids.end(), std::back_inserter(out),
               [](const DrawnGrid& g) { return g.fixed; });
  return out;
}

// The fixed grids, today's others, the areas of lawful gaps.
std::vector<DrawnArea> drawn_areas(const FuseInput& in, std::span<const DrawnGrid> fixed) {
  std::vector<DrawnArea> out;
  for (const DrawnGrid& g : fixed)
    out.push_back({g.kind == GridKind::special ? DrawnKind::special : DrawnKind::locked, g.code, g.rings});
  for (const DrawnGrid& g : in.before.grids)
    if (!g.fixed) out.push_back({DrawnKind::existing, g.code, g.rings});
  for (const DeliveredCell& a : in.allowed_gaps.areas) out.push_back({DrawnKind::allowed_gap, a.cell.id, a.rings});
  return out;
}

bool todays_lines_stay(const FuseInput& in) {
  return in.unify.keep_existing && in.before.lines_stay && !in.before.grids.empty();
}

StackLayer stack_layer(std::span<const DrawnGrid> grids) {
  StackLayer out;
  for (const DrawnGrid& g : grids) out.cells.emplace_back(g.rings);
  return out;
}

// The delivered admin levels first, then the departments' layers, then the fixed grids, the areas of lawful gaps, and
// the grids of today that stay.
Subdivision build_raw(const FuseInput& in, std::span<const DrawnGrid> fixed, std::size_t& levels, unsigned threads) {
  std::vector<StackLayer> stack;
  for (const DeliveredAdminLevel& level : in.admin)
    if (!level.units.cells.empty()) stack.push_back(stack_layer(level.units));
  levels = stack.size();
  for (const DeliveredLayer& layer : in.layers) stack.push_back(stack_layer(layer));
  stack.push_back(stack_layer(fixed));
  stack.emplace_back();
  for (const DeliveredCell& area : in.allowed_gaps.areas) stack.back().cells.emplace_back(area.rings);
  if (todays_lines_stay(in)) stack.push_back(stack_layer(in.before.grids));
  return build(in.lattice, stack, threads);
}

// Says once per cell where its rings wind oddly; the ground was settled by winding number.
void report_windings(const FuseInput& in, const Subdivision& raw, std::size_t levels, std::vector<Finding>& findings) {
  const std::vector<Int128> area = doubled_areas(raw.arrangement);
  std::map<std::pair<std::uint32_t, Label>, double> ground;
  for (const OddWinding& w : raw.odd_windings)
    if (w.layer >= levels && w.layer < levels + in.layers.size())
      ground[{w.layer - static_cast<std::uint32_t>(levels), w.cell}] += square_metres(area[w.face]);
  for (const auto& [cell, m2] : ground) {
    const DeliveredLayer& layer = in.layers[cell.first];
    findings.push_back({"", layer.id, layer.cells[cell.second].cell.id, CrossingRings{m2}});
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

// Areas in which gaps are allowed and no layer has one.
void report_idle_gaps(const FuseInput& in, const Labeling& areas, std::span<const AlignLayer> layers,
                      std::vector<Finding>& findings) {
  std::vector<bool> used(in.allowed_gaps.areas.size(), false);
  for (FaceId f = 1; f < areas.of_face.size(); ++f)
    for (Label a : cover_of(areas, f))
      for (const AlignLayer& layer : layers)
        if (!layer.lawful_gap.empty() && layer.lawful_gap[f]) used[static_cast<std::size_t>(a)] = true;
  for (std::size_t a = 0; a < used.size(); ++a)
    if (!used[a])
      findings.push_back({"", "allowed_gaps", in.allowed_gaps.areas[a].cell.id, Reason{"allowed_gap_without_gap"}});
}

// What is said to nest and plainly does not would take most cells from one of the two. Where the data names the
// parents, it is believed.
void check_nestings(const FuseInput& in, std::span<const Nesting> nestings) {
  constexpr double kBelievable = 0.2;
  for (const Nesting& n : nestings) {
    if (n.word < NestingWord::confirm) continue;
    const std::string child = in.layers[n.child].id, parent = in.layers[n.parent].id;
    const auto back = std::find_if(nestings.begin(), nestings.end(), [&](const Nesting& o) {
      return o.child == n.parent && o.parent == n.child && o.word >= NestingWord::confirm;
    });
    if (back != nestings.end()) throw DataError("layers_nest_in_each_other", {{"layer", child}, {"other", parent}});
    if (in.layers[n.child].nests_in.contains(parent) && n.contradiction > kBelievable)
      throw DataError("layer_does_not_nest",
                      {{"layer", child}, {"other", parent}, {"percent", std::llround(100 * n.contradiction)}});
  }
}

// One wrong key can move hectares of a better layer: says so where the overlaps speak against what was declared.
void report_doubtful_parents(const FuseInput& in, std::span<const Nesting> nestings, std::vector<Finding>& findings) {
  for (const Nesting& n : nestings)
    for (const DoubtfulParent& d : n.doubtful) {
      const DeliveredLayer &child = in.layers[n.child], &parent = in.layers[n.parent];
      const auto id = [](const DeliveredLayer& l, Label c) { return l.cells[static_cast<std::size_t>(c)].cell.id; };
      findings.push_back(
          {"", child.id, id(child, d.cell),
           DoubtedParent{parent.id, id(parent, d.said), id(parent, d.most), d.said_share, d.most_share, d.ground_m2}});
    }
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

using LayerRings = std::vector<std::vector<Ring>>;  // [cell]

std::vector<LayerRings> rings_of(std::span<const DeliveredLayer> layers) {
  std::vector<LayerRings> out;
  for (const DeliveredLayer& l : layers) {
    out.emplace_back();
    for (const DeliveredCell& c : l.cells) out.back().push_back(c.rings);
  }
  return out;
}

bool was_moved(const LayerRings& delivered, std::span<const DeliveredCell> cells) {
  const auto same = [](const Ring& a, const Ring& b) { return a.points == b.points; };
  return !std::equal(delivered.begin(), delivered.end(), cells.begin(), cells.end(),
                     [&](const std::vector<Ring>& rings, const DeliveredCell& c) {
                       return std::equal(rings.begin(), rings.end(), c.rings.begin(), c.rings.end(), same);
                     });
}

// The city's arrangement and labelings from the aligned groups.
void set_atoms(City& city, FuseInput& in, std::vector<LayerRings> delivered, const Arrangement& raw, const Frame& frame,
               std::span<const CoverTable> covers, const Alignment& aligned, std::vector<FaceId>& face_of_group) {
  city.arrangement = condense(raw, aligned.group_of_face, face_of_group);
  for (std::size_t l = 0; l < in.layers.size(); ++l) {
    DeliveredLayer& d = in.layers[l];
    Layer layer{d.id, d.title, d.department, d.rank, d.accuracy_m, d.locked, d.fields, {}, std::move(delivered[l]), {}};
    layer.moved = was_moved(layer.delivered, d.cells);
    if (!in.unify.weights.empty()) layer.weight = in.unify.weights[l];
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

void weigh_atoms(City& city, const ArealWeights& weights, const Alignment& aligned,
                 const std::vector<FaceId>& face_of_group) {
  city.population.assign(city.arrangement.face_count, 0);
  city.households.assign(city.arrangement.face_count, 0);
  for (FaceId f = 1; f < aligned.group_of_face.size(); ++f) {
    if (aligned.group_of_face[f] == 0) continue;
    const FaceId atom = face_of_group[aligned.group_of_face[f]];
    city.population[atom] += weights.people[f];
    if (!weights.households.empty()) city.households[atom] += weights.households[f];
  }
  if (weights.households.empty())
    for (FaceId f = 1; f < city.arrangement.face_count; ++f)
      city.households[f] = city.population[f] / city.people_per_household;
}

// Atoms never straddle the line of a fixed grid.
std::vector<Label> fixed_of_atom(const Frame& frame, const Alignment& aligned,
                                 const std::vector<FaceId>& face_of_group) {
  if (frame.fixed_grid_of_face.empty()) return {};
  std::vector<Label> out(face_of_group.size(), kGap);
  for (FaceId f = 1; f < aligned.group_of_face.size(); ++f)
    if (aligned.group_of_face[f] != 0) out[face_of_group[aligned.group_of_face[f]]] = frame.fixed_grid_of_face[f];
  return out;
}

Regions unify_atoms(const City& city, const FuseInput& in, const std::vector<Label>& fixed_of_face,
                    std::span<const DrawnGrid> fixed, const Inheritance& inheritance, unsigned threads,
                    const Progress& progress) {
  std::vector<GridKind> kinds;
  for (const DrawnGrid& g : fixed) kinds.push_back(g.kind);
  UnifyTask task{city.arrangement,    city.admin.back().of_face, city.admin.back().units.size(),
                 city.area_m2,        city.population,           city.households,
                 city.support,        city.layers.size(),        city.linework,
                 city.linework_weight};
  task.fixed_of_face = fixed_of_face;
  task.kind_of_fixed = kinds;
  if (in.unify.keep_existing && !in.before.grids.empty()) task.home_of_face = inheritance.home_of_face;
  task.cancelled = [&] { return progress.cancelled(); };
  return unify(task, in.unify, threads);
}

// What became of layers that lay off, or were adjusted.
struct MovedLayer {
  std::size_t layer = 0;
  FindingFacts found;
  ConflictFacts facts;
};

std::vector<MovedLayer> move_layers(FuseInput& in, unsigned threads, std::vector<Finding>& findings) {
  std::vector<MovedLayer> out;
  for (const Shift& s : undo_shifts(in, threads)) out.push_back({s.layer, s.found, s.found});
  for (const AdjustedLayer& a : adjust_layers(in, threads)) out.push_back({a.layer, a.by, a.by});
  for (const MovedLayer& m : out) findings.push_back({"", in.layers[m.layer].id, "", m.found});
  return out;
}

void add_moved(City& city, std::span<const MovedLayer> moved) {
  for (const MovedLayer& m : moved) {
    Conflict& c = city.conflicts.emplace_back();
    c.kind = ConflictKind::shift;
    c.layer = static_cast<std::int32_t>(m.layer);
    c.facts = m.facts;
  }
}

// The reason is a word, the operation a JSON object, as those of planners are.
void record_history(City& city, const Predecessor& before, const std::string& date) {
  const auto count = [](const char* name, std::size_t n) {
    return "\"" + std::string(name) + "\":" + std::to_string(n);
  };
  const std::string made = count("layers", city.layers.size()) + "," + count("grids", city.grids.size());
  city.history = before.history;
  if (before.history.empty()) {
    city.history.push_back({1, date, "gridloom", "first_fusion", "", "{\"fuse\":{" + made + "}}"});
    return;
  }
  std::set<std::string> old, kept;
  for (const DrawnGrid& g : before.grids) old.insert(g.code);
  for (const Grid& g : city.grids)
    if (old.contains(g.code)) kept.insert(g.code);
  const std::string codes = count("kept", kept.size()) + "," + count("given_up", old.size() - kept.size()) + "," +
                            count("new", city.grids.size() - kept.size());
  city.history.push_back(
      {before.history.back().version + 1, date, "gridloom", "update", "", "{\"fuse\":{" + made + "," + codes + "}}"});
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

  clock.begin("shift", 0);
  std::vector<LayerRings> delivered = rings_of(in.layers);
  const std::vector<MovedLayer> moved = move_layers(in, options.threads, out.findings);

  clock.begin("build", 0.05);
  std::size_t levels = 0;
  const std::vector<DrawnGrid> fixed = fixed_grids(in);
  const Subdivision raw = build_raw(in, fixed, levels, options.threads);
  out.statistics.raw_segments = raw.raw_segments;
  out.statistics.distinct_segments = raw.distinct_segments;
  report_windings(in, raw, levels, out.findings);
  const std::span<const Labeling> labelings = raw.labelings;

  clock.begin("frame", 0.25);
  Frame frame = resolve_frame(in, raw.arrangement, labelings.first(levels));
  if (std::none_of(frame.levels.back().of_face.begin(), frame.levels.back().of_face.end(),
                   [](Label l) { return l != kGap; }))
    throw DataError("frame_without_ground");

  const std::span<const Labeling> drawn_grids = labelings.subspan(levels + in.layers.size());
  if (!fixed.empty()) frame.fixed_grid_of_face = drawn_grids.front().of_face;
  if (todays_lines_stay(in)) frame.todays_grid_of_face = drawn_grids.back().of_face;

  clock.begin("align", 0.3);
  std::vector<CoverTable> covers;
  for (const Labeling& l : labelings.subspan(levels, in.layers.size())) covers.push_back(cover_table(l));
  std::vector<AlignLayer> layers = align_layers(in);
  for (std::size_t l : in.allowed_gaps.layers)
    layers[l].lawful_gap =
        lawful_gaps(raw.arrangement, frame, covers[l], in.allowed_gaps.anywhere ? nullptr : &drawn_grids[1]);
  report_idle_gaps(in, drawn_grids[1], layers, out.findings);
  const std::vector<Nesting> nestings = find_nestings(raw.arrangement, frame, covers, layers);
  check_nestings(in, nestings);
  for (const Nesting& n : nestings) out.statistics.doubtful_parents += n.doubtful.size();
  report_doubtful_parents(in, nestings, out.findings);
  const Alignment aligned = align(raw.arrangement, frame, covers, layers, nestings, in.align);

  clock.begin("population", 0.5);
  std::vector<bool> inside(raw.arrangement.face_count);
  for (FaceId f = 1; f < raw.arrangement.face_count; ++f) inside[f] = frame.inside(f);
  const ArealWeights weights = areal_weights(raw.arrangement, inside, in.population, options.threads, out.findings);

  clock.begin("atoms", 0.7);
  city.id = in.city_id;
  city.code = in.city_code;
  city.name = in.city_name;
  city.time_zone = in.time_zone;
  city.people_per_household = in.unify.people_per_household;
  city.min_width_m = in.align.min_width_m;
  city.households_min = in.unify.households_min;
  city.households_max = in.unify.households_max;
  city.privacy_k = in.privacy_k;
  city.events = std::move(in.events);
  std::vector<FaceId> face_of_group;
  set_atoms(city, in, std::move(delivered), raw.arrangement, frame, covers, aligned, face_of_group);
  weigh_atoms(city, weights, aligned, face_of_group);
  city.linework_weight = linework_weight(in.linework);
  city.linework = linework_share(city.arrangement, in.linework, options.threads);

  clock.begin("unify", 0.75);
  const Inheritance inheritance = inherit(city.arrangement, in.before.grids, options.threads);
  const Regions regions = unify_atoms(city, in, fixed_of_atom(frame, aligned, face_of_group), fixed, inheritance,
                                      options.threads, progress);
  const std::vector<std::uint32_t> region_of_grid =
      number_grids(city, regions, in.before, keep_codes(city, regions, in.before, inheritance), fixed, in.unify, date);
  city.plans = regions.plans;
  record_succession(city, in.before, inheritance, date);

  clock.begin("crosswalk", 0.85);
  locate_events(city, options.threads);
  city.crosswalk = crosswalk(city);
  measure_costs(city, in.unify.weights);
  city.responsibilities = responsibilities(city);
  city.zones = zones(city);

  clock.begin("conflicts", 0.9);
  const RawGround ground{raw.arrangement, frame, covers, aligned, weights.people, nestings};
  city.conflicts = delivery_conflicts(city, ground);
  add_moved(city, moved);
  city.drawn = drawn_areas(in, fixed);
  add_drawn_conflicts(city, regions, region_of_grid, options.threads);
  add_plan_conflicts(city, regions, region_of_grid, fixed);

  clock.begin("quality", 0.95);
  out.statistics.people_in_band = people_in_band(city);
  city.quality = quality(city, ground, layers, options.threads, out.statistics);
  record_history(city, in.before, date);
  return out;
}

}  // namespace gridloom
