// SPDX-License-Identifier: Apache-2.0
#include "engine/events/covered_period.h"

#include <algorithm>

#include "engine/events/local_time.h"

namespace gridloom {
namespace {

constexpr std::size_t kOneStrayIn = 1000;
constexpr std::int64_t kStrayGap = 10;  // how many of its gap fill the time of the others

std::int64_t day_of(std::int64_t seconds) {
  const std::int64_t rest = seconds % kSecondsPerDay;
  return seconds - (rest < 0 ? rest + kSecondsPerDay : rest);
}

// How many of the first, in the order given, are strays. `others` is the time that the rest of them takes.
template <class Iterator>
std::size_t strays_at(Iterator first, std::size_t most, std::int64_t others) {
  for (std::size_t i = most; i > 0; --i) {
    const std::int64_t gap = *(first + static_cast<std::ptrdiff_t>(i)) - *(first + static_cast<std::ptrdiff_t>(i) - 1);
    if (std::abs(gap) > others / kStrayGap) return i;
  }
  return 0;
}

void find_gap(const std::vector<std::int64_t>& times, CoveredPeriod& period) {
  std::int64_t before = period.from;
  const auto step = [&](std::int64_t next) {
    if (next - before > period.gap()) period.gap_from = before, period.gap_until = next;
    before = next;
  };
  for (const std::int64_t time : times)
    if (period.holds(time)) step(time);
  step(period.until);
}

}  // namespace

double seconds_of(TimeUnit unit) {
  constexpr double kDay = kSecondsPerDay, kYear = 365.2425 * kDay;
  switch (unit) {
    case TimeUnit::day:
      return kDay;
    case TimeUnit::week:
      return 7 * kDay;
    case TimeUnit::month:
      return kYear / 12;
    default:
      return kYear;
  }
}

bool CoveredPeriod::divides() const { return length() > (stated ? 0 : kSecondsPerDay); }

std::optional<CoveredPeriod> covered_period(std::vector<std::int64_t> seconds, std::optional<std::int64_t> from,
                                            std::optional<std::int64_t> until) {
  CoveredPeriod period;
  period.undated = std::erase(seconds, kUnknownTime.seconds);
  if (seconds.empty() && !(from && until)) return std::nullopt;
  std::sort(seconds.begin(), seconds.end());
  if (!seconds.empty()) {
    const std::size_t most = seconds.size() / kOneStrayIn;
    const std::int64_t middle = seconds[seconds.size() - 1 - most] - seconds[most];
    period.from = day_of(seconds[strays_at(seconds.begin(), most, middle)]);
    period.until =
        day_of(*(seconds.rbegin() + static_cast<std::ptrdiff_t>(strays_at(seconds.rbegin(), most, middle)))) +
        kSecondsPerDay;
  }
  period.stated = from && until;
  period.from = from.value_or(period.from);
  period.until = until.value_or(period.until);
  period.strays = seconds.size() - static_cast<std::size_t>(std::count_if(seconds.begin(), seconds.end(),
                                                                          [&](auto s) { return period.holds(s); }));
  find_gap(seconds, period);
  return period;
}

}  // namespace gridloom
