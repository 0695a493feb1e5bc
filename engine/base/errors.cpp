// SPDX-License-Identifier: Apache-2.0
#include "engine/base/errors.h"

#include "engine/base/strings.h"

namespace gridloom {
namespace {

std::string quoted(const std::string& text) {
  std::string line = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') line += '\\';
    line += static_cast<unsigned char>(c) < ' ' ? escaped_byte(c) : std::string(1, c);
  }
  return line + '"';
}

struct PlainValue {
  std::string operator()(const std::string& text) const { return quoted(text); }
  std::string operator()(double number) const { return number_text(number); }
  std::string operator()(const std::vector<std::string>& texts) const {
    std::string list;
    for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + quoted(text);
    return '[' + list + ']';
  }
  std::string operator()(const std::shared_ptr<const Reason>& because) const {
    return '(' + plain_text(*because) + ')';
  }
};

}  // namespace

Fact::Fact(std::string_view its_name, const Reason& because)
    : name(its_name), value(std::make_shared<const Reason>(because)) {}

std::string plain_text(const Reason& reason) {
  std::string text = reason.code;
  for (const Fact& fact : reason.facts) text += ' ' + fact.name + '=' + std::visit(PlainValue{}, fact.value);
  for (const std::string& place : reason.where)
    text += (&place == &reason.where.front() ? " at " : ", ") + quoted(place);
  return text;
}

DataError::DataError(Reason reason)
    : std::runtime_error(reason.code), reason_(std::move(reason)), plain_(plain_text(reason_)) {}

DataError::DataError(std::string code, std::vector<Fact> facts)
    : DataError(Reason{std::move(code), std::move(facts), {}}) {}

DataError& DataError::within(const std::string& place) {
  reason_.where.insert(reason_.where.begin(), place);
  explain();
  return *this;
}

DataErrors::DataErrors(std::vector<Reason> all) : DataError(all.front()), all_(std::move(all)) { explain_all(); }

DataError& DataErrors::within(const std::string& place) {
  for (Reason& reason : all_) reason.where.insert(reason.where.begin(), place);
  reason_ = all_.front();
  explain_all();
  return *this;
}

void DataErrors::explain_all() {
  plain_.clear();
  for (const Reason& reason : all_) plain_ += (plain_.empty() ? "" : "\n") + plain_text(reason);
}

}  // namespace gridloom
