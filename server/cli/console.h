// SPDX-License-Identifier: Apache-2.0
// How the command line speaks: the person's language, a progress bar on a terminal, rare lines elsewhere.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <iosfwd>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/loop_watch.h"
#include "engine/base/progress.h"
#include "engine/base/text.h"
#include "server/words/number_text.h"
#include "tiles/service/tile_service.h"

namespace gridloom::cli {

// What every command ends with.
enum ExitCode : int { kOk = 0, kFailed = 1, kWrongUse = 2, kFoundFaults = 3 };

struct Console {
  Language language = Language::en;
  bool json = false;  // results as one JSON object on standard output, nothing else there
  const std::string& say(const Text& text) const { return text.in(language); }
};

// --lang en|zh anywhere in the arguments, else LC_ALL, LC_MESSAGES or LANG: Chinese where they begin with "zh".
Language language_of(int argc, const char* const* argv);

// "error: ..." on standard error, in red on a terminal.
void print_error(const Console&, std::string_view what);
// A line for the person on standard error.
void print_note(const Text&, const Console&);

// Ctrl-C asks long work to end at its next step, so that it can clean up; a second Ctrl-C ends the program.
// A program that was started with SIGINT ignored goes on ignoring it.
// Before main, while the system loads the libraries, Ctrl-C ends the program at once: nothing has begun.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  static bool requested();

 private:
  WatchScope scope_;  // loops of the engine ask, too
};

// On standard error. Stages reach it as shares of the whole; between them it tells how far the running loop is, and
// about how long the rest of it takes.
class ConsoleProgress final : public Progress {
 public:
  explicit ConsoleProgress(const Console&);
  ~ConsoleProgress() override;  // clears the bar
  void stage(std::string_view name, double share) override;
  bool cancelled() const override { return Interruption::requested(); }

 private:
  using Clock = std::chrono::steady_clock;
  void tell();
  void draw();
  void log();
  std::string where() const;  // "density, 43 %, about 75 s left"
  const Console& console_;
  bool terminal_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_line_;
  std::chrono::seconds between_{10};
  std::mutex guard_;  // of what follows
  std::string name_;
  double share_ = 0;
  Clock::time_point stage_began_ = start_;
  std::condition_variable_any wake_;
  std::jthread ticker_;  // the last: it uses all others
};

// The part [from, to] of another progress.
class PartOfProgress final : public Progress {
 public:
  PartOfProgress(Progress& whole, double from, double to) : whole_(whole), from_(from), to_(to) {}
  void stage(std::string_view name, double share) override { whole_.stage(name, from_ + share * (to_ - from_)); }
  bool cancelled() const override { return whole_.cancelled(); }

 private:
  Progress& whole_;
  double from_;
  double to_;
};

// "Label: value" lines; the labels in the console's language, aligned by what they take on a terminal.
using Lines = std::vector<std::pair<Text, std::string>>;
void print_lines(std::ostream&, const Console&, const Lines&);

// Columns that UTF-8 text takes on a terminal: two for an East Asian wide character.
std::size_t columns_of(std::string_view utf8);

}  // namespace gridloom::cli
