// SPDX-License-Identifier: Apache-2.0
// How a request is answered: at once, by a worker, or by others who reply when they are ready.
#pragma once

#include <functional>
#include <variant>

#include "server/http/http_message.h"

namespace gridloom {

using Reply = std::function<void(Response)>;  // to be called once, from any thread
using Left = std::function<void()>;           // tells that the one who asked has left

// May take its time. Throws nothing.
struct InWorker {
  std::function<Response()> make;
};

// Begins an answer that is made elsewhere, without waiting, and throws nothing. What it returns, if anything, is called
// once where the client has left before the reply; replies after that reach nobody.
struct Elsewhere {
  std::function<Left(Reply)> begin;
  bool in_time = false;  // the deadline of workers holds; otherwise the answer has a time of its own
};

using Answering = std::variant<Response, InWorker, Elsewhere>;

// The answer itself; waits for it.
Response wait_for(Answering);

}  // namespace gridloom
