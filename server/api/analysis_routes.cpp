// SPDX-License-Identifier: Apache-2.0
#include "server/api/analysis_routes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "server/analysis/density_analysis.h"
#include "server/analysis/hotspot_analysis.h"
#include "server/api/audience.h"
#include "server/http/json_body.h"
#include "server/http/problem.h"
#include "server/words/error_text.h"
#include "server/words/event_query.h"
#include "server/words/json_text.h"

namespace gridloom {
namespace {

constexpr std::string_view kHeatmap = "/api/heatmap", kHotspots = "/api/hotspots", kJobs = "/api/jobs/";
constexpr std::size_t kMostBody = 64 * 1024;
constexpr double kPatience = 5, kMostPatience = 30;  // seconds
constexpr std::string_view kAgainst = "against_";
constexpr std::size_t kMostPixels = 25'000'000;  // 200 MB of values

using Pairs = Parameters::Pairs;

// --- the question ---

bool may_repeat(std::string_view key) {
  if (key.starts_with(kAgainst)) key.remove_prefix(kAgainst.size());
  return std::ranges::any_of(kAskedTexts<EventQuestion>, [&](const auto& a) { return word_of(a.first) == key; });
}

bool chooses_events(std::string_view key) {
  return std::ranges::any_of(kAskedOnce, [&](const auto& a) { return a.first == key; }) || may_repeat(key);
}

std::string text_of(const std::string& key, const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number()) return value.dump();
  throw WrongParameter("'" + key + "' must be a text, a number, true, false, or a list of these",
                       "“" + key + "”应为文本、数、true、false 或它们的列表");
}

void add_member(const std::string& key, const nlohmann::json& value, Pairs& pairs) {
  if (value.is_null()) return;
  if (!value.is_array()) return void(pairs.emplace_back(key, text_of(key, value)));
  std::string joined;
  for (const nlohmann::json& item : value) {
    if (may_repeat(key))
      pairs.emplace_back(key, text_of(key, item));
    else
      joined += (joined.empty() ? "" : ",") + text_of(key, item);
  }
  if (!joined.empty()) pairs.emplace_back(key, joined);
}

Pairs pairs_of(const Request& request, const Target& target) {
  Pairs pairs = target.query;
  if (request.method != "POST" || request.body.empty()) return pairs;
  if (request.body.size() > kMostBody) throw HttpError(413, "A question has at most 64 KiB.");
  const auto body = parse_json_body(request.body);
  if (!body.is_object()) throw HttpError(400, "The body must be a JSON object of parameters.");
  for (const auto& [key, value] : body.items()) add_member(key, value, pairs);
  return pairs;
}

struct Question {
  EventQuestion events, against;
  Parameters parameters{{}};
  AnswerFormat format = AnswerFormat::geojson;
  Language language = Language::en;
  std::chrono::milliseconds patience{0};
};

Question question_of(const Pairs& pairs, Words<AnswerFormat> formats) {
  Target events, against;
  Pairs own, others;
  for (const auto& [key, value] : pairs) {
    const std::string_view name = key;
    if (chooses_events(name))
      events.query.emplace_back(key, value);
    else if (name.starts_with(kAgainst) && chooses_events(name.substr(kAgainst.size())))
      against.query.emplace_back(name.substr(kAgainst.size()), value);
    else
      (key == "format" || key == "lang" || key == "wait" ? own : others).emplace_back(key, value);
  }
  const Parameters manner(own);
  Question q{event_question(events), event_question(against), Parameters(std::move(others)), {}, {}, {}};
  q.format = manner.word("format", AnswerFormat::geojson, formats);
  q.language = manner.word("lang", Language::en);
  q.patience = std::chrono::milliseconds(std::lround(1000 * manner.number("wait", kPatience, 0, kMostPatience)));
  return q;
}

// --- the work ---

// What a job is made of, held as long as it runs.
struct Snapshot {
  std::shared_ptr<const City> city;
  std::shared_ptr<const EventState> events;
  const Service& service;  // outlives its jobs
  AnalysisSource source() const {
    return {*city,
            service.locator,
            events->store(),
            service.analysis_threads,
            &service.streets,
            kMostPixels,
            events->grids.published ? static_cast<std::uint64_t>(city->privacy_k) : 0};
  }
};

Jobs::Work heatmap_work(const Question& q, const Snapshot& snapshot) {
  const DensityRequest asked =
      read_density_request(q.events, q.against, q.parameters, *snapshot.city, q.format, q.language);
  return [asked, snapshot](Progress& progress) {
    return file_of(analyse_density(snapshot.source(), asked, progress), asked, *snapshot.city);
  };
}

Jobs::Work hotspots_work(const Question& q, const Snapshot& snapshot) {
  if (!(q.against == EventQuestion{}))
    throw WrongParameter("the against_ filters mean nothing of hot spots; rates over people are method=rate",
                         "以 against_ 开头的筛选对热点没有意义；以人口为基数的率请用 method=rate");
  const HotspotRequest asked = read_hotspot_request(q.events, q.parameters, *snapshot.city);
  return [asked, snapshot, format = q.format](Progress& progress) {
    return file_of(analyse_hotspots(snapshot.source(), asked, progress).table, format);
  };
}

// --- the answers ---

Json links_of(const std::string& id) {
  return {{"self", std::string(kJobs) + id}, {"result", std::string(kJobs) + id + "/result"}};
}

Json json_of(const JobStatus& job) {
  Json json{{"id", job.id},       {"kind", job.kind},       {"state", word_of(job.state)}, {"stage", job.stage},
            {"share", job.share}, {"seconds", job.seconds}, {"links", links_of(job.id)}};
  if (job.state == JobState::done) {
    json["bytes"] = job.bytes;
    json["content_type"] = job.result->content_type;
  }
  if (job.state == JobState::failed)
    json["problem"] = {
        {"status", job.problem.status}, {"detail", job.problem.detail.en}, {"detail_zh", job.problem.detail.zh}};
  return json;
}

Response status_response(const JobStatus& job, unsigned status) {
  Response response;
  response.status = status;
  response.body = std::make_shared<const std::string>(dump(json_of(job)) + "\n");
  response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  if (!job.ended()) response.headers.emplace_back("Retry-After", "1");
  return response;
}

std::string ending_of(const std::string& content_type) {
  static const std::map<std::string, std::string> kEndings{{"application/geo+json", ".geojson"},
                                                           {"text/csv; charset=utf-8", ".csv"},
                                                           {"application/geopackage+sqlite3", ".gpkg"},
                                                           {"image/tiff; application=geotiff", ".tif"},
                                                           {"image/png", ".png"}};
  const auto found = kEndings.find(content_type);
  return found == kEndings.end() ? ".json" : found->second;
}

Response result_response(const Request& request, const JobStatus& job) {
  const AnswerFile& file = *job.result;
  const bool packed = file.content_type.starts_with("image/");  // compressed already
  const Packing packing = packed                                  ? Packing::never
                          : accepts_gzip(request.accept_encoding) ? Packing::for_this
                                                                  : Packing::skip;
  Response response = respond(request, make_content(file.bytes, packing), file.content_type, "public, no-cache");
  response.headers.emplace_back("Content-Location", std::string(kJobs) + job.id + "/result");
  response.headers.emplace_back("Content-Disposition",
                                "inline; filename=\"" + job.kind + ending_of(file.content_type) + "\"");
  return response;
}

Response ended_response(const Request& request, const JobStatus& job, Language language) {
  if (job.state == JobState::done) return result_response(request, job);
  if (job.state == JobState::cancelled) return problem(410, "The job was cancelled.");
  return problem(job.problem.status, job.problem.detail.in(language));
}

Language language_of(const Pairs& pairs) {
  const bool zh =
      std::any_of(pairs.begin(), pairs.end(), [](const auto& p) { return p.first == "lang" && p.second == "zh"; });
  return zh ? Language::zh : Language::en;
}

void refuse_finer_analysis(const Question& q, const Pairs& pairs, bool heat, const City& city) {
  for (const Refusal& refusal : {refuse_finer(q.events, city), refuse_finer(q.against, city),
                                 heat ? refuse_finer_heatmap(pairs) : refuse_finer_hotspots(pairs, city)})
    if (refusal) throw HttpError(403, refusal->in(q.language));
}

}  // namespace

