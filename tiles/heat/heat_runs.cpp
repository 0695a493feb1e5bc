// SPDX-License-Identifier: Apache-2.0
// Kernels of many pixels: along a row of pixels an event's kernel is a polynomial of degree four between two columns.
// It is added where it begins and taken away where it ends, and a running sum carries the row.
//
// The polynomial is written about the middle of a block of columns, a power of two wide and a little wider than the
// radius, that the event itself lies in: (w - S (t - a)²)², w = 1 - down dy², t and a in block widths, S = across
// width². There its five coefficients are small, and rounded to integers once. To change to the next block is t -> t -
// 1, in integers without loss: however far a sum is carried, what was added can be taken away to the last bit.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "engine/base/lanes.h"
#include "engine/base/parallel.h"
#include "tiles/heat/heat_frame.h"

namespace gridloom::heat {
namespace {

constexpr std::int64_t kBand = 16;  // rows summed together, from whole multiples of it
constexpr std::size_t kGroups = kBand / 4;
constexpr std::size_t kTerms = 5;
constexpr std::int64_t kKinds = 3;  // the event lies a block to the west of the column, in its block, to the east

using Coefficients = std::array<std::uint64_t, kTerms>;  // modulo 2^64; what a column comes to fits

// Four rows, a lane each. Lanes below the window's last row reach nothing.
struct Group {
  Four row{}, across{}, down{};          // row from the band's first
  Four bend{}, spread{};                 // S; 1 / across
  FourWords whole[kKinds][kTerms] = {};  // of the events that reach every column, by kind
};

// A band of rows of the window.
struct Band {
  std::int64_t top = 0;  // world row
  std::uint32_t rows = 0;
  unsigned log2_block = 0;
  double reach = 0;
  std::array<Group, kGroups> groups{};
  // By row, kind and column; the column past the last takes what ends beyond. Zeros between bands.
  std::vector<Coefficients> changes;

  std::int64_t block() const { return std::int64_t{1} << log2_block; }
};

std::size_t columns_of(const PixelWindow& w) { return std::size_t{w.nx} + 1; }

void prepare(const Frame& frame, std::int64_t band_number, Band& band) {
  const PixelWindow& w = frame.window;
  const std::int64_t first = band_number * kBand;
  band.reach = 1.01 * frame.reach(first, first + kBand) + 1;  // of the whole band, whatever the window has of it
  band.log2_block = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(band.reach) + 1));
  band.top = std::max(first, w.y0);
  band.rows = static_cast<std::uint32_t>(std::min(first + kBand, w.y0 + w.ny) - band.top);
  band.changes.resize(kBand * kKinds * columns_of(w));
  const auto width = static_cast<double>(band.block());
  for (std::size_t g = 0; g < kGroups; ++g) {
    Group& group = band.groups[g] = {};
    for (std::size_t lane = 0; lane < 4; ++lane) {
      const auto r = static_cast<std::uint32_t>(4 * g + lane);
      const RowMetric m = frame.metric(band.top + r);
      group.row[lane] = r;
      group.across[lane] = m.across;
      group.down[lane] = r < band.rows ? m.down : 1e30;
      group.bend[lane] = m.across * width * width;
      group.spread[lane] = 1 / m.across;
    }
  }
}

GRIDLOOM_INLINE bool all_above(const Four& v, double bound) {
  const FourInts above = v > bound;
  std::int64_t lane[4];
  std::memcpy(lane, &above, sizeof lane);
  return (lane[0] & lane[1] & lane[2] & lane[3]) != 0;
}

GRIDLOOM_INLINE bool any_above(const Four& v, double bound) {
  const FourInts above = v > bound;
  std::int64_t lane[4];
  std::memcpy(lane, &above, sizeof lane);
  return (lane[0] | lane[1] | lane[2] | lane[3]) != 0;
}

// The first four terms of each lane.
GRIDLOOM_INLINE void transpose(const FourWords* terms, FourWords* lanes) {
  const FourWords even01 = __builtin_shufflevector(terms[0], terms[1], 0, 4, 2, 6);
  const FourWords odd01 = __builtin_shufflevector(terms[0], terms[1], 1, 5, 3, 7);
  const FourWords even23 = __builtin_shufflevector(terms[2], terms[3], 0, 4, 2, 6);
  const FourWords odd23 = __builtin_shufflevector(terms[2], terms[3], 1, 5, 3, 7);
  lanes[0] = __builtin_shufflevector(even01, even23, 0, 1, 4, 5);
  lanes[1] = __builtin_shufflevector(odd01, odd23, 0, 1, 4, 5);
  lanes[2] = __builtin_shufflevector(even01, even23, 2, 3, 6, 7);
  lanes[3] = __builtin_shufflevector(odd01, odd23, 2, 3, 6, 7);
}

