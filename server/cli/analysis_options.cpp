// SPDX-License-Identifier: Apache-2.0
#include "server/cli/analysis_options.h"

#include "engine/io/project/atomic_file.h"
#include "server/words/error_text.h"

namespace gridloom::cli {

void AnalysisOptions::add(CLI::App& verb, const Console& console, const ParameterTexts& texts) {
  for (const ParameterText& text : texts) {
    Entry& entry = entries_.emplace_back(Entry{text.name, {}, false});
    const std::string option = option_name(text.name);
    if (text.is_switch())
      verb.add_flag(option, entry.given, console.say(text.about));
    else
      verb.add_option(option, entry.value, console.say(text.about))->type_name("TEXT");
  }
}

Parameters::Pairs AnalysisOptions::parameters() const {
  Parameters::Pairs pairs;
  for (const Entry& entry : entries_) {
    if (entry.given) pairs.emplace_back(entry.name, "yes");
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