bool is_analysis(std::string_view path) { return path == kHeatmap || path == kHotspots; }

Left begin_analysis(const Request& request, const Target& target, const Service& service, Reply reply) {
  const bool heat = target.path == kHeatmap;
  const Pairs pairs = [&] {
    try {
      return pairs_of(request, target);
    } catch (const DataError& error) {
      throw HttpError(400, text_of(error).en);
    }
  }();
  const Snapshot snapshot{service.city, events_for(request, service), service};
  Question q;
  Jobs::Work work;
  try {
    q = question_of(pairs, heat ? Words<AnswerFormat>(kWords<AnswerFormat>) : kTableFormats);
    if (snapshot.events->grids.published) refuse_finer_analysis(q, pairs, heat, *service.city);
    work = heat ? heatmap_work(q, snapshot) : hotspots_work(q, snapshot);
  } catch (const WrongParameter& error) {
    throw HttpError(400, error.text().in(language_of(pairs)));
  } catch (const DataError& error) {
    throw HttpError(400, text_of(error).en);
  }
  Jobs& jobs = *service.jobs;
  const std::string id = jobs.start(heat ? "heatmap" : "hotspots", std::move(work), !snapshot.events->grids.published);
  if (id.empty()) {
    reply(come_again("Too many analyses are waiting; ask again in a moment.", 5));
    return {};
  }
  jobs.when_ended(id, q.patience, [id, request, &jobs, language = q.language, reply = std::move(reply)] {
    const auto job = jobs.status(id);
    if (!job) return reply(problem(410, "The job was cancelled."));
    if (job->ended()) return reply(ended_response(request, *job, language));
    Response accepted = status_response(*job, 202);
    accepted.headers.emplace_back("Location", std::string(kJobs) + id);
    reply(std::move(accepted));
  });
  return [id, &jobs] { jobs.cancel(id); };
}

bool is_job(std::string_view path) { return path.starts_with(kJobs); }

Response job_route(const Request& request, const Target& target, const Service& service) {
  std::string id = target.path.substr(kJobs.size());
  constexpr std::string_view kResult = "/result";
  const bool result = id.ends_with(kResult);
  if (result) id.resize(id.size() - kResult.size());
  const auto job = service.jobs->status(id);
  if (!job || (job->exact && gets_public_form(request, service)))
    throw HttpError(404, "There is no such job; those that have ended are forgotten after a while.");
  if (request.method == "DELETE") {
    if (result) throw HttpError(405, "Only the job itself can be cancelled.");
    service.jobs->cancel(id);
    Response gone;
    gone.status = 204;
    return gone;
  }
  if (!result) return status_response(*job, 200);
  if (!job->ended()) throw HttpError(409, "The job has not ended yet.");
  return ended_response(request, *job, language_of(target.query));
}

}  // namespace gridloom