GRIDLOOM_INLINE Int4 at_least(const Int4& v, std::int32_t low) { return v > low ? v : low - Int4{}; }
GRIDLOOM_INLINE Int4 at_most(const Int4& v, std::int32_t high) { return v < high ? v : high - Int4{}; }

// An event's place: its column of the window, the part of the pixel, and its block, counted from the window's first.
struct Place {
  std::int32_t column, block;
  double part;
};

// Runs that are empty or lie beside the window begin and end in one column, which leaves nothing.
GRIDLOOM_INLINE void add_run(Band& band, const PixelWindow& window, std::size_t g, const Four& half, const Place& at,
                             const FourWords* terms) {
  const auto nx = static_cast<std::int32_t>(window.nx), stride = nx + 1;
  const auto in_block = static_cast<std::int32_t>(window.x0 & (band.block() - 1));
  const auto bias = static_cast<std::int32_t>(band.block());  // keeps what is cut to an integer positive
  // Columns [begin, end) have their middles within `half`.
  const Four west = (at.part + 0.5 + bias) - half, east = (at.part + 0.5) + half;
  const Int4 begin = at_most(at_least(__builtin_convertvector(west, Int4) + (at.column - bias), 0), nx);
  const Int4 end = at_most(at_least(__builtin_convertvector(east, Int4) + at.column, 0), nx);
  const auto log2_block = static_cast<std::int32_t>(band.log2_block);
  const Int4 first4 = (at.block + 1 - ((in_block + begin) >> log2_block)) * stride + begin;
  const Int4 past4 = (at.block + 1 - ((in_block + end) >> log2_block)) * stride + end;
  std::int32_t first[4], past[4];
  std::memcpy(first, &first4, sizeof first);
  std::memcpy(past, &past4, sizeof past);
  FourWords lanes[4];
  std::uint64_t last_term[4];
  transpose(terms, lanes);
  std::memcpy(last_term, &terms[4], sizeof last_term);
  Coefficients* row = &band.changes[4 * g * static_cast<std::size_t>(kKinds * stride)];
  for (std::size_t lane = 0; lane < 4; ++lane, row += kKinds * stride) {
    FourWords sum;
    std::uint64_t* to = row[first[lane]].data();
    std::memcpy(&sum, to, sizeof sum);
    sum += lanes[lane];
    std::memcpy(to, &sum, sizeof sum);
    to[4] += last_term[lane];
    to = row[past[lane]].data();
    std::memcpy(&sum, to, sizeof sum);
    sum -= lanes[lane];
    std::memcpy(to, &sum, sizeof sum);
    to[4] -= last_term[lane];
  }
}

GRIDLOOM_INLINE void add_event(const Frame& frame, EventPosition p, const Rounding& round, Band& band) {
  const PixelWindow& window = frame.window;
  const std::int64_t column = frame.pixel(p.x) - window.x0;
  const double part = frame.part(p.x), x = static_cast<double>(column) + part, nx = window.nx;
  if (x < -band.reach || x > nx + band.reach) return;
  const double down = static_cast<double>(band.top - frame.pixel(p.y)) + 0.5 - frame.part(p.y);
  if (down > band.reach || down < -band.reach - kBand) return;
  const std::int64_t block = ((window.x0 + column) >> band.log2_block) - (window.x0 >> band.log2_block);
  const Place place{static_cast<std::int32_t>(column), static_cast<std::int32_t>(block), part};
  const double a =
      (static_cast<double>((window.x0 + column) & (band.block() - 1)) + part) / static_cast<double>(band.block()) - 0.5;
  const double farthest = std::max(x, nx - x) + 1;
  for (std::size_t g = 0; g < kGroups; ++g) {
    Group& group = band.groups[g];
    const Four dy = group.row + down, w = 1 - group.down * (dy * dy);
    if (!any_above(w, 0)) continue;
    const Four g0 = w - group.bend * (a * a), g1 = group.bend * (2 * a), g2 = -group.bend;
    const FourWords terms[kTerms] = {round.of(g0 * g0) - round.nothing(), round.of(2 * g0 * g1) - round.nothing(),
                                     round.of(g1 * g1 + 2 * g0 * g2) - round.nothing(),
                                     round.of(2 * g1 * g2) - round.nothing(), round.of(g2 * g2) - round.nothing()};
    if (all_above(w - group.across * (farthest * farthest), 0)) {
      FourWords* whole = group.whole[block + 1];
      for (std::size_t n = 0; n < kTerms; ++n) whole[n] += terms[n];
      continue;
    }
    Four half = positive(w) * group.spread;
    take_roots(half);
    add_run(band, window, g, half, place, terms);
  }
}

