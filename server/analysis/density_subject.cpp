// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/density_subject.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/strings.h"
#include "engine/events/local_time.h"
#include "server/words/number_text.h"

namespace gridloom {
namespace {

// --- events ---

double weight_of(const std::string& word, const EventWeight& weight) {
  if (!weight.of_word.empty()) {
    const auto found = weight.of_word.find(word);
    return found == weight.of_word.end() ? 1 : found->second;
  }
  const auto value = number_of<double>(word);
  if (!value || !(*value >= 0))
    throw WrongParameter(
        "'weight': '" + word + "' is no number from 0; say what words count, such as severity:high=3,low=1",
        "“weight”：“" + word + "”不是非负数；请给出各取值的权重，如 severity:high=3,low=1");
  return *value;
}

// By word of the dictionary; a word that no event has is a spelling mistake.
std::vector<double> weights_by_word(const EventStore& store, const EventWeight& weight) {
  const std::vector<std::string>& words = store.dictionary(*weight.field);
  for (const auto& [word, value] : weight.of_word)
    if (!words.empty() && std::find(words.begin(), words.end(), word) == words.end())
      throw WrongParameter("'weight': no incident has '" + word + "'", "“weight”：没有取值为“" + word + "”的事件");
  return std::vector<double>(words.size(), -1);
}

ChosenEvents chosen_events(const AnalysisSource& source, const EventChoice& choice) {
  ChosenEvents chosen = select(source, choice);
  if (chosen.at.empty()) throw DataError("no_incident_passes", {{"asked", window_text(choice)}});
  return chosen;
}

WeightedPoints weighted(const AnalysisSource& source, const ChosenEvents& chosen, const EventWeight& weight) {
  WeightedPoints events{chosen.at, {}};
  if (!weight.field) return events;
  std::vector<double> of_code = weights_by_word(source.events, weight);
  const auto field = static_cast<std::size_t>(*weight.field);
  for (const EventRef ref : chosen.ref) {
    const std::uint16_t code = source.events.parts()[ref.part].chunk->code[field][ref.row];
    if (of_code[code] < 0) of_code[code] = weight_of(source.events.dictionary(*weight.field)[code], weight);
    events.weight.push_back(of_code[code]);
  }
  return events;
}

// --- time ---

std::vector<std::int64_t> times_of(const AnalysisSource& source, const ChosenEvents& chosen) {
  std::vector<std::int64_t> times;
  times.reserve(chosen.ref.size());
  for (const EventRef ref : chosen.ref) times.push_back(source.events.parts()[ref.part].chunk->seconds[ref.row]);
  return times;
}

void refuse_unclear(const std::optional<CoveredPeriod>& period) {
  if (!period)
    throw WrongParameter("'per': no selected incident has a time; state 'from' and 'to'",
                         "“per”：所选事件均无时间；请给出“from”和“to”");
  if (period->divides()) return;
  if (period->stated) throw DataError("per_of_no_time");
  const std::string day = format_local_time({period->from, false});
  throw WrongParameter("'per': all selected incidents lie on " + day + ", too short a time; state 'from' and 'to'",
                       "“per”：所选事件都在同一天（" + day + "），不能据此折算；请给出“from”和“to”");
}

void keep(const std::vector<std::int64_t>& times, const CoveredPeriod& period, ChosenEvents& chosen) {
  ChosenEvents kept;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (!period.holds(times[i])) continue;
    kept.at.push_back(chosen.at[i]);
    kept.face.push_back(chosen.face[i]);
    kept.ref.push_back(chosen.ref[i]);
  }
  chosen = std::move(kept);
}

std::string moment(std::int64_t seconds) { return format_local_time({seconds, seconds % kSecondsPerDay != 0}); }

// An end that was not stated is a choice, which the reader must know.
std::vector<Text> cautions_of(const CoveredPeriod& period, const Text& text) {
  std::vector<Text> cautions{
      {"The density is divided by the time that the selected incidents cover, " + text.en +
           ". State 'from' and 'to' where another time is meant.",
       "密度按所选事件覆盖的时间折算，即 " + text.zh + "。若应为其他时间，请给出“from”和“to”。"}};
  if (const std::size_t left_out = period.strays + period.undated; left_out > 0)
    cautions.push_back(
        {with_commas(left_out) + " selected incidents have no time, or one far from all others', and are left out.",
         with_commas(left_out) + " 件所选事件没有时间，或其时间远离其余事件，未计入。"});
  if (period.has_gap())
    cautions.push_back({"No selected incident lies between " + moment(period.gap_from) + " and " +
                            moment(period.gap_until) + ": if nothing was recorded then, state 'from' and 'to'.",
                        moment(period.gap_from) + " 至 " + moment(period.gap_until) +
                            " 之间没有所选事件：若当时没有记录，请给出“from”和“to”。"});
  return cautions;
}

Json json_of(const CoveredPeriod& covered, TimeUnit unit) {
  return {{"unit", name_of_unit(unit).en},
          {"units", covered.units(unit)},
          {"from", format_local_time({covered.from, true})},
          {"until_before", format_local_time({covered.until, true})},
          {"open_ends", covered.stated ? "none" : "those of the selected incidents"},
          {"left_out", covered.strays + covered.undated},
          {"longest_gap_days", static_cast<double>(covered.gap()) / kSecondsPerDay}};
}

Text text_of(const CoveredPeriod& covered, TimeUnit unit) {
  const std::string units = fixed(covered.units(unit), 2), from = moment(covered.from), until = moment(covered.until);
  return {units + " " + name_of_unit(unit).en + "s, " + from + " until before " + until,
          units + " " + name_of_unit(unit).zh + "，" + from + " 起，" + until + " 之前"};
}

// By the window where it is stated; an open end is that of the selected incidents, and those that lie outside then are
// dropped.
DensityPeriod period_of(const AnalysisSource& source, const DensityRequest& request, ChosenEvents& chosen,
                        std::vector<Text>& cautions) {
  if (request.per == TimeUnit::whole) return {};
  const std::vector<std::int64_t> times = times_of(source, chosen);
  const auto covered = covered_period(times, request.events.filter.from, request.events.filter.to);
  refuse_unclear(covered);
  DensityPeriod period{covered->units(request.per), text_of(*covered, request.per), json_of(*covered, request.per)};
  if (!covered->stated)
    for (Text& caution : cautions_of(*covered, period.text)) cautions.push_back(std::move(caution));
  keep(times, *covered, chosen);
  return period;
}

// --- bandwidth ---

Json json_of(const ChosenBandwidth& chosen, const BandwidthOptions& options, std::size_t events) {
  Json record{{"rule", word_of(options.rule)}, {"standard_deviation_m", chosen.sd_m}};
  if (!searches(options.rule)) return record;
  record["candidates"] = chosen.search.candidates_m.size();
  record["searched_m"] = {chosen.search.candidates_m.front(), chosen.search.candidates_m.back()};
  record["best_candidate_m"] = chosen.search.best_m;
  record["at_end"] = chosen.search.at_end;
  if (chosen.sample == events) return record;
  record["sample"] = chosen.sample;
  record["seed"] = options.seed;
  return record;
}

std::vector<Text> cautions_of(const ChosenBandwidth& chosen, std::size_t events) {
  std::vector<Text> cautions;
  if (chosen.search.at_end)
    cautions.push_back({"The best bandwidth is at an end of those searched: state 'search' wider, or a bandwidth.",
                        "最优带宽位于搜索范围的一端：请放宽“search”，或直接给出带宽。"});
  if (chosen.sample < events)
    cautions.push_back(
        {"The bandwidth was chosen from a random sample of " + with_commas(chosen.sample) + " incidents.",
         "带宽由 " + with_commas(chosen.sample) + " 件事件的随机样本选定。"});
  return cautions;
}

void set_bandwidth(const City& city, const DensityRequest& request, DensitySubject& subject,
                   std::vector<Text>& cautions) {
  const BandwidthQuestion& question = request.bandwidth;
  subject.bandwidth_m = whole_millimetres(question.metres);
  subject.bandwidth = {{"rule", "stated"}};
  if (!question.chosen_by) return;
  const std::vector<Point>& events = subject.events.at;
  const ChosenBandwidth chosen = choose_bandwidth(events, city_km2(city), *question.chosen_by);
  subject.bandwidth_m = whole_millimetres(radius_for(request.surface.kernel, chosen.sd_m));
  subject.bandwidth = json_of(chosen, *question.chosen_by, events.size());
  for (Text& caution : cautions_of(chosen, events.size())) cautions.push_back(std::move(caution));
}

}  // namespace

