// SPDX-License-Identifier: Apache-2.0
#include "server/cli/analysis_options.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <stop_token>
#include <thread>

#include "engine/io/atomic_file.h"
#include "engine/loop_watch.h"

namespace gridloom::cli {
namespace {

// Ctrl-C reaches the loops of functions that take no progress.
class WatchedByInterruption {
 public:
  WatchedByInterruption()
      : looking_([this](const std::stop_token& end) {
          while (!end.stop_requested()) {
            if (Interruption::requested()) watch_.stop = true;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
          }
        }) {}

 private:
  LoopWatch watch_;
  WatchScope scope_{&watch_};
  std::jthread looking_;
};

}  // namespace

void AnalysisOptions::add(CLI::App& verb, const Console& console, const std::string& name, const Text& what,
                          bool several) {
  std::string parameter = name;
  std::replace(parameter.begin(), parameter.end(), '-', '_');
  Entry& entry = entries_.emplace_back(Entry{parameter, {}, false});
  CLI::Option* option = verb.add_option("--" + name, entry.values, console.say(what))->type_name("TEXT");
  option->expected(1)->multi_option_policy(several ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::Throw);
}

void AnalysisOptions::add_flag(CLI::App& verb, const Console& console, const std::string& name, const Text& what) {
  std::string parameter = name;
  std::replace(parameter.begin(), parameter.end(), '-', '_');
  Entry& entry = entries_.emplace_back(Entry{parameter, {}, false});
  verb.add_flag("--" + name, entry.flag, console.say(what));
}

Parameters::Pairs AnalysisOptions::parameters() const {
  Parameters::Pairs pairs;
  for (const Entry& entry : entries_) {
    if (entry.flag) pairs.emplace_back(entry.name, "yes");
    for (const std::string& value : entry.values) pairs.emplace_back(entry.name, value);
  }
  return pairs;
}

void add_event_options(AnalysisOptions& options, CLI::App& verb, const Console& console) {
  options.add(verb, console, "from", {"First local time that counts", "起始当地时间（含）"});
  options.add(verb, console, "to", {"Local time from which on nothing counts", "截止当地时间（不含）"});
  options.add(verb, console, "hours",
              {"Only these hours of the day, such as 22-4; events without a clock time are left out",
               "只统计这些钟点，如 22-4；没有钟点的事件不计"});
  options.add(verb, console, "weekdays",
              {"Only these weekdays, such as 1-5 (1 is Monday)", "只统计这些星期几，如 1-5（1 为周一）"});
  for (const auto& [name, zh] :
       {std::pair{"category", "类别"}, {"subcategory", "子类"}, {"agency", "部门"}, {"severity", "等级"}})
    options.add(verb, console, name,
                {std::string("Only this ") + name + "; may be given several times",
                 std::string("只统计该") + zh + "，可多次给出"},
                true);
  options.add(verb, console, "area",
              {"Only here: west,south,east,north in degrees, or a unit such as grid:code or layer:cell",
               "只统计此范围：西,南,东,北（度），或某单元，如 grid:编码、layer:cell"});
}

void run_over_project(const AnalysisOptions& options, const Console& console,
                      const std::function<void(const AnalysisSource&, Progress&)>& work) {
  const Interruption interruption;
  const WatchedByInterruption watched;
  ConsoleProgress progress(console);
  progress.stage("open", 0);
  const City city = read_project(options.project);
  const PointLocator locator(city.arrangement);
  const EventStore events = EventStore().appended(city.events, city.face_of_event);
  PartOfProgress rest(progress, 0.3, 1);
  work({city, locator, events, options.threads}, rest);
}

void write_answer(const AnswerFile& answer, const std::string& file) {
  AtomicFile target(file);
  {
    std::ofstream out(target.path(), std::ios::binary);
    if (!out.write(answer.bytes.data(), static_cast<std::streamsize>(answer.bytes.size())).flush())
      throw DataError("cannot write " + file);
  }
  target.commit();
}

}  // namespace gridloom::cli
