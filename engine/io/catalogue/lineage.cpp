// SPDX-License-Identifier: Apache-2.0
#include "engine/io/catalogue/lineage.h"

#include <chrono>
#include <cstdio>
#include <system_error>
#include <utility>

namespace gridloom {
namespace {

namespace fs = std::filesystem;

std::string utc_text(fs::file_time_type when) {
  const auto system = std::chrono::file_clock::to_sys(when);
  const auto day = std::chrono::floor<std::chrono::days>(system);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(system - day)};
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

SourceFile described(SourceFile::Of of, const CatalogueSource& source, std::string id = {}, Text title = {}) {
  SourceFile out{of, std::move(id), std::move(title), source.file.filename().string(), source.table, {}, 0};
  std::error_code unknown;
  if (const auto when = fs::last_write_time(source.file, unknown); !unknown) out.modified = utc_text(when);
  if (const auto bytes = fs::file_size(source.file, unknown); !unknown) out.bytes = bytes;
  return out;
}

}  // namespace

Lineage lineage_of(const Catalogue& city, const fs::path& catalogue) {
  using Of = SourceFile::Of;
  Lineage out{catalogue.filename().string(), {}};
  const auto add = [&](auto&&... facts) { out.sources.push_back(described(std::forward<decltype(facts)>(facts)...)); };
  for (const CatalogueLevel& level : city.levels)
    if (level.source) add(Of::level, *level.source, level.id, level.title);
  for (const CatalogueLayer& layer : city.layers) add(Of::layer, layer.source, layer.id, layer.title);
  if (city.population) add(Of::population, city.population->source);
  for (const CatalogueLinework& lines : city.linework) add(Of::linework, lines.source, lines.id, lines.title);
  if (city.unify.special) add(Of::special, city.unify.special->source);
  if (city.unify.existing) add(Of::existing, city.unify.existing->source);
  if (city.allowed_gaps.source) add(Of::gaps, *city.allowed_gaps.source);
  if (city.incidents) add(Of::incidents, city.incidents->places.source);
  return out;
}

}  // namespace gridloom
