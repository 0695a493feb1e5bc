// SPDX-License-Identifier: Apache-2.0
#include "server/api/analysis_routes.h"

#include <chrono>
#include <cmath>
#include <map>
#include <utility>

#include "server/analysis/density_analysis.h"
#include "server/analysis/hotspot_analysis.h"
#include "server/api/audience.h"
#include "server/http/problem.h"
#include "server/words/event_query.h"
#include "server/words/json_text.h"

namespace gridloom {
namespace {

constexpr std::string_view kJobs = "/api/jobs/";
constexpr const char* kAgainst = "against_";
constexpr double kPatience = 5, kMostPatience = 30;  // seconds
constexpr std::size_t kMostPixels = 25'000'000;      // 200 MB of values

// --- the question ---

// How the answer is wanted.
struct Wish {
  AnswerFormat format = AnswerFormat::geojson;
  Language language = Language::en;
  std::chrono::milliseconds patience{0};
};

Wish wish_of(const Parameters& parameters, Words<AnswerFormat> formats) {
  return {parameters.word("format", AnswerFormat::geojson, formats), parameters.word("lang", Language::en),
          std::chrono::milliseconds(std::lround(1000 * parameters.number("wait", kPatience, 0, kMostPatience)))};
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

// --- the answers ---

Json links_of(const std::string& id) {
  return {{"self", std::string(kJobs) + id}, {"result", std::string(kJobs) + id + "/result"}};
}

Json json_of(const JobStatus& job) {
  Json json{{"id", job.id},       {"kind", job.kind},       {"state", word_of(job.state)}, {"stage", job.stage},
            {"share", job.share}, {"seconds", job.seconds}, {"links", links_of(job.id)}};
  if (job.state == JobState::running) json["step"] = job.step;
  if (job.left_s) json["left_s"] = std::round(*job.left_s);
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
  if (job.state == JobState::cancelled) return problem(410, {"The job was cancelled.", "该任务已取消。"}, language);
  return problem(job.problem.status, job.problem.detail, language);
}

// --- jobs ---

// Replies with the answer, or with how to ask for it where it takes longer than the one who asks would wait.
void reply_in_time(const CallPtr& call, const std::string& id, std::chrono::milliseconds patience, const Reply& reply) {
  Jobs& jobs = *call->service.jobs;
  jobs.when_ended(id, patience, [call, id, &jobs, reply] {
    const auto job = jobs.status(id);
    if (!job) return reply(problem(410, {"The job was cancelled.", "该任务已取消。"}, call->language));
    if (job->ended()) return reply(ended_response(call->request, *job, call->language));
    Response accepted = status_response(*job, 202);
    accepted.headers.emplace_back("Location", std::string(kJobs) + id);
    reply(std::move(accepted));
  });
}

Answering begin(const CallPtr& call, const std::string& kind, Jobs::Work work, bool exact,
                std::chrono::milliseconds patience) {
  return Elsewhere{[call, kind, work = std::move(work), exact, patience](const Reply& reply) -> Left {
    Jobs& jobs = *call->service.jobs;
    const std::string id = jobs.start(kind, work, exact);
    if (id.empty()) {
      reply(come_again({"Too many analyses are waiting; ask again in a moment.", "等待的分析过多，请稍后再试。"}, 5,
                       call->language));
      return {};
    }
    reply_in_time(call, id, patience, reply);
    return [id, &jobs] { jobs.cancel(id); };
  }};
}

JobStatus job_of(const Call& call) {
  auto job = call.service.jobs->status(call.parameters.text("id"));
  if (!job || (job->exact && gets_public_form(call.request, call.service)))
    throw HttpError(404, {"There is no such job; those that have ended are forgotten after a while.",
                          "没有该任务；已结束的任务过一段时间即被清除。"});
  return std::move(*job);
}

}  // namespace

Answering heatmap_route(const CallPtr& call) {
  const Parameters& parameters = call->parameters;
  const Snapshot snapshot{call->service.city, events_for(call->request, call->service), call->service};
  const bool published = snapshot.events->grids.published;
  const Wish wish = wish_of(parameters, kWords<AnswerFormat>);
  const EventQuestion events = event_question(parameters), against = event_question(parameters, kAgainst);
  if (published) {
    require(refuse_finer(events, *snapshot.city));
    require(refuse_finer(against, *snapshot.city));
    require(refuse_finer_heatmap(parameters));
  }
  const DensityRequest asked =
      read_density_request(events, against, parameters, *snapshot.city, wish.format, wish.language);
  const auto work = [asked, snapshot](Progress& progress) {
    return file_of(analyse_density(snapshot.source(), asked, progress), asked, *snapshot.city);
  };
  return begin(call, "heatmap", work, !published, wish.patience);
}

Answering hotspots_route(const CallPtr& call) {
  const Parameters& parameters = call->parameters;
  const Snapshot snapshot{call->service.city, events_for(call->request, call->service), call->service};
  const bool published = snapshot.events->grids.published;
  const Wish wish = wish_of(parameters, kTableFormats);
  const EventQuestion events = event_question(parameters);
  if (published) {
    require(refuse_finer(events, *snapshot.city));
    require(refuse_finer_hotspots(parameters, *snapshot.city));
  }
  const HotspotRequest asked = read_hotspot_request(events, parameters, *snapshot.city);
  const auto work = [asked, snapshot, format = wish.format](Progress& progress) {
    return file_of(analyse_hotspots(snapshot.source(), asked, progress).table, format);
  };
  return begin(call, "hotspots", work, !published, wish.patience);
}

Response job_route(const Call& call) { return status_response(job_of(call), 200); }

Response job_result_route(const Call& call) {
  const JobStatus job = job_of(call);
  if (!job.ended()) throw HttpError(409, {"The job has not ended yet.", "该任务尚未结束。"});
  return ended_response(call.request, job, call.language);
}

Response cancel_job_route(const Call& call) {
  call.service.jobs->cancel(job_of(call).id);
  Response gone;
  gone.status = 204;
  return gone;
}

}  // namespace gridloom
