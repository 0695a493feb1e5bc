// SPDX-License-Identifier: Apache-2.0
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <set>

#include "engine/proof/verify_city.h"

namespace gridloom {
namespace {

using Hash = std::array<std::uint64_t, 2>;

// Feeds typed values into one 128-bit hash; texts carry their length, so that no two records read alike.
class Hasher {
 public:
  Hasher() : state_(XXH3_createState()) { XXH3_128bits_reset(state_); }
  ~Hasher() { XXH3_freeState(state_); }
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  Hasher& number(std::uint64_t v) {
    XXH3_128bits_update(state_, &v, sizeof v);
    return *this;
  }
  Hasher& real(double v) { return number(std::bit_cast<std::uint64_t>(v + 0.0)); }
  Hasher& text(const std::string& s) {
    number(s.size());
    XXH3_128bits_update(state_, s.data(), s.size());
    return *this;
  }
  Hasher& hash(const Hash& h) { return number(h[0]).number(h[1]); }
  Hasher& point(Point p, Point origin) {
    return number(static_cast<std::uint64_t>(static_cast<std::int64_t>(p.x) - origin.x))
        .number(static_cast<std::uint64_t>(static_cast<std::int64_t>(p.y) - origin.y));
  }
  Hash done() const {
    const XXH128_hash_t h = XXH3_128bits_digest(state_);
    return {h.high64, h.low64};
  }

 private:
  XXH3_state_t* state_;
};

// A set of records, whatever order they come in.
class Bag {
 public:
  void add(const Hasher& h) { hashes_.push_back(h.done()); }
  void feed(Hasher& out) {
    std::sort(hashes_.begin(), hashes_.end());
    out.number(hashes_.size());
    for (const Hash& h : hashes_) out.hash(h);
  }

 private:
  std::vector<Hash> hashes_;
};

// Layers by id: their order in the catalogue is no content.
std::vector<std::size_t> layers_by_id(const City& city) {
  std::vector<std::size_t> order(city.layers.size());
  for (std::size_t l = 0; l < order.size(); ++l) order[l] = l;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return city.layers[a].id < city.layers[b].id; });
  return order;
}

// What a face means to everyone, by codes and ids.
std::vector<Hash> face_hashes(const City& city, const std::vector<std::size_t>& layers) {
  std::vector<Hash> out;
  for (FaceId f = 0; f < city.arrangement.face_count; ++f) {
    Hasher h;
    h.number(f == kOutside);
    if (f != kOutside) {
      for (const AdminLevel& level : city.admin) h.text(level.units[level.of_face[f]].code);
      h.text(city.grids[city.grid_of_face[f]].code).real(city.population[f]);
      for (std::size_t l : layers) {
        const Layer& layer = city.layers[l];
        std::set<std::string> ids;  // which cell leads is an order of the delivery, not content
        if (layer.labels.of_face[f] != kGap) ids.insert(layer.cells[layer.labels.of_face[f]].id);
        for (const OverlapLabel& o : layer.labels.further(f)) ids.insert(layer.cells[o.label].id);
        h.number(ids.size());
        for (const std::string& id : ids) h.text(id);
      }
    }
    out.push_back(h.done());
  }
  return out;
}

void feed_geometry(const City& city, const std::vector<Hash>& face, Hasher& out) {
  const Arrangement& m = city.arrangement;
  const Point origin = box_of(m.points).min;
  Bag arcs;
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const auto p = m.points_of(a);
    const bool turned = std::lexicographical_compare(p.rbegin(), p.rend(), p.begin(), p.end());
    Hasher h;
    h.hash(face[turned ? m.arcs[a].right : m.arcs[a].left]).hash(face[turned ? m.arcs[a].left : m.arcs[a].right]);
    for (std::size_t i = 0; i < p.size(); ++i) h.point(turned ? p[p.size() - 1 - i] : p[i], origin);
    arcs.add(h);
  }
  arcs.feed(out);
}

void feed_tables(const City& city, Hasher& out) {
  Bag rows;
  const auto layer = [&](auto l) { return city.layers[l].id; };
  const auto cell = [&](auto l, Label c) { return c == kGap ? std::string() : city.layers[l].cells[c].id; };
  for (const Grid& g : city.grids)
    rows.add(Hasher()
                 .text("grid")
                 .text(g.code)
                 .text(g.name.en)
                 .text(g.name.zh)
                 .number(static_cast<std::uint64_t>(g.kind))
                 .real(g.area_m2)
                 .real(g.population));
  for (const CrosswalkRow& r : city.crosswalk)
    rows.add(Hasher()
                 .text("crosswalk")
                 .text(layer(r.layer))
                 .text(cell(r.layer, r.cell))
                 .text(city.grids[r.grid].code)
                 .real(r.area_m2)
                 .real(r.population));
  for (const Responsibility& r : city.responsibilities)
    rows.add(Hasher()
                 .text("duty")
                 .text(layer(r.layer))
                 .text(cell(r.layer, r.cell))
                 .text(city.grids[r.grid].code)
                 .real(r.share)
                 .number(static_cast<std::uint64_t>(r.status)));
  for (const Conflict& c : city.conflicts)
    rows.add(Hasher()
                 .text("conflict")
                 .number(static_cast<std::uint64_t>(c.kind))
                 .text(c.layer < 0 ? c.admin_level : layer(c.layer))
                 .text(ids_text(city, c))
                 .real(c.area_m2));
  for (std::size_t e = 0; e < city.events.size(); ++e) {
    const FaceId f = city.face_of_event[e];
    rows.add(Hasher()
                 .text("event")
                 .text(city.events.id[e])
                 .text(f == kOutside ? "" : city.grids[city.grid_of_face[f]].code));
  }
  rows.feed(out);
}

}  // namespace

std::string digest(const City& city) {
  const std::vector<std::size_t> layers = layers_by_id(city);
  Hasher out;
  out.text(city.arrangement.lattice.crs);
  feed_geometry(city, face_hashes(city, layers), out);
  feed_tables(city, out);
  const Hash h = out.done();
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(h[0]),
                static_cast<unsigned long long>(h[1]));
  return text;
}

}  // namespace gridloom
