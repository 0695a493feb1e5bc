// SPDX-License-Identifier: Apache-2.0
#include "server/live/error_problem.h"

#include <new>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "server/http/problem.h"
#include "server/words/error_text.h"

namespace gridloom {
namespace {

Text short_of(const Text& text) { return {shortened(text.en, kMostDetailBytes), shortened(text.zh, kMostDetailBytes)}; }

}  // namespace

Problem problem_of(const std::exception& error) {
  if (const auto* refusal = dynamic_cast<const HttpError*>(&error))
    return {refusal->status(), short_of(refusal->detail())};
  if (const auto* wrong = dynamic_cast<const DataError*>(&error)) return {400, short_of(text_of(*wrong))};
  if (dynamic_cast<const Cancelled*>(&error)) return {503, {"The answer took longer than it may.", "作答超时。"}};
  if (dynamic_cast<const std::bad_alloc*>(&error))
    return {503,
            {"The server has not the memory for this answer; ask for less, or again in a moment.",
             "服务器内存不足以作答；请缩小所问，或稍后再试。"},
            true};
  return {500, {"The server failed to answer; its operator has been told.", "服务器未能作答，已通知其管理者。"}, true};
}

}  // namespace gridloom
