// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/fuse.h"

#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/events/merge_events.h"
#include "engine/fusion/succession.h"
#include "engine/io/catalogue/catalogue.h"
#include "engine/io/catalogue/lineage.h"
#include "engine/io/delivery/delivery_reader.h"
#include "engine/io/project/event_log.h"
#include "engine/io/project/project_file.h"
#include "engine/proof/verify_city.h"
#include "server/cli/common_options.h"
#include "server/cli/faults.h"
#include "server/cli/told.h"
#include "server/cli/verbs.h"
#include "server/words/conflict_text.h"
#include "server/words/error_text.h"
#include "server/words/finding_text.h"
#include "server/words/project_words.h"
#include "server/words/titles.h"

namespace gridloom::cli {
namespace {

using Json = nlohmann::ordered_json;
// With less of the people in the band than this share, the band is probably not what the city has in mind.
constexpr double kFewInBand = 0.5;

using Seconds = std::vector<std::pair<std::string, double>>;

struct Options {
  std::string catalogue;
  std::string output;
  unsigned threads = 1;
  bool findings = false;
  bool update = false;
};

// What was delivered, counted before fusion takes it.
struct Delivered {
  std::size_t layers = 0;
  std::size_t cells = 0;
  std::size_t events = 0;
  bool population = false;
  UnifyOptions band;
  std::set<std::string> codes;  // of the grids there were before
};

struct Outcome {
  Delivered delivered;
  std::vector<UnusedKey> unused;  // of the catalogue
  Fused fused;
  std::vector<Fault> faults;
  std::string digest;
  Seconds seconds;
};

class Stopwatch {
 public:
  double lap() {
    const auto now = Clock::now();
    return std::chrono::duration<double>(now - std::exchange(last_, now)).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_ = Clock::now();
};

Delivered count(const FuseInput& input) {
  Delivered counted{input.layers.size(), 0, input.events.size(), !input.population.areas.cells.empty(),
                    input.unify,         {}};
  for (const DrawnGrid& g : input.before.grids) counted.codes.insert(g.code);
  for (const DeliveredLayer& layer : input.layers) counted.cells += layer.cells.size();
  return counted;
}

void keep_grids_of(const City& before, FuseInput& input) {
  if (before.id != input.city_id)
    throw DataError("project_of_another_city", {{"project", before.id}, {"catalogue", input.city_id}});
  input.before = predecessor_of(before, input.lattice);
  input.unify.keep_existing = true;
}

// What was appended counts in this fusion's tables, and stays the later word on its ids in those to come.
KeptOfBefore keep_appended(const std::string& project, const City& before, const AppendedState& state,
                           FuseInput& input) {
  KeptOfBefore kept{state.names, {}, state.last, {}};
  kept.appended = appended_events(project, before.arrangement.lattice, before.arrangement.face_count, input.lattice);
  std::vector<FaceId> unknown(input.events.size(), kOutside);
  merge_events(input.events, unknown, kept.appended, std::vector<FaceId>(kept.appended.size(), kOutside));
  return kept;
}

// What was added since the log was read would be lost: nobody may add to the old file from here on.
std::unique_ptr<LogLock> lock_log(const std::string& project, const AppendedState& known, bool update) {
  if (!is_project(project)) return nullptr;
  auto lock = std::make_unique<LogLock>(project);
  const AppendedState now = appended_state(project);
  if (update && now.names != known.names) throw DataError("fused_meanwhile").within(project);
  if (now.last != known.last)
    throw DataError("incidents_added_meanwhile", {{"incidents", now.last - known.last}}).within(project);
  return lock;
}

Outcome work(const Options& options, Progress& progress) {
  Stopwatch watch;
  Outcome outcome;
  PartOfProgress reading(progress, 0, 0.2), fusing(progress, 0.2, 0.8);
  progress.stage("read", 0);
  Catalogue catalogue = read_catalogue(options.catalogue);
  FuseInput input = read_delivery(catalogue, options.threads, reading);
  const Lineage lineage = lineage_of(catalogue, options.catalogue);
  outcome.unused = std::move(catalogue.unused);
  const AppendedState appended = appended_state(options.output);
  KeptOfBefore kept;
  if (options.update) {
    const City before = read_project(options.output);
    keep_grids_of(before, input);
    kept = keep_appended(options.output, before, appended, input);
  } else if (appended.records > 0) {
    throw DataError("project_holds_appended", {{"incidents", appended.records}}).within(options.output);
  }
  outcome.delivered = count(input);
  outcome.seconds.emplace_back("read", watch.lap());
  outcome.fused = fuse(std::move(input), {.threads = options.threads, .today = {}}, fusing);
  watch.lap();
  for (const auto& stage : outcome.fused.statistics.seconds) outcome.seconds.push_back(stage);
  progress.stage("verify", 0.8);
  outcome.faults = verify(outcome.fused.city, kMostFaults, options.threads);
  outcome.digest = digest(outcome.fused.city);
  outcome.seconds.emplace_back("verify", watch.lap());
  if (!outcome.faults.empty()) return outcome;
  PartOfProgress writing(progress, 0.85, 1);
  progress.stage("write", 0.85);
  const auto lock = lock_log(options.output, appended, options.update);
  if (options.update) kept.settings = read_settings(options.output);  // a scale that was chosen meanwhile, too
  write_project(outcome.fused.city, options.output, writing, kept, project_words(), lineage);
  outcome.seconds.emplace_back("write", watch.lap());
  return outcome;
}

std::size_t count(const std::vector<Conflict>& conflicts, ConflictKind kind) {
  return static_cast<std::size_t>(
      std::count_if(conflicts.begin(), conflicts.end(), [&](const Conflict& c) { return c.kind == kind; }));
}

double total_seconds(const Seconds& seconds) {
  double total = 0;
  for (const auto& [stage, time] : seconds) total += time;
  return total;
}

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

std::string conflicts_line(const Console& console, const std::vector<Conflict>& conflicts) {
  std::string line;
  for (const auto& [word, kind] : kWords<ConflictKind>)
    if (const std::size_t n = count(conflicts, kind))
      line += (line.empty() ? "" : " · ") + console.say(title_of(kind)) + ' ' + with_commas(n);
  return line.empty() ? "0" : line;
}

std::string seconds_line(const Seconds& seconds) {
  std::string line = fixed(total_seconds(seconds), 1) + " s";
  for (const auto& [stage, time] : seconds) line += " · " + stage + ' ' + fixed(time, 1);
  return line;
}

std::string share_line(const Outcome& o, const Console& console) {
  const UnifyOptions& band = o.delivered.band;
  return fixed(100 * o.fused.statistics.people_in_band, 1) + " %  (" + fixed(band.households_min, 0) + "–" +
         fixed(band.households_max, 0) + ' ' + console.say({"households", "户"}) + ')';
}

// What became of the grids of the project that was there before.
struct CodeChanges {
  std::size_t kept = 0, retired = 0, fresh = 0;
  double households_moved = 0;
};

CodeChanges code_changes(const Outcome& o) {
  const std::set<std::string>& before = o.delivered.codes;
  CodeChanges c;
  for (const Grid& g : o.fused.city.grids) {
    (before.contains(g.code) ? c.kept : c.fresh) += 1;
    c.households_moved += g.households_moved;
  }
  c.retired = before.size() - c.kept;
  return c;
}

std::string changes_line(const Outcome& o, const Console& console) {
  const CodeChanges c = code_changes(o);
  return console.say({"codes kept ", "保留编码 "}) + with_commas(c.kept) + console.say({" · given up ", " · 停用 "}) +
         with_commas(c.retired) + console.say({" · new ", " · 新增 "}) + with_commas(c.fresh) +
         console.say({" · households moved ", " · 变更户数 "}) +
         with_commas(static_cast<std::size_t>(std::llround(c.households_moved)));
}

void print_summary(const Outcome& o, const Options& options, const Console& console) {
  const City& city = o.fused.city;
  const FuseStatistics& s = o.fused.statistics;
  Lines lines = {
      {{"City", "城市"}, console.say(city.name)},
      {{"Layers read", "读入图层"},
       with_commas(o.delivered.layers) + " · " + with_commas(o.delivered.cells) + console.say({" cells", " 个单元"})},
      {{"Incidents", "事件"}, with_commas(o.delivered.events)},
      {{"Findings", "读图发现"},
       with_commas(o.fused.findings.size()) +
           console.say({" repairs and remarks (--findings lists them)", " 条修复与提示（--findings 列出）"})},
      {{"Raw faces", "原始面"},
       with_commas(s.raw_faces) + console.say({", thin: ", "，其中细碎："}) + with_commas(s.raw_thin_faces)},
      {{"Atoms", "原子面"},
       with_commas(city.arrangement.face_count - 1) + console.say({", thin: ", "，其中细碎："}) +
           with_commas(s.thin_atoms)},
      {{"Grids", "统一网格"}, with_commas(city.grids.size())},
      {{"People in band", "达标人口"}, share_line(o, console)},
      {{"Conflicts", "冲突"}, conflicts_line(console, city.conflicts)},
      {{"Time", "用时"}, seconds_line(o.seconds)},
      {{"Memory", "内存"}, fixed(peak_megabytes(), 0) + " MB"},
      {{"Digest", "摘要"}, o.digest},
      {{"Proof", "验证"},
       o.faults.empty() ? console.say({"no faults", "无错误"})
                        : with_commas(o.faults.size()) + console.say({" faults", " 处错误"})}};
  if (options.update) lines.push_back({{"Changed", "变化"}, changes_line(o, console)});
  if (s.doubtful_parents > 0)
    lines.push_back({{"Parents to check", "存疑上级"},
                     with_commas(s.doubtful_parents) +
                         console.say({" features name a parent that hardly holds them (--findings says which)",
                                      " 个要素所填上级与实际范围不符（--findings 列出）"})});
  if (o.faults.empty()) lines.push_back({{"Written", "已写入"}, options.output});
  print_lines(std::cout, console, lines);
}

bool is_guess(const Finding& finding) {
  const auto* reason = std::get_if<Reason>(&finding.facts);
  if (!reason) return false;
  const std::string& code = reason->code;
  return code == "texts_read_as" || code == "crs_guessed" || code == "degrees_contradicted_crs_guessed" ||
         code == "datum_shift_undone" || code == "datum_shift_suspected";
}

// What nobody may take for a success: where it stands in the catalogue, and what.
struct Warning {
  std::string key;
  int line = 0;  // 0: not there
  Text text;
};

Text few_in_band(double share, const UnifyOptions& band) {
  const std::string percent = fixed(100 * share, 0) + " %", least = fixed(band.households_min, 0),
                    most = fixed(band.households_max, 0);
  return {
      "warning: only " + percent + " of the people live in grids of " + least + " to " + most +
          " households; is that the band you mean ('unify.households')? The conflicts 'unmet_target' say which grids",
      "警告：仅 " + percent + " 的人口所在网格符合 " + least + "–" + most +
          " 户的规模；“unify.households”是否如此设定？不达标的网格见冲突 unmet_target"};
}

std::vector<Warning> warnings_of(const Outcome& o) {
  std::vector<Warning> warnings;
  for (const UnusedKey& u : o.unused) warnings.push_back({u.key, u.place.line, warning_of(u)});
  for (const Finding& f : o.fused.findings)
    if (is_guess(f)) {
      const Text text = text_of(f);
      warnings.push_back({"", 0, {"warning: " + f.file + ": " + text.en, "警告：" + f.file + "：" + text.zh}});
    }
  if (!o.delivered.population)
    warnings.push_back({"population",
                        0,
                        {"warning: there is no 'population': nobody lives anywhere, so the band of households says "
                         "nothing about these grids",
                         "警告：没有“population”：各处均无人口，户数规模对这些网格没有意义"}});
  else if (o.fused.statistics.people_in_band < kFewInBand)
    warnings.push_back({"unify.households", 0, few_in_band(o.fused.statistics.people_in_band, o.delivered.band)});
  return warnings;
}

Json warnings_json(const std::vector<Warning>& warnings) {
  Json list = Json::array();
  for (const Warning& w : warnings)
    list.push_back({{"key", w.key}, {"line", w.line}, {"en", w.text.en}, {"zh", w.text.zh}});
  return list;
}

Json summary_json(const Outcome& o, const Options& options) {
  const City& city = o.fused.city;
  const FuseStatistics& s = o.fused.statistics;
  Json conflicts = Json::object(), seconds = Json::object();
  for (const auto& [word, kind] : kWords<ConflictKind>) conflicts[std::string(word)] = count(city.conflicts, kind);
  for (const auto& [stage, time] : o.seconds) seconds[stage] = time;
  Json json = {{"city", city.id},
               {"layers", o.delivered.layers},
               {"cells", o.delivered.cells},
               {"incidents", o.delivered.events},
               {"raw_segments", s.raw_segments},
               {"distinct_segments", s.distinct_segments},
               {"raw_faces", s.raw_faces},
               {"raw_thin_faces", s.raw_thin_faces},
               {"atoms", city.arrangement.face_count - 1},
               {"thin_atoms", s.thin_atoms},
               {"grids", city.grids.size()},
               {"people_in_band", s.people_in_band},
               {"conflicts", std::move(conflicts)},
               {"findings", o.fused.findings.size()},
               {"doubtful_parents", s.doubtful_parents},
               {"warnings", warnings_json(warnings_of(o))},
               {"seconds", std::move(seconds)},
               {"seconds_total", total_seconds(o.seconds)},
               {"peak_mb", peak_megabytes()},
               {"digest", o.digest},
               {"faults", faults_json(o.faults, city.arrangement.lattice)},
               {"written", o.faults.empty() ? Json(options.output) : Json(nullptr)}};
  if (options.update) {
    const CodeChanges c = code_changes(o);
    json["codes"] = {{"kept", c.kept}, {"given_up", c.retired}, {"new", c.fresh}};
    json["households_moved"] = c.households_moved;
  }
  if (options.findings) json["finding_list"] = findings_json(o.fused.findings);
  return json;
}

int run(const Options& options, const Console& console) {
  const Interruption interruption;
  const Outcome outcome = [&] {
    ConsoleProgress progress(console);
    return work(options, progress);
  }();
  if (console.json) {
    std::cout << summary_json(outcome, options).dump(2, ' ', false, Json::error_handler_t::replace) << std::endl;
  } else {
    print_summary(outcome, options, console);
    if (options.findings) print_findings(outcome.fused.findings, console);
  }
  for (const Warning& warning : warnings_of(outcome)) print_note(warning.text, console);
  if (outcome.faults.empty()) return kOk;
  print_faults(outcome.faults, outcome.fused.city.arrangement.lattice, console);
  print_note({"Nothing was written.", "未写入任何文件。"}, console);
  return kFoundFaults;
}

}  // namespace

Verb fuse_verb(CLI::App& root, Console& console) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(root, console, "fuse",
               {"Merge a city's layers into one governance grid", "把一座城市的各部门图层织成一张治理网格"},
               "gridloom fuse gisdata/nyc/city.yaml -o nyc.gpkg");
  verb->add_option("catalogue", options->catalogue, console.say({"The city's catalogue", "城市目录文件"}))
      ->required()
      ->type_name("city.yaml");
  verb->add_option("-o,--output", options->output, console.say({"Project file to write", "要写入的工程文件"}))
      ->required()
      ->type_name("city.gpkg")
      ->check(ends_with(".gpkg"));
  add_threads(*verb, console, options->threads);
  verb->add_flag(
      "--update", options->update,
      console.say({"Fuse the project again: keep its grids, their codes and locks as far as the new layers "
                   "and the band allow; table succession tells what changed",
                   "重新融合已有工程：在新图层与规模允许的范围内保留网格、编码与锁定；succession 表列出变化"}));
  verb->add_flag("--findings", options->findings, console.say({"List every repair and remark", "列出全部修复与提示"}));
  add_json(*verb, console);
  return {verb, [options, &console] { return run(*options, console); }};
}

}  // namespace gridloom::cli
