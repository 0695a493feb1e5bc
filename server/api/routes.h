// SPDX-License-Identifier: Apache-2.0
// From a request to its answer, by the table of routes. No sockets here.
//
// HEAD is answered as GET without the body, OPTIONS with what is allowed; errors are RFC 9457 problems in the language
// of the one who asks. Every answer may be read by pages of any origin.
#pragma once

#include <string_view>

#include "server/api/service.h"
#include "server/http/answering.h"

namespace gridloom {

// Neither waits nor throws: what takes time is left to a worker, a job or the log. What goes wrong inside is a 500 and
// told to Service::on_error. The service outlives the answer.
Answering answer(Request, const Service&);

// Whether a body may be large: asked before it is read.
bool takes_large_body(std::string_view method, std::string_view target);

}  // namespace gridloom
