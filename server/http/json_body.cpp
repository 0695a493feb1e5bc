// SPDX-License-Identifier: Apache-2.0
#include "server/http/json_body.h"

#include <algorithm>
#include <string>

#include "server/http/problem.h"

namespace gridloom {
namespace {

struct Shape {
  std::size_t depth = 0;
  std::size_t values = 0;  // at most: commas, brackets and one
};

// Behind the quote that ends the string which begins before `at`.
std::size_t past_string(std::string_view text, std::size_t at) {
  for (; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return at + 1;
}

// Of any text, JSON or not.
Shape shape_of(std::string_view text) {
  Shape shape{0, 1};
  std::size_t depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at++];
    if (c == '"') at = past_string(text, at);
    if (c == '[' || c == '{') shape.depth = std::max(shape.depth, ++depth);
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (c == ',' || c == '[' || c == '{') ++shape.values;
  }
  return shape;
}

}  // namespace

nlohmann::json parse_json_body(std::string_view body) {
  const Shape shape = shape_of(body);
  if (shape.depth > kMostJsonDepth)
    throw HttpError(400, {"The body is nested deeper than " + std::to_string(kMostJsonDepth) + " levels.",
                          "请求体嵌套超过 " + std::to_string(kMostJsonDepth) + " 层。"});
  if (shape.values > kMostJsonValues)
    throw HttpError(413, {"The body has more than " + std::to_string(kMostJsonValues) + " values; send it in parts.",
                          "请求体超过 " + std::to_string(kMostJsonValues) + " 个值；请分批发送。"});
  try {
    return nlohmann::json::parse(body);
  } catch (const nlohmann::json::parse_error& error) {  // its text quotes the body
    throw HttpError(400, {"The body is not JSON: it ends or goes wrong at byte " + std::to_string(error.byte) + '.',
                          "请求体不是 JSON：在第 " + std::to_string(error.byte) + " 字节处结束或出错。"});
  } catch (const nlohmann::json::exception&) {  // a number beyond all bounds
    throw HttpError(400,
                    {"The body is not JSON: it has a number that is too large.", "请求体不是 JSON：含有过大的数。"});
  }
}

}  // namespace gridloom
