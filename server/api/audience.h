// SPDX-License-Identifier: Apache-2.0
// Who is told incidents exactly, and what the public form of them answers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/statistics/incident_counts.h"
#include "server/api/service.h"
#include "server/http/http_message.h"
#include "server/words/event_query.h"

namespace gridloom {

// Whether a host, with or without a port, is a name of loopback that nobody can give to another machine; a page of a
// domain that was made to point here still goes by its domain's name.
bool names_this_machine(std::string_view host);

// Whether the answer is in the public form. Never where the city has no privacy.k. Else whoever asks gets it from
// Audience::everybody; from Audience::local all but programs of this machine that ask it by a name of its own, without
// a proxy; and always a page of another site, which its visitor's browser would show the exact form.
bool gets_public_form(const Request&, const Service&);

// Who may have a route's answers; the others are refused whatever they ask.
enum class Role {
  everybody,
  operators_if_any,  // who is told incidents exactly, where anybody is
  writers,           // the same, but no page of another site; and only where the project may be written to
};
void require(Role, const Request&, const Service&);  // throws HttpError 403

// The incidents that the answer may be made of: every route that tells any takes them from here.
std::shared_ptr<const EventState> events_for(const Request&, const Service&);

// Whether events_for answers at once.
bool events_are_ready(const Request&, const Service&);

// --- what the public form does not answer: empty where it does, else the reason for people ---

using Refusal = std::optional<Text>;

// A time that is no month's beginning, hours, weekdays, areas other than grids and administrative units, and all words
// but categories: told events carry none of these, so an answer would be wrong. Throws DataError as parse_moment.
Refusal refuse_finer(const EventQuestion&, const City&);
Refusal refuse_finer(const CountBy&, const City&);

void require(const Refusal&);  // throws HttpError 403
// What a request asks of the incidents it is told. Throws WrongParameter and DataError for what has no meaning,
// HttpError 403 for what is finer.
EventQuestion question_for(const Parameters&, const Service&, const EventState&);

inline constexpr double kLeastPublicRadius_m = 500;
Refusal refuse_finer_radius(double radius_m);  // told events stand on places that mean nothing from near

// Parameters of /api/heatmap: a bandwidth under kLeastPublicRadius_m or chosen by the events' places, adaptive ones,
// weights, streets. Of /api/hotspots: cells other than grids and administrative units, and `sensitivity`.
Refusal refuse_finer_heatmap(const Parameters&);
Refusal refuse_finer_hotspots(const Parameters&, const City&);

}  // namespace gridloom
