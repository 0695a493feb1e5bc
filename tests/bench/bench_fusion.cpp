// SPDX-License-Identifier: Apache-2.0
// Twelve layers derived from one clean partition, each displaced, simplified, with borders dropped and added: how much
// of the true borders does fusion give back, and in what time? Prints one line of JSON: precision, recall and F of
// boundaries within 5 m; or of a whole province, districts and people and all, the seconds.
//   bench_fusion METRES SEGMENTS mixed|alike [FOLDER]
// mixed: layers lie off by 0 to 100 % of METRES, as the generator says; alike: all by METRES. With FOLDER, the layers
// are written there as GeoJSON in metres; `bench_fusion METRES SEGMENTS mixed|alike FOLDER LINES.geojson` scores those
// lines instead.
//   bench_fusion province SEGMENTS THREADS
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "bench/synthetic.h"
#include "engine/fusion/fuse.h"
#include "engine/geometry/box_index.h"
#include "engine/geometry/distance.h"

namespace {

using namespace gridloom;
using bench::SyntheticOptions;
using bench::SyntheticStack;
using Lines = std::vector<std::vector<Point>>;

constexpr double kWithin_m = 5;
const Lattice kLattice{"EPSG:4549", 500'000, 3'900'000};

struct Silent final : Progress {
  void stage(std::string_view, double) override {}
  bool cancelled() const override { return false; }
};

Lines lines_of(const Arrangement& m) {
  Lines out;
  for (ArcId a = 0; a < m.arcs.size(); ++a) out.emplace_back(m.points_of(a).begin(), m.points_of(a).end());
  return out;
}

struct Close {
  double share = 0;   // of the length within kWithin_m
  double mean_m = 0;  // distance, none counted beyond 50 m
};

// How near the first lines are to the second, by places a metre apart.
Close close_to(const Lines& from, const Lines& to) {
  std::vector<Segment> segments;
  std::vector<Box> boxes;
  for (const auto& line : to)
    for (std::size_t i = 0; i + 1 < line.size(); ++i)
      if (line[i] != line[i + 1]) {
        segments.push_back(segment_between(line[i], line[i + 1]));
        boxes.push_back(box_of(segments.back()));
      }
  const BoxIndex index(boxes);
  double near = 0, all = 0, sum = 0;
  for (const auto& line : from)
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
      const double dx = static_cast<double>(line[i + 1].x) - line[i].x,
                   dy = static_cast<double>(line[i + 1].y) - line[i].y;
      const double metres = std::hypot(dx, dy) / Lattice::kPerMetre;
      const int steps = std::max(1, static_cast<int>(metres));
      for (int k = 0; k < steps; ++k) {
        const double t = (k + 0.5) / steps;
        const Point p{line[i].x + static_cast<std::int32_t>(std::lround(t * dx)),
                      line[i].y + static_cast<std::int32_t>(std::lround(t * dy))};
        double nearest = 50'000;
        for (std::int32_t reach = 5'000; nearest >= 50'000 && reach <= 50'000; reach *= 10)
          index.query({{p.x - reach, p.y - reach}, {p.x + reach, p.y + reach}},
                      [&](std::uint32_t s) { nearest = std::min(nearest, distance(p, segments[s])); });
        all += metres / steps;
        near += nearest <= kWithin_m * 1000 ? metres / steps : 0;
        sum += nearest / 1000 * metres / steps;
      }
    }
  return {near / all, sum / all};
}

std::vector<Ring> outline(const Arrangement& m) {
  std::vector<Label> all(m.face_count, 0);
  all[kOutside] = kGap;
  std::vector<Ring> out;
  const Dissolved ground = dissolve(m, all, 1);
  for (const ArcPolygon& polygon : ground.of_label.front()) {
    out.push_back({points_of(m, polygon.shell), false});
    out.back().points.pop_back();
  }
  return out;
}

FuseInput input_of(const SyntheticStack& stack, const SyntheticOptions& o, const std::vector<Ring>& frame) {
  FuseInput in;
  in.city_id = in.city_code = "truth";
  in.lattice = kLattice;
  in.admin.resize(1);
  in.admin[0].id = "city";
  in.admin[0].units.accuracy_m = 1;
  in.admin[0].units.cells.push_back({{"1", "1", {}}, frame});
  in.admin[0].names.resize(1);
  in.admin[0].parents.resize(1);
  std::vector<std::pair<double, std::size_t>> by_accuracy;
  for (std::size_t l = 0; l < stack.size(); ++l)
    by_accuracy.emplace_back(bench::displacement_m(o, static_cast<int>(l)), l);
  std::sort(by_accuracy.begin(), by_accuracy.end());
  for (std::size_t l = 0; l < stack.size(); ++l) {
    DeliveredLayer layer;
    layer.id = "l" + std::to_string(l);
    layer.accuracy_m = 1 + 1.2 * bench::displacement_m(o, static_cast<int>(l));
    for (std::size_t r = 0; r < by_accuracy.size(); ++r)
      if (by_accuracy[r].second == l) layer.rank = static_cast<int>(r) + 1;
    for (std::size_t c = 0; c < stack[l].size(); ++c)
      layer.cells.push_back({{"c" + std::to_string(c), "", {}}, stack[l][c]});
    in.layers.push_back(std::move(layer));
  }
  in.population.areas.id = "people";
  in.population.areas.cells.push_back({{"1", "", {}}, frame});
  in.population.people = {1000};
  in.unify.serial_digits = 7;
  in.unify.effort = 0;
  return in;
}

void write_geojson(const SyntheticStack& stack, const std::string& folder) {
  for (std::size_t l = 0; l < stack.size(); ++l) {
    std::ofstream file(folder + "/l" + std::to_string(l) + ".geojson");
    file << "{\"type\":\"FeatureCollection\",\"features\":[";
    for (std::size_t c = 0; c < stack[l].size(); ++c) {
      nlohmann::json polygons = nlohmann::json::array();
      for (const Ring& ring : stack[l][c]) {
        nlohmann::json points = nlohmann::json::array();
        for (std::size_t i = 0; i <= ring.points.size(); ++i) {
          const Point p = ring.points[i % ring.points.size()];
          points.push_back({p.x / 1000.0, p.y / 1000.0});
        }
        if (!ring.hole || polygons.empty()) polygons.push_back(nlohmann::json::array());
        polygons.back().push_back(std::move(points));
      }
      file << (c ? "," : "")
           << "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":"
           << polygons.dump() << "}}";
    }
    file << "]}";
  }
}

void add_lines(const nlohmann::json& coordinates, Lines& out) {
  if (coordinates.empty()) return;
  if (coordinates.front().front().is_array()) {
    for (const auto& part : coordinates) add_lines(part, out);
    return;
  }
  out.emplace_back();
  for (const auto& p : coordinates)
    out.back().push_back({static_cast<std::int32_t>(std::lround(1000 * p.at(0).get<double>())),
                          static_cast<std::int32_t>(std::lround(1000 * p.at(1).get<double>()))});
}

Lines read_lines(const std::string& path) {
  std::ifstream file(path);
  const auto json = nlohmann::json::parse(file);
  Lines out;
  if (json.contains("geometries"))
    for (const auto& g : json.at("geometries")) add_lines(g.at("coordinates"), out);
  else
    for (const auto& f : json.at("features")) add_lines(f.at("geometry").at("coordinates"), out);
  return out;
}

// Districts of twelve by twelve blocks, 800 people in a block.
FuseInput province_of(const SyntheticStack& stack, const SyntheticOptions& o, const SyntheticStack& clean) {
  FuseInput in = input_of(stack, o, {});
  in.admin.resize(2);
  in.admin[0].units.cells.clear();
  in.admin[0].names.clear();
  in.admin[0].parents.clear();
  in.admin[1].id = "district";
  in.admin[1].units.accuracy_m = 1;
  in.population.areas.cells.clear();
  in.population.people.clear();
  for (std::size_t c = 0; c < clean[11].size(); ++c)
    in.admin[1].units.cells.push_back({{std::to_string(1000 + c), "", {}}, clean[11][c]});
  in.admin[1].names.resize(clean[11].size());
  in.admin[1].parents.resize(clean[11].size());
  for (std::size_t c = 0; c < clean[0].size(); ++c) {
    in.population.areas.cells.push_back({{std::to_string(c), "", {}}, clean[0][c]});
    in.population.people.push_back(800);
  }
  in.unify = {};
  return in;
}

int province(std::size_t segments, unsigned threads) {
  SyntheticOptions o;
  o.segments = segments;
  o.most_jitter = 20'000;
  SyntheticOptions clean = o;
  clean.most_jitter = clean.odd_rings = 0;
  FuseInput in = province_of(bench::synthetic(o), o, bench::synthetic(clean));
  Silent silent;
  const auto start = std::chrono::steady_clock::now();
  const Fused fused = fuse(std::move(in), {.threads = threads, .today = "2026-01-01"}, silent);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  nlohmann::ordered_json stages;
  for (const auto& [stage, s] : fused.statistics.seconds) stages[stage] = s;
  std::printf("%s\n", nlohmann::ordered_json{{"raw", fused.statistics.raw_segments},
                                             {"atoms", fused.city.arrangement.face_count - 1},
                                             {"grids", fused.city.grids.size()},
                                             {"seconds", seconds},
                                             {"stages", stages},
                                             {"peak_mib", static_cast<double>(usage.ru_maxrss) / 1024}}
                          .dump()
                          .c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  if (std::string(argv[1]) == "province")
    return province(static_cast<std::size_t>(std::atol(argv[2])), static_cast<unsigned>(std::atoi(argv[3])));
  SyntheticOptions o;
  o.most_jitter = static_cast<std::int32_t>(1000 * std::atof(argv[1]));
  o.segments = static_cast<std::size_t>(std::atol(argv[2]));
  o.alike = std::string(argv[3]) == "alike";
  SyntheticOptions clean = o;
  clean.most_jitter = 0;
  clean.odd_rings = 0;
  clean.simplified = false;
  const SyntheticStack truth_stack = bench::synthetic(clean), stack = bench::synthetic(o);
  const Arrangement truth = build(kLattice, bench::view(truth_stack), 2).arrangement;
  const Lines true_lines = lines_of(truth);
  if (argc == 5) {
    write_geojson(stack, argv[4]);
    return 0;
  }
  Lines found;
  if (argc > 5) {
    found = read_lines(argv[5]);
  } else {
    Silent silent;
    found = lines_of(
        fuse(input_of(stack, o, outline(truth)), {.threads = 2, .today = "2026-01-01"}, silent).city.arrangement);
  }
  const Close precision = close_to(found, true_lines), recall = close_to(true_lines, found);
  const double f = 2 * precision.share * recall.share / (precision.share + recall.share);
  std::printf("{\"precision\": %.4f, \"recall\": %.4f, \"f\": %.4f, \"mean_m\": %.2f}\n", precision.share, recall.share,
              f, precision.mean_m);
  return 0;
}
