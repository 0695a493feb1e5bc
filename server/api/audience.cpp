// SPDX-License-Identifier: Apache-2.0
#include "server/api/audience.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string_view>

#include "engine/events/local_time.h"
#include "server/http/problem.h"

namespace gridloom {
namespace {

// --- who asks ---

// Of "name:port" or "[address]:port".
std::string_view without_port(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const bool inside_brackets = host.find(']', colon == host.npos ? 0 : colon) != host.npos;
  return colon == host.npos || inside_brackets ? host : host.substr(0, colon);
}

bool is_page_of_another_site(const Request& request) {
  if (request.origin.empty()) return false;
  const std::size_t at = request.origin.find("://");
  const std::string_view site =
      at == std::string::npos ? std::string_view() : std::string_view(request.origin).substr(at + 3);
  return site != request.host && !names_this_machine(site);
}

// --- what is too fine ---

constexpr std::string_view kOffers =
    "the public form of the incidents tells counts by grid, month and category, in full batches";
constexpr std::string_view kOffersZh = "公开形式的事件数按网格、月份和类别给出，且只取整批";

Text too_fine(const std::string& what, const std::string& instead, const std::string& instead_zh) {
  return {"\"" + what + "\" asks for more than is public: " + std::string(kOffers) + ". " + instead,
          "“" + what + "”超出公开范围：" + std::string(kOffersZh) + "。" + instead_zh};
}

Text leave_out(const std::string& what) { return too_fine(what, "Leave it out.", "请去掉该参数。"); }

bool begins_a_month(std::int64_t seconds) {
  if (seconds % kSecondsPerDay != 0) return false;
  const std::chrono::sys_days day{std::chrono::days(seconds / kSecondsPerDay)};
  return std::chrono::year_month_day(day).day() == std::chrono::day(1);
}

bool is_level(std::string_view id, const City& city) {
  return std::any_of(city.admin.begin(), city.admin.end(), [&](const AdminLevel& level) { return level.id == id; });
}

// Units that are made of grids.
bool holds_whole_grids(const std::string& area, const City& city) {
  const std::string_view kind = std::string_view(area).substr(0, area.find(':'));
  return area.find(':') != area.npos && (kind == "grid" || is_level(kind, city));
}

bool is_page_of_this_server(const Request& request) {
  const std::size_t at = request.origin.find("://");
  return at != std::string::npos && request.origin.substr(at + 3) == request.host;
}

void require_writer(const Request& request, const Service& service) {
  // Who may add may also find out how much is missing to a full batch.
  if (gets_public_form(request, service))
    throw HttpError(403, {"Incidents are taken from the operator alone: this answer would be in the public form.",
                          "只接收操作者的事件：此处的回答为公开形式。"});
  // It would write through its visitor's browser.
  if (!request.origin.empty() && !is_page_of_this_server(request))
    throw HttpError(403, {"Pages of other sites may not append incidents.", "其他网站的页面不得追加事件。"});
  if (!service.live->can_append())
    throw HttpError(403, {"This server has no project file to append to.", "本服务器没有可追加事件的工程文件。"});
}

}  // namespace

bool names_this_machine(std::string_view host) {
  const std::string_view name = host == "::1" ? host : without_port(host);
  if (name == "localhost" || name == "::1" || name == "[::1]") return true;
  return name.starts_with("127.") && name.find_first_not_of("0123456789.") == name.npos;
}

bool gets_public_form(const Request& request, const Service& service) {
  if (!service.publication) return false;
  if (service.audience == Audience::everybody || is_page_of_another_site(request)) return true;
  return service.audience == Audience::local && (request.forwarded || !names_this_machine(request.host));
}

void require(Role role, const Request& request, const Service& service) {
  if (role == Role::writers) require_writer(request, service);
  if (role == Role::operators_if_any && service.audience != Audience::everybody && gets_public_form(request, service))
    throw HttpError(403, {"The counters of this server are its operator's: they tell when incidents come.",
                          "本服务器的计数只供操作者查看：它们会透露事件何时到来。"});
}

std::shared_ptr<const EventState> events_for(const Request& request, const Service& service) {
  return gets_public_form(request, service) ? service.publication->now() : service.live->now();
}

bool events_are_ready(const Request& request, const Service& service) {
  return !gets_public_form(request, service) || service.publication->ready();
}

Refusal refuse_finer(const EventQuestion& q, const City& city) {
  for (const auto& [name, text] : {std::pair{"from", &q.from}, std::pair{"to", &q.to}})
    if (const auto moment = parse_moment(name, *text, city.time_zone); moment && !begins_a_month(*moment))
      return too_fine(name, "Give the first day of a month, such as 2025-03-01.", "请写某月的第一天，如 2025-03-01。");
  if (!q.area.empty() && !holds_whole_grids(q.area, city))
    return too_fine("area", "Give grid:CODE or the unit of an administrative level, LEVEL:CODE.",
                    "请写 grid:编码，或行政层级的单元 层级:编码。");
  for (const auto& [name, given] : {std::pair{"hours", &q.hours}, std::pair{"weekdays", &q.weekdays}})
    if (!given->empty()) return leave_out(name);
  for (const auto& [field, given] : kAskedTexts<EventQuestion>)
    if (field != EventField::category && !(q.*given).empty()) return leave_out(std::string(word_of(field)));
  return std::nullopt;
}

Refusal refuse_finer(const CountBy& by, const City& city) {
  if (!by.cells.empty() && by.cells != "grid" && !is_level(by.cells, city))
    return too_fine("by", "Take grid or an administrative level.", "单元请用 grid 或行政层级。");
  for (const Period period : by.options.periods)
    if (period == Period::hour || period == Period::weekday || period == Period::day || period == Period::week)
      return too_fine("by", "Take month, quarter, year or month_of_year.",
                      "时段请用 month、quarter、year 或 month_of_year。");
  for (const EventField field : by.options.fields)
    if (field != EventField::category) return too_fine("by", "Take category.", "请用 category。");
  return std::nullopt;
}

void require(const Refusal& refusal) {
  if (refusal) throw HttpError(403, *refusal);
}

EventQuestion question_for(const Parameters& parameters, const Service& service, const EventState& state) {
  EventQuestion question = event_question(parameters);
  if (state.grids.published) require(refuse_finer(question, *service.city));
  return question;
}

Refusal refuse_finer_radius(double radius_m) {
  if (radius_m >= kLeastPublicRadius_m) return std::nullopt;
  return too_fine("radius", "Take 500 metres or more.", "请取 500 米或以上。");
}

Refusal refuse_finer_heatmap(const Parameters& parameters) {
  for (const char* name : {"adaptive", "along", "weight"})
    if (parameters.given(name)) return leave_out(name);
  const std::string bandwidth = parameters.text("bandwidth");
  if (bandwidth.empty()) return std::nullopt;
  double metres = 0;
  std::from_chars(bandwidth.data(), bandwidth.data() + bandwidth.size(), metres);
  if (metres >= kLeastPublicRadius_m) return std::nullopt;
  return too_fine("bandwidth", "Take 500 metres or more.", "请取 500 米或以上。");
}

Refusal refuse_finer_hotspots(const Parameters& parameters, const City& city) {
  if (parameters.given("sensitivity")) return leave_out("sensitivity");
  const std::string cells = parameters.text("cells");
  if (cells.empty() || cells == "grids" || cells == "grid" || is_level(cells, city)) return std::nullopt;
  return too_fine("cells", "Take grids or an administrative level.", "请取 grids 或某一行政层级。");
}

}  // namespace gridloom
