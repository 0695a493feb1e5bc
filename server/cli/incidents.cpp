// SPDX-License-Identifier: Apache-2.0
// gridloom incidents import|counts|replay|scale
#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/base/parallel.h"
#include "engine/city/owner.h"
#include "engine/io/catalogue/catalogue.h"
#include "engine/io/delivery/event_reader.h"
#include "engine/io/project/atomic_file.h"
#include "engine/io/project/event_fold.h"
#include "engine/io/project/event_log.h"
#include "engine/io/project/project_file.h"
#include "engine/statistics/incident_counts.h"
#include "server/cli/common_options.h"
#include "server/cli/verbs.h"
#include "server/words/counts_text.h"
#include "server/words/csv.h"
#include "server/words/error_text.h"
#include "server/words/event_query.h"
#include "server/words/number_text.h"
#include "server/words/project_words.h"

namespace gridloom::cli {
namespace {

constexpr int kFoldPatience_ms = 2000;

struct ImportOptions {
  std::string project, file, mapping, rejects, dates;
  std::vector<std::string> fields;
  unsigned threads = 1;
};

std::map<std::string, std::string> parse_fields(const std::vector<std::string>& fields) {
  std::vector<std::string> known = word_list<EventField>();
  known.insert(known.begin(), {"id", "occurred_at"});
  known.insert(known.end(), {"closed_at", "lon", "lat"});
  std::map<std::string, std::string> out;
  for (const std::string& text : fields) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    if (equals == text.npos || std::ranges::find(known, name) == known.end())
      throw DataError("field_option_malformed", {{"given", text}, {"known", known}});
    out[name] = text.substr(equals + 1);
  }
  return out;
}

CatalogueIncidents mapping_of(const ImportOptions& options) {
  if (!std::filesystem::exists(options.file)) throw DataError("no_such_file").within(options.file);
  const bool dated = !options.dates.empty();
  const DateOrder dates = dated ? value_named<DateOrder>(options.dates, "dates") : DateOrder::year_first;
  if (options.mapping.empty()) {
    CatalogueIncidents plain = plain_incidents(options.file, parse_fields(options.fields));
    plain.dates = dates;
    return plain;
  }
  const Catalogue catalogue = read_catalogue(options.mapping);
  if (!catalogue.incidents) throw DataError("catalogue_without_incidents").within(options.mapping);
  CatalogueIncidents incidents = *catalogue.incidents;
  incidents.places.source.file = options.file;
  if (dated) incidents.dates = dates;
  incidents.columns_may_lack = true;
  return incidents;
}

void write_rejects(const EventDelivery& delivery, const std::string& path, const Console& console) {
  AtomicFile file(path);
  {
    std::ofstream out(file.path());
    CsvRow header = {"row", "reason"};
    header.insert(header.end(), delivery.header.begin(), delivery.header.end());
    write_csv_row(out, header);
    for (const RejectedRow& row : delivery.rejected) {
      CsvRow cells = {std::to_string(row.row), console.say(text_of(row.reason))};
      cells.insert(cells.end(), row.cells.begin(), row.cells.end());
      write_csv_row(out, cells);
    }
    if (!out.flush()) throw DataError("file_unwritten").within(path);
  }
  file.commit();
}

std::vector<FaceId> faces_of(const City& city, const std::vector<Point>& at, unsigned threads) {
  const PointLocator locator(city.arrangement);
  std::vector<FaceId> faces(at.size());
  parallel_blocks(at.size(), 4096, threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t e = begin; e < end; ++e) faces[e] = owning_atom(city, locator.locate(at[e]));
  });
  return faces;
}

// How many of the batch are new. Throws for too many different texts: what a server could not hold must not get into
// the log.
std::size_t added_to(const City& city, const EventTable& batch, std::span<const FaceId> faces_of_batch) {
  const EventStore there = EventStore().appended(city.events, city.face_of_event);
  return there.appended(batch, faces_of_batch).size() - there.size();
}

