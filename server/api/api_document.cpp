// SPDX-License-Identifier: Apache-2.0
#include "server/api/api_document.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <initializer_list>
#include <string_view>

#include "engine/base/strings.h"
#include "server/api/route_table.h"
#include "server/http/http_server.h"
#include "server/http/problem.h"

namespace gridloom {
namespace {

constexpr std::string_view kAgainst = "against_";

std::string replaced(std::string text, std::string_view from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size()) text.replace(at, from.size(), to);
  return text;
}

std::string code(std::string_view text) { return '`' + std::string(text) + '`'; }

// A row of a table, in which a bar would end the column.
std::string row(std::initializer_list<std::string> columns) {
  std::string text = "|";
  for (const std::string& column : columns) text += ' ' + replaced(column, "|", "\\|") + " |";
  return text + '\n';
}

// A link to a heading, as renderers name them.
std::string link_to(const std::string& heading) {
  std::string name = lower_case(heading);
  std::replace(name.begin(), name.end(), ' ', '-');
  return '[' + heading + "](#" + name + ')';
}

std::string seconds(std::chrono::milliseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

bool is_event_filter(std::string_view name) {
  static const ParameterTexts kFilters = event_parameters();
  return std::any_of(kFilters.begin(), kFilters.end(), [&](const ParameterText& p) { return p.name == name; });
}

class Document {
 public:
  explicit Document(Language language) : language_(language) {}

  std::string text() {
    add_introduction();
    add_overview();
    add_filters();
    for (const Route& route : all_routes()) add(route);
    return std::move(text_);
  }

 private:
  std::string say(const Text& text) const { return text.in(language_); }
  void paragraph(const Text& text) { text_ += say(text) + "\n\n"; }

  void add_introduction() {
    const ServerOptions usual;
    const std::string deadline = seconds(usual.deadline), longest = seconds(usual.longest);
    paragraph({"# The HTTP interface", "# HTTP 接口"});
    paragraph({"Made by `scripts/docs` from the table that the server answers by.",
               "本页由 `scripts/docs` 按服务器所用的路由表生成。"});
    paragraph({"`gridloom serve city.gpkg` answers at `http://127.0.0.1:8080`, which the examples call `$URL`.",
               "`gridloom serve city.gpkg` 在 `http://127.0.0.1:8080` 作答，示例中记作 `$URL`。"});
    text_ += say(
        {"* **Parameters** stand in the query, each once unless it says otherwise; an empty one is none. One that the "
         "route does not know is refused, with those that it knows.\n"
         "* **Languages**: every route takes `lang=en` or `lang=zh`. Errors come in it, else in the one that "
         "`Accept-Language` asks for first, else in English.\n"
         "* **Errors** are problem documents (RFC 9457): `{type, title, status, detail}`.\n"
         "* **Methods**: `HEAD` is `GET` without the body; `OPTIONS` tells what a path takes. Pages of any origin may "
         "read every answer.\n"
         "* **Caches**: answers have an `ETag` and are asked for again each time; 304 where nothing has changed. "
         "gzip where it is accepted.\n"
         "* **Time**: what takes long is answered 503 after " +
             deadline + " seconds, or as many as the header `X-Request-Timeout` says, at most " + longest +
             ". Work whose client has left is dropped.\n"
             "* **Sizes**: a body has at most " +
             std::to_string(usual.body_bytes / 1024) +
             " KiB; appended incidents more.\n"
             "* **Who is told what**: where the catalogue has `privacy.k`, everybody but the operator gets the public "
             "form of the incidents: of past days, by grid, month and category, in multiples of k.\n\n",
         "* **参数**写在查询串中，除另有说明外各给一次；空值等同未给。路由不认识的参数会被拒绝，并列出可用的参数。\n"
         "* **语言**：所有路由都接受 `lang=en` 或 `lang=zh`。错误信息用该语言，否则用 `Accept-Language` 首选的语言，"
         "再否则用英文。\n"
         "* **错误**为问题文档（RFC 9457）：`{type, title, status, detail}`。\n"
         "* **方法**：`HEAD` 同 `GET` 但无正文；`OPTIONS` 说明该路径接受的方法。任何来源的页面都可读取回答。\n"
         "* **缓存**：回答带 `ETag`，每次都会再次询问；没有变化时为 304。客户端接受时以 gzip 压缩。\n"
         "* **时限**：耗时的回答在 " +
             deadline + " 秒后以 503 结束，或按请求头 `X-Request-Timeout` 的秒数，至多 " + longest +
             " 秒。客户端离开后即停止工作。\n"
             "* **大小**：请求体至多 " +
             std::to_string(usual.body_bytes / 1024) +
             " KiB；追加事件可以更大。\n"
             "* **谁能看到什么**：目录设有 `privacy.k` 时，除操作者外都只看到事件的公开形式：往日事件按网格、月份和类别"
             "给出，均为 k 的整倍数。\n\n"});
  }

  void add_overview() {
    text_ += row({say({"Method", "方法"}), say({"Path", "路径"}), ""}) + "|---|---|---|\n";
    for (const Route& route : all_routes())
      text_ += row({methods(route), code(route.pattern), link_to(say(route.title))});
    text_ += '\n';
  }

  void add_filters() {
    paragraph({"## Incident filters", "## 事件筛选"});
    paragraph({"What tells incidents may be asked for some of them only:", "凡涉及事件的回答，都可只问其中一部分："});
    begin_parameters();
    for (const ParameterText& p : event_parameters()) add(p);
    text_ += '\n';
  }

  void add(const Route& route) {
    text_ += "## " + say(route.title) + "\n\n" + methods(route) + ' ' + code(route.pattern) + "\n\n" +
             say(route.about) + ' ' + patience(route) + role(route) + "\n\n";
    add_parameters(route);
    if (!route.outcomes.empty()) {
      for (const Outcome& outcome : route.outcomes)
        text_ += "* " + std::to_string(outcome.status) + ' ' + std::string(reason_of(outcome.status)) + ": " +
                 say(outcome.about) + '\n';
      text_ += '\n';
    }
    text_ += "```\ncurl " + std::string(route.example) + "\n```\n\n";
  }

  void add_parameters(const Route& route) {
    if (route.parameters.empty()) return;
    bool filters = false, against = false;
    begin_parameters();
    for (const ParameterText& p : route.parameters) {
      const bool divides =
          p.name.starts_with(kAgainst) && is_event_filter(std::string_view(p.name).substr(kAgainst.size()));
      filters |= is_event_filter(p.name);
      against |= divides;
      if (!is_event_filter(p.name) && !divides) add(p);
    }
    if (filters)
      text_ += row({"`from`, `to`, …", say({"the " + link_to("Incident filters"), link_to("事件筛选")}), ""});
    if (against)
      text_ +=
          row({"`against_from`, …", say({"the same of the incidents to divide by", "同上，用于作分母的事件"}), ""});
    text_ += '\n';
  }

  void begin_parameters() {
    text_ += row({say({"Parameter", "参数"}), say({"Meaning", "含义"}), say({"Example", "示例"})}) + "|---|---|---|\n";
  }
  void add(const ParameterText& p) {
    text_ += row({code(p.name), say(p.about), code(p.is_switch() ? "yes" : p.example)});
  }

  std::string methods(const Route& route) const {
    std::string text;
    for (const std::string_view method : route.methods) text += (text.empty() ? "" : " ") + code(method);
    return text;
  }

  std::string patience(const Route& route) const {
    switch (route.manner.patience) {
      case Patience::at_once:
        return say({"Answered at once.", "立即作答。"});
      case Patience::cached:
        return say({"Answered at once where the tile has been made before.", "已生成过的瓦片立即作答。"});
      case Patience::in_worker:
        return say({"May take its time.", "可能需要一些时间。"});
      case Patience::as_job:
        return say({"Made by a job.", "由任务完成。"});
      case Patience::in_turn:
        return say({"Written in the order of the requests.", "按请求的先后写入。"});
    }
    return {};
  }

  std::string role(const Route& route) const {
    switch (route.role) {
      case Role::everybody:
        return {};
      case Role::operators_if_any:
        return say({" For the operator, where the server has one.", "若服务器有操作者，则只供操作者使用。"});
      case Role::writers:
        return say({" For the operator, unless the server is read-only.", "只供操作者使用，且服务器非只读。"});
    }
    return {};
  }

  Language language_;
  std::string text_;
};

}  // namespace

std::string api_document(Language language) {
  std::string text = Document(language).text();
  text.pop_back();  // ends with one line's end
  return text;
}

}  // namespace gridloom
