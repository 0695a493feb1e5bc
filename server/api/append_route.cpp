// SPDX-License-Identifier: Apache-2.0
#include "server/api/append_route.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/city/owner.h"
#include "engine/events/local_time.h"
#include "engine/events/text_interner.h"
#include "engine/io/time_text.h"
#include "server/api/json_response.h"
#include "server/api/route.h"
#include "server/http/json_body.h"
#include "server/http/problem.h"
#include "server/live/error_problem.h"
#include "server/words/error_text.h"
#include "server/words/json_text.h"

namespace gridloom {
namespace {

constexpr std::size_t kMostWaiting = 64;  // requests

Response unavailable(const Call& call, const Text& why) { return come_again(why, 5, call.language); }

// And it is known that nothing of the request was written.
Response not_added(const Call& call, const Text& why) {
  return unavailable(call, {why.en + " Nothing was added.", why.zh + "未添加任何事件。"});
}

// --- a request's rows ---

using Row = nlohmann::json;

// A key that is missing, or null.
bool silent(const Row& row, std::string_view key) {
  const auto at = row.find(key);
  return at == row.end() || at->is_null();
}

std::string text_in(const Row& row, std::string_view key) {
  if (silent(row, key)) return {};
  const Row& value = *row.find(key);
  if (!value.is_string() && !value.is_number_integer()) throw DataError("value_no_text", {{"name", key}});
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.size() > kMostEventTextBytes)
    throw DataError("text_too_long", {{"name", key}, {"most", kMostEventTextBytes}, {"text", shortened(text)}});
  return text;
}

double number_in(const Row& row, const char* key) {
  const auto at = row.find(key);
  if (at == row.end() || !at->is_number()) throw DataError("value_no_degrees", {{"name", key}});
  return at->get<double>();
}

LocalTime time_in(const Row& row, std::string_view key, const TimeZone& zone) {
  return read_time(key, text_in(row, key), zone);
}

Point place_in(const Row& row, const Service& service) {
  if (silent(row, "lon") && silent(row, "lat")) throw DataError("no_coordinates");
  const double lon = number_in(row, "lon"), lat = number_in(row, "lat");
  if (lon == 0 && lat == 0) throw DataError("coordinates_zero");
  const Place place = service.positions->place("wgs84", lon, lat);
  if (!place.at) throw DataError("coordinates_far");
  return *place.at;
}

// Fills a batch row by row.
class BatchReader {
 public:
  explicit BatchReader(const Service& service)
      : service_(service), zone_(service.city->time_zone), words_(interners_of(batch_.events)) {}

  // Nothing of the row is taken when it throws.
  void take(const Row& row) {
    if (!row.is_object()) throw DataError("row_no_object");
    std::string id = text_in(row, "id");
    if (id.empty()) throw DataError("no_id");
    const LocalTime occurred = time_in(row, "occurred_at", zone_);
    const LocalTime closed = text_in(row, "closed_at").empty() ? kUnknownTime : time_in(row, "closed_at", zone_);
    const Point at = place_in(row, service_);
    std::array<std::string, kEventFields> words;
    for (std::size_t f = 0; f < kEventFields; ++f) words[f] = text_in(row, word_of(static_cast<EventField>(f)));
    EventTable& e = batch_.events;
    e.id.push_back(std::move(id));
    e.occurred_at.push_back(occurred);
    e.at.push_back(at);
    e.closed_at.push_back(closed);
    for (std::size_t f = 0; f < kEventFields; ++f) words_[f].add(words[f]);
    batch_.faces.push_back(owning_atom(*service_.city, service_.locator.locate(at)));
  }

  EventBatch done() { return std::move(batch_); }

 private:
  const Service& service_;
  TimeZone zone_;
  EventBatch batch_;
  std::array<TextInterner, kEventFields> words_;
};

// The id of a rejected row, for people: never whole where it is no id.
Row id_of(const Row& row) {
  if (!row.is_object() || silent(row, "id")) return nullptr;
  const Row& id = *row.find("id");
  if (id.is_string()) return shortened(id.get_ref<const std::string&>());
  return id.is_primitive() ? id : Row(id.is_array() ? "[...]" : "{...}");
}

struct ReadBatch {
  EventBatch batch;
  Json rejected = Json::array();
};

constexpr std::array<std::string_view, 10> kKeys{"id",          "occurred_at", "lon",      "lat",    "category",
                                                 "subcategory", "agency",      "severity", "status", "closed_at"};

// A key that nobody reads may be one that its sender relies on.
void refuse_unknown_keys(const Row& row, std::size_t number) {
  if (!row.is_object()) return;
  for (const auto& [key, value] : row.items()) {
    if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) continue;
    std::string known;
    for (const std::string_view k : kKeys) known += (known.empty() ? "" : ", ") + std::string(k);
    const std::string n = std::to_string(number), told = shortened(key);
    throw HttpError(400,
                    {"Row " + n + " has the key '" + told + "', which means nothing here; incidents have: " + known +
                         ". Nothing was added.",
                     "第 " + n + " 行的键“" + told + "”在此没有意义；事件的键有：" + known + "。未添加任何事件。"});
  }
}

