// SPDX-License-Identifier: Apache-2.0
#include "server/cli/analysis_options.h"

#include <algorithm>

#include "engine/io/project/atomic_file.h"
#include "server/words/error_text.h"

namespace gridloom::cli {
void AnalysisOptions::add(CLI::App& verb, const Console& console, const std::string& name, const Text& what) {
  std::string parameter = name;
  std::replace(parameter.begin(), parameter.end(), '-', '_');
  Entry& entry = entries_.emplace_back(Entry{parameter, {}, false});
  verb.add_option("--" + name, entry.value, console.say(what))->type_name("TEXT");
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
    if (!entry.value.empty()) pairs.emplace_back(entry.name, entry.value);
  }
  return pairs;
}

void refuse_early(const AnalysisOptions& options, const std::function<void(const EventQuestion&)>& read) {
  EventQuestion events = options.events;
  events.area.clear();
  try {
    read(events);
  } catch (const WrongParameter&) {
    throw;
  } catch (const DataError& error) {
    const Text text = text_of(error);
    throw WrongParameter(text.en, text.zh);
  }
}

void run_over_project(const AnalysisOptions& options, const Console& console,
                      const std::function<void(const AnalysisSource&, Progress&)>& work) {
  const Interruption interruption;
  ConsoleProgress progress(console);
  progress.stage("open", 0);
  const City city = read_project(options.project);
  const PointLocator locator(city.arrangement);
  const EventStore events = EventStore().appended(city.events, city.face_of_event);
  PartOfProgress rest(progress, 0.3, 1);
  work({city, locator, events, options.threads}, rest);
}

}  // namespace gridloom::cli
