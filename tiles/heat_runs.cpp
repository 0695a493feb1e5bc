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

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

#include "engine/parallel.h"
#include "tiles/heat_frame.h"
#include "tiles/heat_lanes.h"

namespace gridloom::heat {
namespace {

constexpr std::int64_t kBand = 16;  // rows summed together, from whole multiples of it
constexpr std::size_t kGroups = kBand / 4;
constexpr std::size_t kTerms = 5;
constexpr std::int64_t kKinds = 3;  // the event lies a block to the west of the column, in its block, to the east

using Int4 = std::int32_t __attribute__((vector_size(16)));
using Coefficients = std::array<std::int64_t, kTerms>;

// Four rows, a lane each. Lanes below the window's last row reach nothing.
struct Group {
  Four row{}, across{}, down{}, bend{};  // row from the band's first; bend: S
  FourInts whole[kKinds][kTerms] = {};   // of the events that reach every column, by kind
};

// A band of rows of the window.
struct Band {
  std::int64_t top = 0;  // world row
  std::uint32_t rows = 0;
  unsigned log2_block = 0;
  double reach = 0;
  std::array<Group, kGroups> groups{};
  std::vector<Coefficients> changes;  // by row, kind and column

  std::int64_t block() const { return std::int64_t{1} << log2_block; }
};

void prepare(const Frame& frame, std::int64_t band_number, Band& band) {
  const PixelWindow& w = frame.window;
  const std::int64_t first = band_number * kBand;
  band.reach = 1.01 * frame.reach(first, first + kBand) + 1;  // of the whole band, whatever the window has of it
  band.log2_block = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(band.reach) + 1));
  band.top = std::max(first, w.y0);
  band.rows = static_cast<std::uint32_t>(std::min(first + kBand, w.y0 + w.ny) - band.top);
  band.changes.assign(static_cast<std::size_t>(band.rows * kKinds * w.nx), {});
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
    }
    if (4 * g >= band.rows) group.down = Four{} + 1e30;
  }
}