GRIDLOOM_INLINE void add_events(const Frame& frame, std::span<const EventPosition> events, Band& band) {
  const Rounding round(frame.bits);
  for (EventPosition p : events) add_event(frame, p, round, band);
}

void add_events_plain(const Frame& frame, std::span<const EventPosition> events, Band& band) {
  add_events(frame, events, band);
}

GRIDLOOM_AVX2 void add_events_avx2(const Frame& frame, std::span<const EventPosition> events, Band& band) {
  add_events(frame, events, band);
}

// The polynomial of t + by, in powers of t; by is 1 or -1.
Coefficients shifted(Coefficients c, int by) {
  for (std::size_t first = 0; first + 1 < kTerms; ++first)
    for (std::size_t n = kTerms - 1; n-- > first;) c[n] += by > 0 ? c[n + 1] : -c[n + 1];
  return c;
}

void add(Coefficients& to, const Coefficients& c) {
  for (std::size_t n = 0; n < kTerms; ++n) to[n] += c[n];
}

bool anything(const Coefficients& c) { return (c[0] | c[1] | c[2] | c[3] | c[4]) != 0; }

// Takes what the kinds of one column say, in the coordinates of the column's block, and leaves zeros.
void take_change(Coefficients* of_kind, std::size_t kinds_apart, Coefficients& sum) {
  for (int kind = 0; kind < kKinds; ++kind) {
    Coefficients& c = of_kind[static_cast<std::size_t>(kind) * kinds_apart];
    if (!anything(c)) continue;
    add(sum, kind == 1 ? c : shifted(c, 1 - kind));
    c = {};
  }
}

void write_row(const Frame& frame, Band& band, std::uint32_t row, double* out) {
  const PixelWindow& w = frame.window;
  Coefficients* changes = &band.changes[row * kKinds * columns_of(w)];
  Coefficients whole[kKinds];
  for (std::size_t kind = 0; kind < kKinds; ++kind)
    for (std::size_t n = 0; n < kTerms; ++n) whole[kind][n] = band.groups[row / 4].whole[kind][n][row % 4];
  Coefficients sum{};
  take_change(whole, 1, sum);
  const double unit = std::ldexp(1.0, -frame.bits), width = static_cast<double>(band.block());
  for (std::int64_t i = 0; i < w.nx; ++i) {
    const std::int64_t in_block = (w.x0 + i) & (band.block() - 1);
    if (i > 0 && in_block == 0) sum = shifted(sum, 1);
    take_change(changes + i, columns_of(w), sum);
    const double t = (static_cast<double>(in_block) + 0.5) / width - 0.5;
    const auto term = [&](std::size_t n) { return static_cast<double>(static_cast<std::int64_t>(sum[n])); };
    double value = term(kTerms - 1);
    for (std::size_t n = kTerms - 1; n-- > 0;) value = value * t + term(n);
    out[i] = std::max(0.0, value * unit);
  }
  for (std::size_t kind = 1; kind <= kKinds; ++kind) changes[kind * columns_of(w) - 1] = {};
}

}  // namespace

std::vector<double> sum_runs(const Frame& frame, const Stripes& events, unsigned threads) {
  const PixelWindow& w = frame.window;
  const auto add = has_avx2() ? add_events_avx2 : add_events_plain;
  std::vector<double> out(std::size_t{w.nx} * w.ny);
  const std::int64_t first = w.y0 / kBand, last = (w.y0 + w.ny - 1) / kBand;
  constexpr std::size_t kTogether = 4;
  parallel_blocks(static_cast<std::size_t>(last - first + 1), kTogether, threads,
                  [&](std::size_t, std::size_t begin, std::size_t end) {
                    Band band;
                    for (std::size_t b = begin; b < end; ++b) {
                      prepare(frame, first + static_cast<std::int64_t>(b), band);
                      const auto reach = static_cast<std::int64_t>(band.reach) + 1;
                      add(frame, events.rows(band.top - reach, band.top + band.rows - 1 + reach), band);
                      for (std::uint32_t r = 0; r < band.rows; ++r)
                        write_row(frame, band, r, &out[static_cast<std::size_t>(band.top - w.y0 + r) * w.nx]);
                    }
                  });
  return out;
}

}  // namespace gridloom::heat
