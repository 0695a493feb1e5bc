// SPDX-License-Identifier: Apache-2.0
#include "server/api/append_route.h"

#include <array>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/city/owner.h"
#include "engine/events/local_time.h"
#include "engine/events/text_interner.h"
#include "engine/io/time_zone.h"
#include "server/api/json_response.h"
#include "server/api/service.h"
#include "server/http/json_body.h"
#include "server/http/problem.h"
#include "server/words/error_text.h"
#include "server/words/json_text.h"
#include "server/words/url.h"

namespace gridloom {
namespace {

constexpr std::size_t kMostWaiting = 64;  // requests
constexpr std::string_view kNothing = "Nothing was added.";

Response unavailable(const std::string& why) { return come_again(why, 5); }

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

ReadBatch read_batch(const Request& request, const Service& service) {
  const Row rows = parse_json_body(request.body);
  if (!rows.is_array()) throw HttpError(400, "The body must be a JSON array of incidents.");
  if (rows.size() > kMostAppended)
    throw HttpError(413, "A request has at most " + std::to_string(kMostAppended) + " incidents; send them in parts.");
  ReadBatch read;
  BatchReader reader(service);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    try {
      reader.take(rows[r]);
    } catch (const DataError& error) {
      read.rejected.push_back({{"row", r}, {"id", id_of(rows[r])}, {"reason", text_of(error).en}});
    }
  }
  read.batch = reader.done();
  return read;
}

// A page of another site must not write through its visitor's browser.
void refuse_strangers(const Request& request) {
  if (request.origin.empty()) return;
  const std::size_t at = request.origin.find("://");
  if (at == std::string::npos || request.origin.substr(at + 3) != request.host)
    throw HttpError(403, "Pages of other sites may not append incidents.");
}

// What went wrong with all that were written together. Paths and SQL are the operator's.
Response not_written(const Service& service, const std::exception& error) {
  if (dynamic_cast<const ProjectReplaced*>(&error))  // LiveEvents tells the operator, once
    return unavailable("The project file was replaced while this server ran. " + std::string(kNothing) +
                       " The server must be started again.");
  if (service.on_error) service.on_error(within("POST /api/incidents", text_of(error)));
  if (dynamic_cast<const Unsettled*>(&error))
    return unavailable(
        "The disk failed while the incidents were settled: whether they were added is not known. Send "
        "them again; the same ids change nothing.");
  return unavailable("The incidents cannot be written at the moment; the server's operator has been told why. " +
                     std::string(kNothing));
}

}  // namespace

bool is_append(const Request& request) {
  if (request.method != "POST") return false;
  const auto target = parse_target(request.target);
  return target && target->path == "/api/incidents";
}

Appends::Appends(const Service& service) : service_(service), thread_([this] { work(); }) {}

Appends::~Appends() {
  {
    const std::lock_guard lock(guard_);
    stopping_ = true;
  }
  came_.notify_all();
  thread_.join();
  for (const Call& call : waiting_) call.reply(unavailable("The server stops. " + std::string(kNothing)));
}

void Appends::take(Request request, std::function<bool()> gone, Reply reply) {
  refuse_strangers(request);
  if (!service_.live->can_append()) throw HttpError(403, "This server has no project file to append to.");
  {
    const std::lock_guard lock(guard_);
    if (waiting_.size() < kMostWaiting) {
      waiting_.push_back({std::move(request), std::move(gone), std::move(reply)});
      came_.notify_one();
      return;
    }
  }
  reply(unavailable("Too many requests wait to be written. " + std::string(kNothing)));
}

void Appends::work() {
  for (;;) {
    std::deque<Call> calls;
    {
      std::unique_lock lock(guard_);
      came_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      calls.swap(waiting_);
    }
    append(std::move(calls));
  }
}

void Appends::append(std::deque<Call> calls) {
  std::vector<Call> asked;
  std::vector<EventBatch> batches;
  std::vector<Json> rejected;
  for (Call& call : calls) {
    if (call.gone()) continue;
    try {
      ReadBatch read = read_batch(call.request, service_);
      batches.push_back(std::move(read.batch));
      rejected.push_back(std::move(read.rejected));
      asked.push_back(std::move(call));
    } catch (const HttpError& error) {
      call.reply(problem(error.status(), error.what()));
    } catch (const std::exception& error) {
      call.reply(not_written(service_, error));
    }
  }
  try {
    const auto done = service_.live->append(batches);
    for (std::size_t c = 0; c < asked.size(); ++c)
      asked[c].reply(done[c].refusal ? problem(400, text_of(*done[c].refusal).en)
                                     : json_response(asked[c].request, {{"added", done[c].added},
                                                                        {"updated", done[c].updated},
                                                                        {"rejected", rejected[c]},
                                                                        {"epoch", done[c].epoch}}));
  } catch (const std::exception& error) {
    for (const Call& call : asked) call.reply(not_written(service_, error));
  }
}

}  // namespace gridloom