double city_km2(const City& city) { return std::accumulate(city.area_m2.begin(), city.area_m2.end(), 0.0) / 1e6; }

Json json_of(const EventWeight& weight, double sum) {
  if (!weight.field) return nullptr;
  return {{"field", word_of(*weight.field)},
          {"of_word", weight.of_word.empty() ? Json("the words are numbers") : Json(weight.of_word)},
          {"sum", sum}};
}

Text name_of_unit(TimeUnit unit) {
  static const Text kNames[] = {{"", ""}, {"day", "日"}, {"week", "周"}, {"month", "月"}, {"year", "年"}};
  return kNames[static_cast<std::size_t>(unit)];
}

WeightedPoints weighted_events(const AnalysisSource& source, const EventChoice& choice, const EventWeight& weight) {
  return weighted(source, chosen_events(source, choice), weight);
}

DensitySubject density_subject(const AnalysisSource& source, const DensityRequest& request, std::vector<Text>& cautions,
                               Progress& progress) {
  DensitySubject subject;
  ChosenEvents chosen = chosen_events(source, request.events);
  subject.period = period_of(source, request, chosen, cautions);
  subject.events = weighted(source, chosen, request.weight);
  step(progress, "bandwidth", 0.1);
  set_bandwidth(source.city, request, subject, cautions);
  return subject;
}

}  // namespace gridloom
