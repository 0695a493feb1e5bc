// SPDX-License-Identifier: Apache-2.0
#include "server/cli/console.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "server/http/interrupts.h"

namespace gridloom::cli {
namespace {

// A signal handler can reach nothing else.
LoopWatch watch;
static_assert(std::atomic<bool>::is_always_lock_free);

void on_interrupt(int) {
  watch.stop = true;
  std::signal(SIGINT, SIG_DFL);
}

struct StageName {
  std::string_view stage;
  std::string_view zh;
};
constexpr std::array<StageName, 22> kStageNames{
    {{"read", "读取"},           {"build", "构建拓扑"},   {"frame", "行政框架"},     {"align", "边界对齐"},
     {"population", "人口落格"}, {"atoms", "生成原子面"}, {"unify", "生成统一网格"}, {"crosswalk", "对照表"},
     {"conflicts", "冲突清单"},  {"quality", "质量指标"}, {"verify", "验证"},        {"digest", "摘要"},
     {"write", "写入"},          {"open", "打开"},        {"prepare", "准备"},       {"locate", "定位"},
     {"density", "核密度"},      {"events", "筛选事件"},  {"bandwidth", "选择带宽"}, {"cells", "划分单元"},
     {"statistics", "统计检验"}, {"runs", "敏感性分析"}}};

std::string_view name_in(Language language, std::string_view stage) {
  const auto found =
      std::find_if(kStageNames.begin(), kStageNames.end(), [&](const auto& n) { return n.stage == stage; });
  return language == Language::zh && found != kStageNames.end() ? found->zh : stage;
}

bool begins_chinese(const char* value) { return std::strncmp(value, "zh", 2) == 0; }

// Wide and full-width blocks of Unicode 15 that the messages use (UAX 11).
bool is_wide(std::uint32_t c) {
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
         (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
         (c >= 0x20000 && c <= 0x3fffd);
}

}  // namespace

Language language_of(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--lang" && i + 1 < argc) return begins_chinese(argv[i + 1]) ? Language::zh : Language::en;
    if (argument.starts_with("--lang=")) return begins_chinese(argv[i] + 7) ? Language::zh : Language::en;
  }
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* value = std::getenv(variable); value && *value)
      return begins_chinese(value) ? Language::zh : Language::en;
  return Language::en;
}

void print_error(const Console& console, std::string_view what) {
  const bool colour = ::isatty(STDERR_FILENO) == 1;
  std::cerr << (colour ? "\x1b[31m" : "") << console.say({"error", "错误"}) << ": " << (colour ? "\x1b[0m" : "") << what
            << std::endl;
}

void print_note(const Text& text, const Console& console) { std::cerr << console.say(text) << std::endl; }

Interruption::Interruption() : scope_(&watch) {
  if (!interrupts_ignored()) std::signal(SIGINT, on_interrupt);
}
Interruption::~Interruption() {
  if (!interrupts_ignored()) std::signal(SIGINT, SIG_DFL);
}
bool Interruption::requested() { return watch.stop; }

ConsoleProgress::ConsoleProgress(const Console& console)
    : console_(console),
      terminal_(::isatty(STDERR_FILENO) == 1),
      next_line_(start_ + std::chrono::seconds(5)),
      ticker_([this](const std::stop_token& stop) {
        std::unique_lock lock(guard_);
        while (!wake_.wait_for(lock, stop, std::chrono::milliseconds(500), [] { return false; }) &&
               !stop.stop_requested())
          if (!name_.empty()) tell();
      }) {}

ConsoleProgress::~ConsoleProgress() {
  ticker_.request_stop();
  ticker_.join();
  if (terminal_) std::cerr << "\r\x1b[K" << std::flush;
}

void ConsoleProgress::stage(std::string_view name, double share) {
  const std::lock_guard lock(guard_);
  name_ = name;
  share_ = share;
  stage_began_ = Clock::now();
  tell();
}

void ConsoleProgress::tell() { terminal_ ? draw() : log(); }

std::string ConsoleProgress::where() const {
  std::string text(name_in(console_.language, name_));
  const double seconds = std::chrono::duration<double>(Clock::now() - stage_began_).count();
  const double part = watch.part();
  const auto left = seconds_left(seconds, part);
  if (!left || part >= 1) return text;
  const std::string percent = fixed(100 * part, 0), rest = fixed(*left, 0);
  return text +
         console_.say({", " + percent + " %, about " + rest + " s left", "，" + percent + "%，约剩" + rest + "秒"});
}

void ConsoleProgress::draw() {
  constexpr int kWidth = 30;
  const int full = static_cast<int>(std::clamp(share_, 0.0, 1.0) * kWidth);
  std::string bar = "\r\x1b[K[" + std::string(static_cast<std::size_t>(full), '#');
  bar += std::string(static_cast<std::size_t>(kWidth - full), '.') + "] " + fixed(100 * share_, 0) + " % ";
  std::cerr << bar << where() << std::flush;
}

// The first line after five seconds, then at ever longer distances: a log file is not a screen.
void ConsoleProgress::log() {
  const auto now = Clock::now();
  if (now < next_line_) return;
  next_line_ = now + between_;
  between_ *= 2;
  std::cerr << fixed(std::chrono::duration<double>(now - start_).count(), 0) << " s, " << fixed(100 * share_, 0)
            << " %: " << where() << std::endl;
}

void print_lines(std::ostream& out, const Console& console, const Lines& lines) {
  std::size_t width = 0;
  for (const auto& [label, value] : lines) width = std::max(width, columns_of(console.say(label)));
  for (const auto& [label, value] : lines) {
    const std::string& text = console.say(label);
    out << text << std::string(width - columns_of(text) + 2, ' ') << value << '\n';
  }
}

std::size_t columns_of(std::string_view utf8) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t c = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < utf8.size(); ++k)
      c = c << 6 | (static_cast<unsigned char>(utf8[i + k]) & 63);
    columns += is_wide(c) ? 2 : 1;
    i += length;
  }
  return columns;
}

}  // namespace gridloom::cli
