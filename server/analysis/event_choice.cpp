// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/event_choice.h"

#include "engine/base/errors.h"
#include "engine/events/local_time.h"
#include "server/words/titles.h"

namespace gridloom {
namespace {

std::string list(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

template <std::size_t N>
std::string list(const std::bitset<N>& set, std::size_t first) {
  std::string text;
  for (std::size_t i = 0; i < N; ++i)
    if (set.test(i)) text += (text.empty() ? "" : ",") + std::to_string(i + first);
  return text;
}

std::string moment(const std::optional<std::int64_t>& seconds) {
  return seconds ? format_local_time({*seconds, true}) : std::string("open");
}

}  // namespace

void step(Progress& progress, std::string_view name, double share) {
  if (progress.cancelled()) throw Cancelled();
  progress.stage(name, share);
}

EventChoice chosen_by(const EventQuestion& question, const City& city) {
  return {parse_question(question, city), question.area};
}

ChosenEvents select(const AnalysisSource& source, const EventChoice& choice) {
  ChosenEvents chosen;
  for (const EventRef ref : select_events(source.events, choice.filter)) {
    const EventChunk& chunk = *source.events.parts()[ref.part].chunk;
    chosen.at.push_back(chunk.at[ref.row]);
    chosen.face.push_back(chunk.face[ref.row]);
    chosen.ref.push_back(ref);
  }
  return chosen;
}

std::string window_text(const EventChoice& choice) { return window_in_words(choice).en; }

Text window_in_words(const EventChoice& choice) {
  const EventFilter& f = choice.filter;
  Text text;
  const auto add = [&](const std::string& en, const std::string& zh, const std::string& what) {
    text.en += (text.en.empty() ? "" : "; ") + en + " " + what;
    text.zh += (text.zh.empty() ? "" : "；") + zh + " " + what;
  };
  if (f.from || f.to) {
    text.en = "from " + moment(f.from) + " until before " + moment(f.to);
    text.zh = (f.from ? moment(f.from) + " 起" : std::string("不限起始")) + "，" +
              (f.to ? moment(f.to) + " 之前" : std::string("不限截止"));
  }
  if (f.hours.any()) add("hours", "钟点", list(f.hours, 0));
  if (f.weekdays.any()) add("weekdays", "星期", list(f.weekdays, 1));
  for (const auto& [field, asked] : kAskedTexts<EventFilter>)
    if (!(f.*asked).empty()) add(title_of(field).en, title_of(field).zh, list(f.*asked));
  if (!choice.area.empty()) add("area", "范围", choice.area);
  return text.en.empty() ? Text{"all incidents", "全部事件"} : text;
}

}  // namespace gridloom
