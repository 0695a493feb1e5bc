// SPDX-License-Identifier: Apache-2.0
#include "server/api/body_parameters.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "server/http/json_body.h"
#include "server/http/problem.h"
#include "server/words/event_query.h"

namespace gridloom {
namespace {

constexpr std::size_t kMostBody = 64 * 1024;
constexpr std::string_view kAgainst = "against_";

bool may_repeat(std::string_view key) {
  if (key.starts_with(kAgainst)) key.remove_prefix(kAgainst.size());
  return std::ranges::any_of(kAskedTexts<EventQuestion>, [&](const auto& a) { return word_of(a.first) == key; });
}

std::string text_of(const std::string& key, const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number()) return value.dump();
  throw WrongParameter("'" + key + "' must be a text, a number, true, false, or a list of these",
                       "“" + key + "”应为文本、数、true、false 或它们的列表");
}

void add_member(const std::string& key, const nlohmann::json& value, Parameters::Pairs& pairs) {
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

}  // namespace

void add_body(std::string_view body, Parameters::Pairs& pairs) {
  if (body.empty()) return;
  if (body.size() > kMostBody) throw HttpError(413, {"A question has at most 64 KiB.", "一个问题最多 64 KiB。"});
  const auto members = parse_json_body(body);
  if (!members.is_object())
    throw HttpError(400, {"The body must be a JSON object of parameters.", "请求体须为参数的 JSON 对象。"});
  for (const auto& [key, value] : members.items()) add_member(key, value, pairs);
}

}  // namespace gridloom
