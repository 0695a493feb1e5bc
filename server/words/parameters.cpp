// SPDX-License-Identifier: Apache-2.0
#include "server/words/parameters.h"

#include <algorithm>

#include "engine/base/strings.h"

namespace gridloom {
namespace {

[[noreturn]] void refuse_number(std::string_view name, std::string_view given, double least, double most) {
  const std::string n(name), g(given), from = number_text(least), to = number_text(most);
  throw WrongParameter("'" + n + "' must be a number from " + from + " to " + to + ", not '" + g + "'",
                       "“" + n + "”应为 " + from + " 至 " + to + " 之间的数，而不是“" + g + "”");
}

}  // namespace

bool Parameters::given(std::string_view name) const {
  asked_.insert(std::string(name));
  return std::any_of(given_.begin(), given_.end(), [&](const auto& p) { return p.first == name && !p.second.empty(); });
}

std::string Parameters::text(std::string_view name) const {
  asked_.insert(std::string(name));
  const std::string* found = nullptr;
  for (const auto& [key, value] : given_) {
    if (key != name) continue;
    if (found)
      throw WrongParameter("'" + std::string(name) + "' is given more than once",
                           "“" + std::string(name) + "”给出了不止一次");
    found = &value;
  }
  return found ? *found : std::string();
}

std::vector<std::string> Parameters::texts(std::string_view name) const {
  asked_.insert(std::string(name));
  std::vector<std::string> found;
  for (const auto& [key, value] : given_)
    if (key == name && !value.empty()) found.push_back(value);
  return found;
}

std::string Parameters::required(std::string_view name) const {
  std::string given = text(name);
  if (given.empty())
    throw WrongParameter("'" + std::string(name) + "' must be given", "须给出“" + std::string(name) + "”");
  return given;
}

double Parameters::number(std::string_view name) const {
  const std::string given = required(name);
  if (const auto value = number_of<double>(given)) return *value;
  throw WrongParameter("'" + std::string(name) + "' must be a number, not '" + given + "'",
                       "“" + std::string(name) + "”应为数，而不是“" + given + "”");
}

std::uint64_t Parameters::whole(std::string_view name) const {
  const std::string given = required(name);
  const auto value = number_of<std::uint64_t>(given);
  if (!value)
    throw WrongParameter("'" + std::string(name) + "' must be a whole number, not '" + given + "'",
                         "“" + std::string(name) + "”应为整数，而不是“" + given + "”");
  return *value;
}

std::optional<double> Parameters::number(std::string_view name, double least, double most) const {
  const std::string given = text(name);
  if (given.empty()) return std::nullopt;
  const auto value = number_of<double>(given);
  if (!value || !(*value >= least && *value <= most)) refuse_number(name, given, least, most);
  return value;
}

double Parameters::number(std::string_view name, double otherwise, double least, double most) const {
  return number(name, least, most).value_or(otherwise);
}

std::uint64_t Parameters::whole(std::string_view name, std::uint64_t otherwise, std::uint64_t least,
                                std::uint64_t most) const {
  const std::string given = text(name);
  if (given.empty()) return otherwise;
  const auto value = number_of<std::uint64_t>(given);
  if (!value || *value < least || *value > most)
    throw WrongParameter("'" + std::string(name) + "' must be a whole number from " + std::to_string(least) + " to " +
                             std::to_string(most) + ", not '" + given + "'",
                         "“" + std::string(name) + "”应为 " + std::to_string(least) + " 至 " + std::to_string(most) +
                             " 之间的整数，而不是“" + given + "”");
  return *value;
}

bool Parameters::yes(std::string_view name) const {
  static constexpr auto kYes =
      words<bool>({{"yes", true}, {"no", false}, {"true", true}, {"false", false}, {"1", true}, {"0", false}});
  return word(name, false, kYes);
}

std::vector<double> Parameters::numbers(std::string_view name, double least, double most) const {
  const std::string given = text(name);
  std::vector<double> values;
  for (std::size_t at = 0; at < given.size();) {
    const std::size_t comma = std::min(given.find(',', at), given.size());
    const auto value = number_of<double>(std::string_view(given).substr(at, comma - at));
    if (!value || !(*value >= least && *value <= most))
      throw WrongParameter("'" + std::string(name) + "' must be numbers from " + number_text(least) + " to " +
                               number_text(most) + " with commas between them, not '" + given + "'",
                           "“" + std::string(name) + "”应为以逗号分隔、" + number_text(least) + " 至 " +
                               number_text(most) + " 之间的数，而不是“" + given + "”");
    values.push_back(*value);
    at = comma + 1;
  }
  return values;
}

void Parameters::refuse_word(std::string_view name, const std::string& given, const std::string& known) {
  throw WrongParameter("'" + std::string(name) + "' is '" + given + "'; it can be " + known,
                       "“" + std::string(name) + "”为“" + given + "”；可取 " + known);
}

void refuse_name(const std::string& name, const std::set<std::string, std::less<>>& known) {
  std::string list;
  for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
  throw WrongParameter("'" + name + "' means nothing here; what can be given beside the others: " + list,
                       "“" + name + "”在此没有意义；可与其他参数同时给出的有：" + list);
}

void Parameters::refuse_others() const {
  for (const auto& [key, value] : given_)
    if (!asked_.contains(key) && !value.empty()) refuse_name(key, asked_);
}

}  // namespace gridloom
