// SPDX-License-Identifier: Apache-2.0
#include "support/toy_city.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <stdexcept>
#include <string>
#include <tuple>

#include "engine/arrangement/faces.h"

namespace gridloom::toy {
namespace {

using Drawing = std::array<std::string_view, kRows>;

// clang-format off
constexpr Drawing kCommunity{"aaaaaaaabbbbbbb.",
                             "aaaaaaaabbbbbbb.",
                             "aaaaaaaabbbbbbb.",
                             "aaaaaaaabbbbbbb.",
                             "aaaaaaaabbbbbb..",
                             "ccccccccdddddd..",
                             "ccccccccdddddd..",
                             "ccccccccdddddd.d",
                             "ccccccccdddddd.d",
                             "cccccccc.ddddd.."};
// Grids 1, 2 and 5 lie in community a, 3 and 4 in b, 6 and 7 in c, 8 and 9 in d.
constexpr Drawing kGrid{"111122223333444.",
                        "111122223333444.",
                        "155122223333444.",
                        "155122223333444.",
                        "11112222333344..",
                        "66666777888888..",
                        "66666777888888..",
                        "66667777888888.9",
                        "66667777888888.9",
                        "66667777.88888.."};
constexpr Drawing kPolice{"ppppppppqqqqqqq.",
                          "ppppppppqqqqqqq.",
                          "pppppppqqqqqqqq.",
                          "pppppppqqqqqqqq.",
                          "ppppppppqqqqqq..",
                          "rrrrrrrrqqqqqq..",
                          "rrrrrrrrrrrrrr..",
                          "rrrrrrrrrrrrrr.r",
                          "rrrrrrrrrrrrrr.r",
                          "rrrrrrrr.rrrrr.."};
// u has a hole (filled by v), w comes in two pieces, '-' is a gap, and x stands on part of u (kOverlap).
constexpr Drawing kSchools{"uuuuuuuuuwwwwww.",
                           "uuuuuuuuuwwwwww.",
                           "uuuvvuuuuwwwwww.",
                           "uuuvvuuuuwwwwww.",
                           "uuuuuuuuuwwwww..",
                           "uuuuuuuuuxxxxx..",
                           "uuuuuuuuuxxxxx..",
                           "uuuuu---uxxxxx.w",
                           "uuuuu---uxxxxx.w",
                           "uuuuuuuu.xxxxx.."};
constexpr Drawing kOverlap{"................",
                           "................",
                           "................",
                           "................",
                           "................",
                           "................",
                           ".......xx.......",
                           "........x.......",
                           "................",
                           "................"};
constexpr Drawing kSanitation{"ssssssssssssttt.",
                              "ssssssssssssttt.",
                              "ssssssssssssttt.",
                              "ssssssssssssttt.",
                              "sssssssssssstt..",
                              "sssssttttttttt..",
                              "sssssttttttttt..",
                              "sssssttttttttt.-",
                              "sssssttttttttt.-",
                              "sssssttt.ttttt.."};
// clang-format on

const Drawing& drawing_of(std::string_view name) {
  if (name == "community") return kCommunity;
  if (name == "grid") return kGrid;
  if (name == "police") return kPolice;
  if (name == "schools") return kSchools;
  if (name == "overlap") return kOverlap;
  if (name == "sanitation") return kSanitation;
  throw std::invalid_argument("the toy city has no drawing of that name");
}

struct Square {
  int column = 0;
  int row = 0;
};

// '.' beyond the edges of the paper.
char mark(const Drawing& d, Square s) {
  if (s.column < 0 || s.column >= kColumns || s.row < 0 || s.row >= kRows) return '.';
  return d[static_cast<std::size_t>(s.row)][static_cast<std::size_t>(s.column)];
}

bool inside(Square s) { return mark(kCommunity, s) != '.'; }

// Everything that is said about a square: squares with equal words belong to one atom where they touch.
std::string word(Square s) {
  if (!inside(s)) return {};
  std::string w;
  for (const Drawing* d : {&kCommunity, &kGrid, &kPolice, &kSchools, &kOverlap, &kSanitation}) w += mark(*d, s);
  return w;
}

std::vector<Square> all_squares() {
  std::vector<Square> squares;
  for (int row = 0; row < kRows; ++row)
    for (int column = 0; column < kColumns; ++column) squares.push_back({column, row});
  return squares;
}

std::size_t index_of(Square s) { return static_cast<std::size_t>(s.row * kColumns + s.column); }

// One side of a square where the words differ, and the squares on both sides of the segment a -> b.
struct Side {
  Segment segment;
  Square left, right;
};

Side side(Point from, Point to, Square left, Square right) {
  return from < to ? Side{{from, to}, left, right} : Side{{to, from}, right, left};
}

std::vector<Side> sides() {
  std::vector<Side> out;
  for (int row = 0; row <= kRows; ++row)
    for (int column = 0; column <= kColumns; ++column) {
      const Square here{column, row}, west{column - 1, row}, north{column, row - 1};
      if (word(here) != word(west)) out.push_back(side(at(column, row), at(column, row + 1), here, west));
      if (word(here) != word(north)) out.push_back(side(at(column + 1, row), at(column, row), here, north));
    }
  std::sort(out.begin(), out.end(), [](const Side& a, const Side& b) { return a.segment < b.segment; });
  return out;
}

// The arrangement, and the face of every square.
struct Ground {
  Arrangement arrangement;
  std::vector<FaceId> face_of_square;
  std::vector<Square> square_of_face;
};

void flood(Ground& g, Square s, FaceId face) {
  if (!inside(s) || g.face_of_square[index_of(s)] != kOutside) return;
  g.face_of_square[index_of(s)] = face;
  const auto [column, row] = s;
  for (const Square n : {Square{column + 1, row}, {column - 1, row}, {column, row + 1}, {column, row - 1}})
    if (word(n) == word(s)) flood(g, n, face);
}

Ground ground() {
  const std::vector<Side> all = sides();
  std::vector<Segment> segments;
  for (const Side& s : all) segments.push_back(s.segment);
  TracedArcs traced = chain({"EPSG:4528", 40'534'000, 3'993'000}, segments);
  find_faces(traced.arrangement);
  Ground g{std::move(traced.arrangement), std::vector<FaceId>(kColumns * kRows, kOutside), {}};
  g.square_of_face.resize(g.arrangement.face_count, {-1, -1});
  for (ArcId a = 0; a < g.arrangement.arcs.size(); ++a) {
    const Side& s = all[traced.segment_of_arc[a]];
    const Arc& arc = g.arrangement.arcs[a];
    flood(g, s.left, traced.forward[a] ? arc.left : arc.right);
    flood(g, s.right, traced.forward[a] ? arc.right : arc.left);
  }
  for (const Square s : all_squares()) g.square_of_face[g.face_of_square[index_of(s)]] = s;
  return g;
}

// face -> index of its mark in `marks`; kGap where the mark is none of them.
std::vector<Label> labels(const Ground& g, const Drawing& d, std::string_view marks) {
  std::vector<Label> of_face(g.arrangement.face_count, kGap);
  for (FaceId f = 1; f < g.arrangement.face_count; ++f) {
    const std::size_t at_mark = marks.find(mark(d, g.square_of_face[f]));
    if (at_mark != std::string_view::npos) of_face[f] = static_cast<Label>(at_mark);
  }
  return of_face;
}

Layer layer(const Ground& g, std::string id, Text title, Text department, int rank, std::string_view marks,
            std::vector<Cell> cells) {
  Layer out;
  out.labels.of_face = labels(g, drawing_of(id), marks);
  if (id == "schools") {
    const std::vector<Label> further = labels(g, kOverlap, marks);
    for (FaceId f = 1; f < g.arrangement.face_count; ++f)
      if (further[f] != kGap) out.labels.overlaps.push_back({f, further[f]});
  }
  out.id = std::move(id);
  out.title = std::move(title);
  out.department = std::move(department);
  out.rank = rank;
  out.accuracy_m = 5;
  out.fields = {{"phone", FieldType::text}, {"staff", FieldType::integer}};
  out.cells = std::move(cells);
  for (const std::vector<ArcPolygon>& ground : dissolve(g.arrangement, out.labels, out.cells.size()).of_label) {
    std::vector<Ring>& rings = out.delivered.emplace_back();
    for (const ArcPolygon& polygon : ground) {
      rings.push_back({points_of(g.arrangement, polygon.shell), false});
      for (const ArcRing& hole : polygon.holes) rings.push_back({points_of(g.arrangement, hole), true});
    }
    for (Ring& ring : rings) ring.points.pop_back();
  }
  return out;
}

std::vector<Layer> layers(const Ground& g) {
  return {layer(g, "police", {"Police precincts", "派出所辖区"}, {"Public Security", "公安局"}, 1, "pqr",
                {{"P1", "North-west precinct", {"110-1", "31"}},
                 {"P2", "North-east precinct", {"110-2", "28"}},
                 {"P3", "South precinct", {"110-3", std::nullopt}}}),
          layer(g, "schools", {"School zones", "学区"}, {"Education", "教育局"}, 3, "uvwx",
                {{"S-U", "Laoshan Road School", {std::nullopt, "60"}},
                 {"S-V", "Court Yard School", {std::nullopt, "9"}},
                 {"S-W", "东海小学", {"8001", "44"}},
                 {"S-X", "Harbour School", {"8002", "52"}}}),
          layer(g, "sanitation", {"Sanitation sections", "环卫片区"}, {"Urban Management", "城市管理局"}, 2, "st",
                {{"N1", "Section 1", {std::nullopt, "12"}}, {"N2", "Section 2", {std::nullopt, "15"}}})};
}

std::vector<AdminLevel> admin(const Ground& g) {
  AdminLevel city{"city", {"City", "市"}, {{"370200", {"Toy City", "玩具市"}, -1}}, {}};
  AdminLevel district{
      "district", {"District", "区"}, {{"370202", {"North", "北区"}, 0}, {"370203", {"South", "南区"}, 0}}, {}};
  AdminLevel community{"community",
                       {"Community", "社区"},
                       {{"370202001", {"Harbour", "港湾"}, 0},
                        {"370202002", {"Hill", "山前"}, 0},
                        {"370203001", {"Market", "市场"}, 1},
                        {"370203002", {"Shore", "海岸"}, 1}},
                       {}};
  community.of_face = labels(g, kCommunity, "abcd");
  for (Label l : community.of_face) {
    city.of_face.push_back(l == kGap ? kGap : 0);
    district.of_face.push_back(l == kGap ? kGap : l / 2);
  }
  return {std::move(city), std::move(district), std::move(community)};
}

double people_of(const City& c, FaceId f, double area_m2) {
  constexpr std::array<double, 4> kPeoplePerKm2{8000, 5000, 3000, 2000};  // by community
  constexpr Label kIslet = 8;                                             // grid 9: nobody lives there
  if (c.grid_of_face[f] == kIslet) return 0;
  return area_m2 / 1e6 * kPeoplePerKm2[static_cast<std::size_t>(c.admin.back().of_face[f])];
}

void add_grids(City& c, const Ground& g, const std::vector<double>& areas) {
  c.grid_of_face = labels(g, kGrid, "123456789");
  c.grids.resize(9);
  std::array<int, 4> serial{};
  for (FaceId f = 1; f < c.arrangement.face_count; ++f) {
    c.population.push_back(people_of(c, f, areas[f]));
    c.households.push_back(c.population.back() / c.people_per_household);
    Grid& grid = c.grids[static_cast<std::size_t>(c.grid_of_face[f])];
    grid.parent = c.admin.back().of_face[f];
    grid.area_m2 += areas[f];
    grid.population += c.population[f];
  }
  const std::vector<double> lengths = arc_lengths(c.arrangement);
  for (ArcId a = 0; a < c.arrangement.arcs.size(); ++a) {
    const Label left = c.grid_of_face[c.arrangement.arcs[a].left], right = c.grid_of_face[c.arrangement.arcs[a].right];
    if (left == right) continue;
    for (Label l : {left, right})
      if (l != kGap) c.grids[static_cast<std::size_t>(l)].perimeter_m += lengths[a];
  }
  for (Grid& grid : c.grids) {
    const auto parent = static_cast<std::size_t>(grid.parent);
    const std::string number = std::to_string(++serial[parent]);
    grid.code = c.admin.back().units[parent].code + std::string(3 - number.size(), '0') + number;
    const Text& unit = c.admin.back().units[parent].name;
    grid.name = {unit.en + ", grid " + number, unit.zh + number + "网格"};
    grid.valid_from = "2026-01-01";
    grid.compactness = 4 * std::numbers::pi * grid.area_m2 / (grid.perimeter_m * grid.perimeter_m);
    grid.households = grid.population / c.people_per_household;
  }
  c.grids[4].kind = GridKind::special;
  c.grids[4].verdict = BandVerdict::fixed;
  c.grids[8].kind = GridKind::uninhabited;
  c.grids[8].verdict = BandVerdict::uninhabited;
}

struct Amount {
  double area_m2 = 0;
  double people = 0;
  Amount& operator+=(const Amount& o) {
    area_m2 += o.area_m2;
    people += o.people;
    return *this;
  }
};

double share(const Amount& part, const Amount& whole) {
  return whole.people > 0 ? part.people / whole.people : part.area_m2 / whole.area_m2;
}

std::vector<Label> cells_on(const Layer& l, FaceId f) {
  std::vector<Label> cells;
  if (l.labels.of_face[f] != kGap) cells.push_back(l.labels.of_face[f]);
  for (const OverlapLabel& o : l.labels.overlaps)
    if (o.face == f) cells.push_back(o.label);
  return cells;
}

void add_crosswalk(City& c, const std::vector<double>& areas) {
  std::map<std::tuple<std::uint32_t, Label, std::uint32_t>, Amount> parts;
  std::map<std::pair<std::uint32_t, Label>, Amount> wholes;
  for (std::uint32_t l = 0; l < c.layers.size(); ++l)
    for (FaceId f = 1; f < c.arrangement.face_count; ++f)
      for (Label cell : cells_on(c.layers[l], f)) {
        parts[{l, cell, static_cast<std::uint32_t>(c.grid_of_face[f])}] += {areas[f], c.population[f]};
        wholes[{l, cell}] += {areas[f], c.population[f]};
      }
  for (const auto& [key, part] : parts) {
    const auto& [l, cell, grid] = key;
    const Amount whole_grid{c.grids[grid].area_m2, c.grids[grid].population};
    c.crosswalk.push_back(
        {l, cell, grid, part.area_m2, part.people, share(part, wholes[{l, cell}]), share(part, whole_grid)});
  }
}

void add_responsibilities(City& c) {
  for (std::uint32_t grid = 0; grid < c.grids.size(); ++grid)
    for (std::uint32_t l = 0; l < c.layers.size(); ++l) {
      Responsibility duty{grid, l, kGap, 0, DutyStatus::vacant};
      std::size_t candidates = 0;
      for (const CrosswalkRow& row : c.crosswalk)
        if (row.grid == grid && row.layer == l && ++candidates && row.share_of_grid > duty.share) {
          duty.cell = row.cell;
          duty.share = row.share_of_grid;
        }
      if (candidates > 0) duty.status = candidates == 1 ? DutyStatus::sole : DutyStatus::split;
      c.responsibilities.push_back(duty);
    }
}

void add_event(City& c, const Ground& g, Square s, std::size_t number) {
  EventTable& e = c.events;
  const std::int64_t seconds = 1'767'225'600 + static_cast<std::int64_t>(number) * 5400;  // from 2026-01-01 on
  const auto parity = static_cast<std::uint32_t>(number % 2);
  e.id.push_back("E" + std::to_string(number));
  e.occurred_at.push_back({seconds, number % 5 != 0});
  if (number % 5 == 0) e.occurred_at.back().seconds -= seconds % 86400;
  e.at.push_back(at(s.column + 0.3 + 0.05 * static_cast<double>(number % 8), s.row + 0.45));
  e.category.of_row.push_back(parity);
  e.subcategory.of_row.push_back(0);
  e.agency.of_row.push_back(parity);
  e.severity.of_row.push_back(0);
  e.status.of_row.push_back(parity);
  e.closed_at.push_back(parity == 1 ? LocalTime{seconds + 7200, true} : LocalTime{INT64_MIN, false});
  c.face_of_event.push_back(inside(s) ? g.face_of_square[index_of(s)] : kOutside);
}

// Every square of the mainland has 0 to 3 events, grid 7 nine more, the islet none, and one lies in the sea.
void add_events(City& c, const Ground& g) {
  c.events.category.values = {"noise", "street light"};
  c.events.subcategory.values = {""};
  c.events.agency.values = {"Police", "Lighting"};
  c.events.severity.values = {"normal"};
  c.events.status.values = {"open", "closed"};
  std::size_t number = 0;
  for (const Square s : all_squares())
    if (inside(s) && s.column < 15)
      for (int i = 0; i < (s.column * 7 + s.row * 3) % 4; ++i) add_event(c, g, s, number++);
  for (int i = 0; i < 9; ++i) add_event(c, g, {6, 8}, number++);
  add_event(c, g, {15, 0}, number);
}

void add_zones(City& c) {
  for (std::uint32_t l = 0; l < c.layers.size(); ++l)
    for (std::size_t cell = 0; cell < c.layers[l].cells.size(); ++cell) {
      Zone zone{l, static_cast<Label>(cell), 0, 0, 0};
      for (std::uint32_t grid = 0; grid < c.grids.size(); ++grid) {
        if (c.responsibility(grid, l).cell != zone.cell) continue;
        ++zone.grids;
        zone.population += c.grids[grid].population;
        for (FaceId f : c.face_of_event)
          if (f != kOutside && c.grid_of_face[f] == static_cast<Label>(grid)) ++zone.incidents;
      }
      c.zones.push_back(zone);
    }
}

std::vector<std::vector<Point>> rectangle(double west, double north, double east, double south) {
  return {{at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)}};
}

Conflict conflict(const City& c, const std::vector<double>& areas, ConflictKind kind) {
  const Layer& schools = c.layers[1];
  Conflict out;
  out.kind = kind;
  out.layer = 1;
  for (FaceId f = 1; f < c.arrangement.face_count; ++f) {
    const bool here = kind == ConflictKind::gap ? schools.labels.of_face[f] == kGap : cells_on(schools, f).size() > 1;
    if (!here) continue;
    out.area_m2 += areas[f];
    out.population += c.population[f];
  }
  return out;
}

void add_conflicts(City& c, const std::vector<double>& areas) {
  Conflict gap = conflict(c, areas, ConflictKind::gap);
  gap.ground = {rectangle(5, 7, 8, 9)};
  Conflict overlap = conflict(c, areas, ConflictKind::overlap);
  overlap.before = {"S-U", "S-X"};
  overlap.after = {"S-U"};
  overlap.ground = {rectangle(7, 6, 9, 7), rectangle(8, 7, 9, 8)};
  c.conflicts = {std::move(gap), std::move(overlap)};
}

// Bit l of an arc is set where layer l says different things left and right.
std::vector<std::uint64_t> support(const City& c) {
  std::vector<std::uint64_t> bits;
  for (const Arc& arc : c.arrangement.arcs) {
    std::uint64_t b = 0;
    for (std::size_t l = 0; l < c.layers.size(); ++l)
      if (cells_on(c.layers[l], arc.left) != cells_on(c.layers[l], arc.right)) b |= std::uint64_t{1} << l;
    bits.push_back(b);
  }
  return bits;
}

std::vector<double> areas_of(const Arrangement& m) {
  std::vector<double> areas;
  for (Int128 a : doubled_areas(m)) areas.push_back(square_metres(a));
  areas[kOutside] = 0;
  return areas;
}

}  // namespace