GRIDLOOM_INLINE void take_roots(Four& v) {
#if defined(__x86_64__)
  double lane[4];
  std::memcpy(lane, &v, sizeof lane);
  _mm_storeu_pd(lane, _mm_sqrt_pd(_mm_loadu_pd(lane)));
  _mm_storeu_pd(lane + 2, _mm_sqrt_pd(_mm_loadu_pd(lane + 2)));
  std::memcpy(&v, lane, sizeof lane);
#else
  for (int i = 0; i < 4; ++i) v[i] = std::sqrt(v[i]);
#endif
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

GRIDLOOM_INLINE void add_run(Band& band, const PixelWindow& window, std::size_t g, const Four& half, double part,
                             std::int64_t column, std::int64_t block, const FourInts* terms) {
  const auto nx = static_cast<std::int64_t>(window.nx);
  // Columns [begin, end) have their middles within `half`; the block's width keeps the sums positive.
  const std::int64_t bias = band.block();
  const Four west = (part + 0.5 + static_cast<double>(bias)) - half, east = (part + 0.5) + half;
  std::int32_t begins[4], ends[4];
  const Int4 begin4 = __builtin_convertvector(west, Int4), end4 = __builtin_convertvector(east, Int4);
  std::memcpy(begins, &begin4, sizeof begins);
  std::memcpy(ends, &end4, sizeof ends);
  std::int64_t q[kTerms][4];
  std::memcpy(q, terms, sizeof q);
  const std::size_t rows = std::min<std::size_t>(4, band.rows - 4 * g);
  for (std::size_t lane = 0; lane < rows; ++lane) {
    const std::int64_t begin = std::max<std::int64_t>(column + begins[lane] - bias, 0);
    const std::int64_t end = std::min(column + ends[lane], nx);
    if (begin >= end) continue;
    Coefficients* row = &band.changes[(4 * g + lane) * static_cast<std::size_t>(kKinds * nx)];
    const auto at = [&](std::int64_t c) -> Coefficients& {
      return row[(block - ((window.x0 + c) >> band.log2_block) + 1) * nx + c];
    };
    Coefficients& first = at(begin);
    for (std::size_t n = 0; n < kTerms; ++n) first[n] += q[n][lane];
    if (end >= nx) continue;
    Coefficients& past = at(end);
    for (std::size_t n = 0; n < kTerms; ++n) past[n] -= q[n][lane];
  }
}

GRIDLOOM_INLINE void add_event(const Frame& frame, WorldPoint p, const Rounding& round, Band& band) {
  const PixelWindow& window = frame.window;
  const std::int64_t column = frame.pixel(p.x) - window.x0;
  const double part = frame.part(p.x), x = static_cast<double>(column) + part, nx = window.nx;
  if (x < -band.reach || x > nx + band.reach) return;
  const double down = static_cast<double>(band.top - frame.pixel(p.y)) + 0.5 - frame.part(p.y);
  if (down > band.reach || down < -band.reach - kBand) return;
  const std::int64_t block = (window.x0 + column) >> band.log2_block;
  const double a =
      (static_cast<double>((window.x0 + column) & (band.block() - 1)) + part) / static_cast<double>(band.block()) - 0.5;
  const double farthest = std::max(x, nx - x) + 1;
  for (std::size_t g = 0; g < kGroups; ++g) {
    Group& group = band.groups[g];
    const Four dy = group.row + down, w = 1 - group.down * (dy * dy);
    if (!any_above(w, 0)) continue;
    const Four g0 = w - group.bend * (a * a), g1 = group.bend * (2 * a), g2 = -group.bend;
    const FourInts terms[kTerms] = {round.of(g0 * g0) - round.nothing(), round.of(2 * g0 * g1) - round.nothing(),
                                    round.of(g1 * g1 + 2 * g0 * g2) - round.nothing(),
                                    round.of(2 * g1 * g2) - round.nothing(), round.of(g2 * g2) - round.nothing()};
    if (all_above(w - group.across * (farthest * farthest), 0)) {
      FourInts* whole = group.whole[block - (window.x0 >> band.log2_block) + 1];
      for (std::size_t n = 0; n < kTerms; ++n) whole[n] += terms[n];
      continue;
    }
    Four half = positive(w) / group.across;
    take_roots(half);
    add_run(band, window, g, half, part, column, block, terms);
  }
}

GRIDLOOM_INLINE void add_events(const Frame& frame, std::span<const WorldPoint> events, Band& band) {
  const Rounding round(frame.bits);
  for (WorldPoint p : events) add_event(frame, p, round, band);
}

void add_events_plain(const Frame& frame, std::span<const WorldPoint> events, Band& band) {
  add_events(frame, events, band);
}

#if defined(GRIDLOOM_AVX2)
GRIDLOOM_AVX2 void add_events_avx2(const Frame& frame, std::span<const WorldPoint> events, Band& band) {
  add_events(frame, events, band);
}
#else
constexpr auto add_events_avx2 = add_events_plain;
#define GRIDLOOM_HAS_AVX2 false
#endif

// The polynomial whose variable is one less (by = -1) or one more.
Coefficients shifted(Coefficients c, int by) {
  for (std::size_t first = 0; first + 1 < kTerms; ++first)
    for (std::size_t n = kTerms - 1; n-- > first;) c[n] += by * c[n + 1];
  return c;
}

void add(Coefficients& to, const Coefficients& c) {
  for (std::size_t n = 0; n < kTerms; ++n) to[n] += c[n];
}

// In the coordinates of the column's block.
Coefficients change_at(const Coefficients* of_kind, std::int64_t kinds_apart) {
  Coefficients c = shifted(of_kind[0], 1);
  add(c, of_kind[kinds_apart]);
  add(c, shifted(of_kind[2 * kinds_apart], -1));
  return c;
}

void write_row(const Frame& frame, const Band& band, std::uint32_t row, double* out) {
  const PixelWindow& w = frame.window;
  const Coefficients* changes = &band.changes[row * static_cast<std::size_t>(kKinds * w.nx)];
  Coefficients whole[kKinds];
  for (std::size_t kind = 0; kind < kKinds; ++kind)
    for (std::size_t n = 0; n < kTerms; ++n) whole[kind][n] = band.groups[row / 4].whole[kind][n][row % 4];
  Coefficients sum = change_at(whole, 1);
  const double unit = std::ldexp(1.0, -frame.bits), width = static_cast<double>(band.block());
  for (std::int64_t i = 0; i < w.nx; ++i) {
    const std::int64_t in_block = (w.x0 + i) & (band.block() - 1);
    if (i > 0 && in_block == 0) sum = shifted(sum, 1);
    add(sum, change_at(changes + i, w.nx));
    const double t = (static_cast<double>(in_block) + 0.5) / width - 0.5;
    double value = static_cast<double>(sum[kTerms - 1]);
    for (std::size_t n = kTerms - 1; n-- > 0;) value = value * t + static_cast<double>(sum[n]);
    out[i] = std::max(0.0, value * unit);
  }
}

}  // namespace

std::vector<double> sum_runs(const Frame& frame, const Stripes& events, unsigned threads) {
  const PixelWindow& w = frame.window;
  const auto add = GRIDLOOM_HAS_AVX2 ? add_events_avx2 : add_events_plain;
  std::vector<double> out(std::size_t{w.nx} * w.ny);
  const std::int64_t first = w.y0 / kBand, last = (w.y0 + w.ny - 1) / kBand;
  parallel_for(static_cast<std::size_t>(last - first + 1), threads, [&](std::size_t b) {
    Band band;
    prepare(frame, first + static_cast<std::int64_t>(b), band);
    const auto reach = static_cast<std::int64_t>(band.reach) + 1;
    add(frame, events.rows(band.top - reach, band.top + band.rows - 1 + reach), band);
    for (std::uint32_t r = 0; r < band.rows; ++r)
      write_row(frame, band, r, &out[static_cast<std::size_t>(band.top - w.y0 + r) * w.nx]);
  });
  return out;
}

}  // namespace gridloom::heat
