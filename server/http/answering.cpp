// SPDX-License-Identifier: Apache-2.0
#include "server/http/answering.h"

#include <future>
#include <utility>

namespace gridloom {

Response wait_for(Answering answering) {
  if (auto* ready = std::get_if<Response>(&answering)) return std::move(*ready);
  if (const auto* work = std::get_if<InWorker>(&answering)) return work->make();
  std::promise<Response> made;
  std::get<Elsewhere>(answering).begin([&](Response response) { made.set_value(std::move(response)); });
  return made.get_future().get();
}

}  // namespace gridloom