ReadBatch read_batch(const Call& call) {
  const Service& service = call.service;
  const Row rows = parse_json_body(call.request.body);
  if (!rows.is_array())
    throw HttpError(400, {"The body must be a JSON array of incidents.", "请求体须为事件的 JSON 数组。"});
  if (rows.size() > kMostAppended) {
    const std::string most = std::to_string(kMostAppended);
    throw HttpError(413, {"A request has at most " + most + " incidents; send them in parts.",
                          "一次请求最多 " + most + " 件事件；请分批发送。"});
  }
  ReadBatch read;
  BatchReader reader(service);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    refuse_unknown_keys(rows[r], r);
    try {
      reader.take(rows[r]);
    } catch (const DataError& error) {
      read.rejected.push_back({{"row", r}, {"id", id_of(rows[r])}, {"reason", text_of(error).in(call.language)}});
    }
  }
  read.batch = reader.done();
  return read;
}

// What went wrong with all that were written together. Paths and SQL are the operator's.
Response not_written(const Call& call, const std::exception& error) {
  if (dynamic_cast<const ProjectReplaced*>(&error))  // LiveEvents tells the operator, once
    return not_added(call, {"The project file was replaced while this server ran; the server must be started again.",
                            "服务器运行期间工程文件被替换；须重新启动服务器。"});
  if (call.service.on_error) call.service.on_error(within("POST /api/incidents", text_of(error)));
  if (dynamic_cast<const Unsettled*>(&error))
    return unavailable(call, {"The disk failed while the incidents were settled: whether they were added is not known. "
                              "Send them again; the same ids change nothing.",
                              "写入时磁盘出错：事件是否已添加尚不可知。请再次发送；相同编号不会改变结果。"});
  return not_added(call, {"The incidents cannot be written at the moment; the server's operator has been told why.",
                          "事件暂时无法写入，已将原因通知服务器管理者。"});
}

}  // namespace

Answering append_route(const CallPtr& call) {
  return Elsewhere{[call](const Reply& reply) -> Left {
                     const auto gone = std::make_shared<std::atomic<bool>>(false);
                     call->service.appends->take(
                         call, [gone] { return gone->load(); }, reply);
                     return [gone] { *gone = true; };
                   },
                   true};
}

Appends::Appends(const Service& service) : service_(service), thread_([this] { work(); }) {}

Appends::~Appends() {
  {
    const std::lock_guard lock(guard_);
    stopping_ = true;
  }
  came_.notify_all();
  thread_.join();
  for (const Waiting& w : waiting_) w.reply(not_added(*w.call, {"The server stops.", "服务器正在停止。"}));
}

void Appends::take(CallPtr call, std::function<bool()> gone, Reply reply) {
  {
    const std::lock_guard lock(guard_);
    if (waiting_.size() < kMostWaiting) {
      waiting_.push_back({std::move(call), std::move(gone), std::move(reply)});
      came_.notify_one();
      return;
    }
  }
  reply(not_added(*call, {"Too many requests wait to be written.", "等待写入的请求过多。"}));
}

void Appends::work() {
  for (;;) {
    std::deque<Waiting> calls;
    {
      std::unique_lock lock(guard_);
      came_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      calls.swap(waiting_);
    }
    append(std::move(calls));
  }
}

void Appends::append(std::deque<Waiting> calls) {
  std::vector<Waiting> asked;
  std::vector<EventBatch> batches;
  std::vector<Json> rejected;
  for (Waiting& waiting : calls) {
    if (waiting.gone()) continue;
    try {
      ReadBatch read = read_batch(*waiting.call);
      batches.push_back(std::move(read.batch));
      rejected.push_back(std::move(read.rejected));
      asked.push_back(std::move(waiting));
    } catch (const std::exception& error) {
      const Problem told = problem_of(error);
      waiting.reply(told.for_operator ? not_written(*waiting.call, error)
                                      : problem(told.status, told.detail, waiting.call->language));
    }
  }
  try {
    const auto done = service_.live->append(batches);
    for (std::size_t c = 0; c < asked.size(); ++c)
      asked[c].reply(done[c].refusal ? problem(400, text_of(*done[c].refusal), asked[c].call->language)
                                     : json_response(asked[c].call->request, {{"added", done[c].added},
                                                                              {"updated", done[c].updated},
                                                                              {"rejected", rejected[c]},
                                                                              {"epoch", done[c].epoch}}));
  } catch (const std::exception& error) {
    for (const Waiting& waiting : asked) waiting.reply(not_written(*waiting.call, error));
  }
}

}  // namespace gridloom