// Why the project's own tables do not have what was appended yet, if so. It is in the log whatever this says.
std::optional<Text> fold_now(const LogPosition& read, const City& city) {
  try {
    const std::string project = read.project.string();
    const bool busy = fold_log(read, city, project_words(), kFoldPatience_ms).busy;
    return busy ? std::optional(Text{project, project}) : std::nullopt;
  } catch (const DataError& error) {
    return text_of(error);
  }
}

int run_import(const ImportOptions& options, const Console& console) {
  const LogPosition read = log_position(options.project);
  const City city = read_project(options.project);
  EventDelivery delivery = read_event_delivery(mapping_of(options), city.arrangement.lattice, TimeZone(city.time_zone));
  const std::string rejects = options.rejects.empty() ? options.file + ".rejected.csv" : options.rejects;
  if (!delivery.rejected.empty()) write_rejects(delivery, rejects, console);
  const std::vector<FaceId> faces = faces_of(city, delivery.events.at, options.threads);
  const std::size_t before = city.events.size(), delivered = delivery.events.size();
  const std::size_t added = added_to(city, delivery.events, faces);
  const EventBatch batch{delivery.events, faces};
  EventLog(read).append({&batch, 1}, city.arrangement.face_count, INT64_MAX);
  delivery.events = {};
  const std::optional<Text> unfolded = fold_now(read, city);
  const auto outside = std::count(faces.begin(), faces.end(), kOutside);
  // Of a file that gave nothing, a script must not believe that it was taken.
  const int exit_code = delivered == 0 && !delivery.rejected.empty() ? kFailed : kOk;
  for (const Reason& remark : delivery.remarks) print_note(within(options.file, text_of(remark)), console);
  if (console.json) {
    std::cout << nlohmann::ordered_json{{"added", added},
                                        {"updated", delivered - added},
                                        {"outside", outside},
                                        {"rejected", delivery.rejected.size()},
                                        {"rejects", delivery.rejected.empty() ? "" : rejects},
                                        {"incidents", before + added},
                                        {"folded", !unfolded}}
                     .dump(2)
              << std::endl;
    return exit_code;
  }
  Lines lines = {{{"Added", "新增"}, with_commas(added)},
                 {{"Updated", "更新"}, with_commas(delivered - added)},
                 {{"Outside the city", "城外"}, with_commas(static_cast<std::uint64_t>(outside))},
                 {{"Rejected", "拒收"}, with_commas(delivery.rejected.size())}};
  if (!delivery.rejected.empty()) lines.push_back({{"Reasons in", "原因见"}, rejects});
  lines.push_back({{"Incidents now", "现有事件"}, with_commas(before + added)});
  print_lines(std::cout, console, lines);
  if (unfolded) tell_unfolded(console, *unfolded);
  return exit_code;
}

Verb import_verb(CLI::App& parent, Console& console) {
  const auto options = std::make_shared<ImportOptions>();
  CLI::App* verb = add_verb(parent, console, "import",
                            {"Append incidents to a project; later records of an id win over earlier ones",
                             "向工程追加事件；同一编号以后来的记录为准"},
                            "gridloom incidents import nyc.gpkg new.csv --field \"id=Unique Key\"");
  add_project(*verb, console, options->project);
  verb->add_option("file", options->file, console.say({"CSV, Excel, or a vector file", "CSV、Excel 或矢量文件"}))
      ->required()
      ->type_name("events.csv");
  auto* mapping =
      verb->add_option(
              "--mapping", options->mapping,
              console.say({"Catalogue whose `incidents` name the columns", "以其 incidents 指明字段的目录文件"}))
          ->type_name("city.yaml");
  verb->add_option("--field", options->fields,
                   console.say({"field=column, for columns that have another name", "字段=列名，用于列名不同者"}))
      ->excludes(mapping);
  verb->add_option(
      "--dates", options->dates,
      console.say({"What comes first in dates such as 08/17/2016: month_first or day_first (default: the year)",
                   "08/17/2016 这类日期中居首的部分：month_first 或 day_first（默认年份在前）"}));
  verb->add_option("--rejects", options->rejects,
                   console.say({"Where rejected rows go with the reason (default: <file>.rejected.csv)",
                                "拒收行及原因的去处（默认 <文件>.rejected.csv）"}))
      ->type_name("rejects.csv");
  add_threads(*verb, console, options->threads);
  add_json(*verb, console);
  return {verb, [options, &console] { return run_import(*options, console); }};
}

