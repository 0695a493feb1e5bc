// SPDX-License-Identifier: Apache-2.0
// Times the arrangement and asks it for proof; one line of JSON for each run. scripts/bench makes tables of it.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <map>
#include <string>

#include "bench/geos_faces.h"
#include "bench/synthetic.h"
#include "engine/arrangement/build.h"
#include "engine/arrangement/coverage.h"
#include "engine/arrangement/noding.h"
#include "engine/arrangement/verify.h"
#include "engine/base/parallel.h"
#include "engine/io/catalogue/catalogue.h"
#include "engine/io/delivery/delivery_reader.h"

namespace gridloom::bench {
namespace {

template <class Work>
double seconds(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

SyntheticStack departments_of(const std::string& catalogue, Lattice& lattice) {
  SilentProgress silent;
  FuseInput input = read_delivery(read_catalogue(catalogue), 2, silent);
  lattice = input.lattice;
  SyntheticStack out;
  for (DeliveredLayer& layer : input.layers) {
    out.emplace_back();
    for (DeliveredCell& cell : layer.cells) out.back().push_back(std::move(cell.rings));
  }
  return out;
}

std::vector<DrawnSegment> drawn(const SyntheticStack& stack) {
  std::vector<DrawnSegment> out;
  std::uint32_t key = 0;
  for (const auto& cells : stack)
    for (const auto& rings : cells) {
      for (const Ring& ring : rings) draw(ring, key, out);
      ++key;
    }
  return out;
}

void build_line(const char* what, const Lattice& lattice, const SyntheticStack& stack, unsigned threads, int runs) {
  const auto layers = view(stack);
  double best = 1e9;
  std::size_t raw = 0, distinct = 0, points = 0, arcs = 0, faces = 0;
  for (int i = 0; i < runs; ++i) {
    const double took = seconds([&] {
      const Subdivision s = build(lattice, layers, threads);
      raw = s.raw_segments, distinct = s.distinct_segments;
      points = s.arrangement.points.size(), arcs = s.arrangement.arcs.size(), faces = s.arrangement.face_count - 1;
    });
    best = std::min(best, took);
  }
  // Segments after noding, less those before: two for every crossing, one for every end on another segment.
  const std::size_t pieces = points - arcs;
  std::printf(
      "{\"what\": \"%s\", \"threads\": %u, \"raw\": %zu, \"distinct\": %zu, \"pieces\": %zu, \"faces\": %zu, "
      "\"seconds\": %.4f, \"peak_mib\": %.0f}\n",
      what, threads, raw, distinct, pieces, faces, best, peak_mib());
}

void geos_line(const SyntheticStack& stack, bool raw) {
  std::vector<std::vector<Point>> lines;
  if (raw) {
    for (const auto& cells : stack)
      for (const auto& rings : cells)
        for (const Ring& ring : rings) {
          lines.push_back(ring.points);
          lines.back().push_back(ring.points.front());
        }
  } else {
    for (const Segment& s : gather(drawn(stack), 1).segments) lines.push_back({s.a, s.b});
  }
  const GeosFaces f = geos_faces(lines);
  std::printf(
      "{\"what\": \"geos\", \"noding\": %.4f, \"polygonizing\": %.4f, \"seconds\": %.4f, \"faces\": %zu, "
      "\"peak_mib\": %.0f}\n",
      f.noding_seconds, f.faces_seconds, f.noding_seconds + f.faces_seconds, f.faces, peak_mib());
}

// --- soak ---

// What is wrong with a stack's arrangement; empty when nothing is. By Green's theorem the noded rings of a cell sweep
// the winding numbers times the areas of its faces, exactly: a gap or an overlap that they do not have would show.
std::string fault_of(const SyntheticStack& stack) {
  const Lattice lattice{"EPSG:32650", 500'000, 4'000'000};
  const Subdivision s = build(lattice, view(stack), 1);
  const auto faults = verify(s.arrangement, 3);
  if (!faults.empty()) return faults.front().kind + ": " + faults.front().what;
  const std::vector<Int128> area = doubled_areas(s.arrangement);
  std::vector<std::size_t> first_key;
  std::size_t keys = 0;
  for (const auto& cells : stack) {
    first_key.push_back(keys);
    keys += cells.size();
  }
  std::vector<Int128> labelled(keys, 0), swept(keys, 0);
  for (std::size_t l = 0; l < stack.size(); ++l) {
    for (FaceId f = 1; f < s.arrangement.face_count; ++f)
      if (s.labelings[l].of_face[f] != kGap) labelled[first_key[l] + s.labelings[l].of_face[f]] += area[f];
    for (const OverlapLabel& o : s.labelings[l].overlaps) labelled[first_key[l] + o.label] += area[o.face];
  }
  for (const OddWinding& o : s.odd_windings) labelled[first_key[o.layer] + o.cell] += area[o.face] * (o.winding - 1);
  const CrossedSegments pieces = noded(gather(drawn(stack), 1), 1);
  for (std::size_t p = 0; p < pieces.segments.size(); ++p)
    for (const Crossing& c : pieces.of(p)) swept[c.key] += cross(pieces.segments[p].a, pieces.segments[p].b) * c.step;
  for (std::size_t k = 0; k < keys; ++k)
    if (labelled[k] != swept[k]) return "cell " + std::to_string(k) + " has other ground than its rings";
  return "";
}

int soak(std::uint64_t seed, std::size_t stacks, unsigned threads) {
  std::vector<std::string> said(stacks);
  std::vector<std::size_t> size(stacks, 0);
  parallel_for(stacks, threads, [&](std::size_t i) {
    constexpr std::int32_t kJitter[] = {0, 1, 3, 50, 2'000, 20'000, 100'000};
    SyntheticOptions o;
    o.seed = seed + i;
    o.segments = 2'000 + (o.seed * 7919) % 10'000;
    o.most_jitter = kJitter[o.seed % std::size(kJitter)];
    o.odd_rings = 5;
    try {
      const SyntheticStack stack = synthetic(o);
      for (const auto& cells : stack)
        for (const auto& rings : cells)
          for (const Ring& ring : rings) size[i] += ring.points.size();
      said[i] = fault_of(stack);
    } catch (const std::exception& e) {
      said[i] = std::string("exception: ") + e.what();
    }
  });
  std::size_t failed = 0, segments = 0;
  for (std::size_t i = 0; i < stacks; ++i) {
    segments += size[i];
    if (said[i].empty()) continue;
    ++failed;
    std::fprintf(stderr, "seed %zu: %s\n", static_cast<std::size_t>(seed + i), said[i].c_str());
  }
  std::printf("{\"what\": \"soak\", \"stacks\": %zu, \"segments\": %zu, \"failed\": %zu}\n", stacks, segments, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace gridloom::bench

int main(int argc, char** argv) {
  using namespace gridloom::bench;
  CLI::App app{"Times the arrangement. Example: bench_arrangement growth --segments 1000000 --threads 2"};
  app.require_subcommand(1);
  std::string catalogue;
  unsigned threads = 1;
  int runs = 3;
  bool raw = false;
  SyntheticOptions synthetic_options;
  std::size_t stacks = 100;
  auto* city = app.add_subcommand("city", "the layers of a catalogue");
  auto* geos = app.add_subcommand("geos", "the same layers by GEOS");
  auto* growth = app.add_subcommand("growth", "a synthetic province");
  auto* soak_verb = app.add_subcommand("soak", "many small random stacks, each built and proven");
  for (auto* verb : {city, geos}) verb->add_option("catalogue", catalogue)->required();
  for (auto* verb : {city, growth, soak_verb}) verb->add_option("--threads", threads);
  for (auto* verb : {city, growth}) verb->add_option("--runs", runs);
  geos->add_flag("--raw", raw, "rings as delivered, not the distinct segments");
  growth->add_option("--segments", synthetic_options.segments);
  for (auto* verb : {growth, soak_verb}) verb->add_option("--seed", synthetic_options.seed);
  soak_verb->add_option("--stacks", stacks);
  CLI11_PARSE(app, argc, argv);
  try {
    gridloom::Lattice lattice{"EPSG:32650", 500'000, 4'000'000};
    if (*soak_verb) return soak(synthetic_options.seed, stacks, threads);
    const SyntheticStack stack = *growth ? synthetic(synthetic_options) : departments_of(catalogue, lattice);
    if (*geos)
      geos_line(stack, raw);
    else
      build_line(*city ? "city" : "growth", lattice, stack, threads, runs);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_arrangement: %s\n", e.what());
    return 1;
  }
  return 0;
}