std::vector<std::string_view> drawing(std::string_view name) {
  const Drawing& d = drawing_of(name);
  return {d.begin(), d.end()};
}

Point at(double column, double row) {
  const double x = column * kSquare_mm + (kRows - row) * 12'000;
  const double y = (kRows - row) * kSquare_mm - column * 9'000;
  return {static_cast<std::int32_t>(std::lround(x)), static_cast<std::int32_t>(std::lround(y))};
}

City city() {
  const Ground g = ground();
  City c;
  c.id = "toy";
  c.code = "370200";
  c.name = {"Toy City", "玩具市"};
  c.time_zone = "Asia/Shanghai";
  c.arrangement = g.arrangement;
  const std::vector<double> areas = areas_of(c.arrangement);
  c.area_m2 = areas;
  c.layers = layers(g);
  c.support = support(c);
  c.admin = admin(g);
  c.population = {0};
  c.households = {0};
  add_grids(c, g, areas);
  add_crosswalk(c, areas);
  add_responsibilities(c);
  add_events(c, g);
  add_zones(c);
  add_conflicts(c, areas);
  c.quality = {{QualityStage::unified, QualityMetric::grids, 9}};
  c.history = {{1, "2026-01-01T00:00:00Z", "planner", "first edition", "", "fuse"}};
  return c;
}

}  // namespace gridloom::toy