struct CountsOptions {
  std::string project, by = "grid", output;
  double size_m = 0;
  bool zeros = false;
  unsigned threads = 1;
  EventQuestion events;
};

int run_counts(const CountsOptions& options, const Console& console) {
  const City city = read_project(options.project);
  CountBy by = count_by(options.by, city);
  by.size_m = options.size_m;
  by.options.zeros = options.zeros;
  const EventFilter filter = parse_question(options.events, city);
  std::optional<PointLocator> locator;
  const auto located = [&]() -> const PointLocator& { return locator ? *locator : locator.emplace(city.arrangement); };
  const IncidentCounts counts = incident_counts(city, located, filter, by, options.threads);
  const std::string csv = counts_csv(counts);
  if (options.output.empty()) {
    std::cout << csv;
    return kOk;
  }
  write_file(options.output, csv);
  const std::string rows = with_commas(counts.table.rows());
  print_note({rows + " rows written to " + options.output, "已写入 " + rows + " 行：" + options.output}, console);
  return kOk;
}

Verb counts_verb(CLI::App& parent, Console& console) {
  const auto options = std::make_shared<CountsOptions>();
  CLI::App* verb =
      add_verb(parent, console, "counts",
               {"Count incidents by cell, periods and texts as CSV", "按单元、时段与类别等统计事件（CSV）"},
               "gridloom incidents counts nyc.gpkg --by grid,month,category -o counts.csv\n"
               "  gridloom incidents counts nyc.gpkg --by hexagon,quarter --size 500 --zeros -o hexagons.csv");
  add_project(*verb, console, options->project);
  verb->add_option(
          "--by", options->by,
          console.say({"grid, a layer's or level's id, square or hexagon; day, week, month, quarter, year, hour, "
                       "weekday, month_of_year; category, subcategory, agency, severity, status",
                       "grid、图层或层级代号、square 或 hexagon；day、week、month、quarter、year、hour、weekday、"
                       "month_of_year；category、subcategory、agency、severity、status"}))
      ->capture_default_str();
  verb->add_option("--size", options->size_m,
                   console.say({"Metres of squares and hexagons, side to side", "方格或六边形的大小（米）"}))
      ->check(CLI::Range(10, 100'000));
  verb->add_flag(
      "--zeros", options->zeros,
      console.say({"Also what did not occur: every cell, every period from the first to the last, every text",
                   "未发生的组合也列出：所有单元、首末之间的所有时段、所有类别"}));
  add_threads(*verb, console, options->threads);
  verb->add_option("-o,--output", options->output,
                   console.say({"CSV to write (default: standard output)", "要写入的 CSV（默认标准输出）"}))
      ->type_name("counts.csv");
  add_events(*verb, console, options->events);
  return {verb, [options, &console] { return run_counts(*options, console); }};
}

}  // namespace

Verb incidents_verb(CLI::App& root, Console& console) {
  CLI::App* group =
      add_verb(root, console, "incidents",
               {"Import, count and replay incidents, set their heat scale", "事件：导入、统计、重放与热力色标"},
               "gridloom incidents import nyc.gpkg new.csv");
  group->require_subcommand(1);
  const std::array verbs{import_verb(*group, console), counts_verb(*group, console), replay_verb(*group, console),
                         scale_verb(*group, console)};
  return {group, [verbs] {
            for (const Verb& verb : verbs)
              if (verb.options->parsed()) return verb.run();
            return static_cast<int>(kWrongUse);
          }};
}

}  // namespace gridloom::cli
