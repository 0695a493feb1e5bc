// SPDX-License-Identifier: Apache-2.0
// What ends work before it is done.
#pragma once

#include <concepts>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace gridloom {

struct Reason;

// Something known of what is wrong, by name: a text (of a file or a person, or another program's own words), a number,
// a list of texts, or the reason behind it. One that is empty is not told.
struct Fact {
  std::string name;
  std::variant<std::string, double, std::vector<std::string>, std::shared_ptr<const Reason>> value;

  Fact(std::string_view its_name, std::string_view text) : name(its_name), value(std::string(text)) {}
  Fact(std::string_view its_name, std::vector<std::string> texts) : name(its_name), value(std::move(texts)) {}
  Fact(std::string_view its_name, const Reason& because);
  template <class Number>
  requires std::is_arithmetic_v<Number> Fact(std::string_view its_name, Number number)
      : name(its_name), value(static_cast<double>(number)) {}
};

// Why something cannot be worked with: its kind by a code such as "column_missing", what is known of it, and where it
// lies, from the outermost in ("city.yaml:12:5", "police.geojson"). server/words makes the sentences.
struct Reason {
  std::string code;
  std::vector<Fact> facts{};
  std::vector<std::string> where{};
};

// All of it on one line, for logs: column_missing name="lon" known=["x", "y"] at "city.yaml:12:5".
std::string plain_text(const Reason&);

// Bad data or a bad catalogue: what, where (file, layer, feature, field, value), and what to do. what() is plain_text.
class DataError : public std::runtime_error {
 public:
  explicit DataError(Reason);
  explicit DataError(std::string code, std::vector<Fact> facts = {});
  const Reason& reason() const { return reason_; }
  const char* what() const noexcept override { return plain_.c_str(); }

  // It lies in this, which is told first. To be called on the way up, before `throw;`.
  virtual DataError& within(const std::string& place);

 protected:
  void explain() { plain_ = plain_text(reason_); }
  Reason reason_;
  std::string plain_;
};

// Several at once, of one run: reason() is the first.
class DataErrors : public DataError {
 public:
  explicit DataErrors(std::vector<Reason>);  // not empty
  const std::vector<Reason>& all() const { return all_; }
  DataError& within(const std::string& place) override;  // all of them do

 private:
  void explain_all();
  std::vector<Reason> all_;
};

class Cancelled : public std::runtime_error {
 public:
  Cancelled() : std::runtime_error("cancelled") {}
};

}  // namespace gridloom
