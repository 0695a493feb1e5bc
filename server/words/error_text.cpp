// SPDX-License-Identifier: Apache-2.0
#include "server/words/error_text.h"

#include <algorithm>
#include <map>
#include <string>

#include "engine/base/strings.h"
#include "server/words/error_table.h"
#include "server/words/titles.h"

namespace gridloom {
namespace {

using Table = std::map<std::string_view, const ErrorRow*>;

const Table& table() {
  static const Table rows = [] {
    Table by_code;
    for (const auto& part : {errors_of_engine(), errors_of_files(), errors_of_deliveries(), errors_of_questions(),
                             errors_of_proofs(), errors_of_proposals()})
      for (const ErrorRow& row : part) by_code.emplace(row.code, &row);
    return by_code;
  }();
  return rows;
}

// Words that are facts.
std::string word_in(Language language, const std::string& word) {
  static const std::map<std::string_view, Text> words{
      {"cpg_file", {"its .cpg file", "其 .cpg 文件"}},
      {"dbf_file", {"its .dbf file", "其 .dbf 文件"}},
      {"encoding_key", {"'encoding'", "“encoding”"}},
      {"no_image", {"coordinates without an image in the working CRS", "坐标在工作坐标系中没有对应位置"}},
      {"hole_outside_shell", {"a hole outside its shell", "洞在外环之外"}},
      {"too_few_points", {"fewer than 3 distinct points", "不同的点少于 3 个"}},
      {"outside", {"0 (the outside)", "0（城市之外）"}},
      {"no_area", {"no area", "没有面积"}},
      {"GB18030", {"GB 18030", "GB 18030"}},
      {"layer", {"layer", "图层"}},
      {"layers", {"layers", "图层"}},
      {"admin level", {"admin level", "行政层级"}},
      {"admin levels", {"admin levels", "行政层级"}},
      {"grids", {"grids", "网格"}},
      {"grid", {"grid", "网格"}},
      {"atom", {"atom", "基础面"}},
      {"unit", {"unit", "单元"}},
      {"parent unit", {"parent unit", "上级单元"}},
      {"feature", {"feature", "要素"}},
      {"node", {"node", "节点"}},
      {"number of cells", {"number of cells", "单元数"}},
      {"number of grids", {"number of grids", "网格数"}},
      {"number of atoms", {"number of atoms", "基础面数"}},
      {"reading", {"reading", "读取时"}},
      {"writing", {"writing", "写入时"}},
      {"closing the file", {"closing the file", "关闭文件时"}},
      {"preparing the spatial index", {"preparing the spatial index", "准备空间索引时"}},
      {"distance", {"distance", "距离"}},
      {"bandwidth", {"bandwidth", "带宽"}},
      {"hotspots", {"hotspots", "热点"}},
      {"rates", {"rates", "率"}},
      {"permutations", {"permutations", "置换检验"}},
      {"exact test", {"exact test", "精确检验"}},
      {"Moran's I", {"Moran's I", "莫兰指数"}},
      {"Geary's c", {"Geary's c", "吉里系数"}},
      {"bivariate Moran", {"bivariate Moran", "双变量莫兰指数"}},
      {"join counts", {"join counts", "连接计数"}},
      {"local Moran", {"local Moran", "局部莫兰指数"}},
      {"Moran's quadrants", {"Moran's quadrants", "莫兰象限"}},
      {"local Geary", {"local Geary", "局部吉里系数"}},
      {"local G", {"local G", "局部 G"}},
      {"local G*", {"local G*", "局部 G*"}},
      {"local join count", {"local join count", "局部连接计数"}},
  };
  if (const auto field = value_of<EventField>(word)) return title_of(*field).in(language);
  const auto at = words.find(word);
  return at == words.end() ? word : at->second.in(language);
}

std::string sentence(const Reason&, Language);

struct Told {
  Language language;
  bool words;
  std::string operator()(const std::string& text) const { return words ? word_in(language, text) : legible(text); }
  std::string operator()(double number) const { return number_text(number); }
  std::string operator()(const std::vector<std::string>& texts) const {
    std::string list;
    for (const std::string& text : texts)
      list += (list.empty() ? "" : language == Language::zh ? "、" : ", ") + (*this)(text);
    return list;
  }
  std::string operator()(const std::shared_ptr<const Reason>& because) const { return sentence(*because, language); }
};

// The text of what stands between braces: "name", "name:word", "name:one|many".
std::string fact_text(const Reason& reason, std::string_view placeholder, Language language) {
  const std::string_view name = placeholder.substr(0, placeholder.find(':'));
  const std::string_view form = placeholder.substr(std::min(name.size() + 1, placeholder.size()));
  const std::size_t bar = form.find('|');
  const auto fact =
      std::find_if(reason.facts.begin(), reason.facts.end(), [&](const Fact& f) { return f.name == name; });
  if (fact == reason.facts.end()) return {};
  const std::string text = std::visit(Told{language, form == "word"}, fact->value);
  if (bar == form.npos) return text;
  return std::string(text == "1" ? form.substr(0, bar) : form.substr(bar + 1));
}

struct Filled {
  std::string text;
  bool whole = true;  // no fact is empty
};

Filled filled(std::string_view pattern, const Reason& reason, Language language) {
  Filled out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '{' || pattern.substr(i, 2) == "{{") {
      out.text += pattern[i];
      if (pattern[i] == '{' || pattern.substr(i, 2) == "}}") ++i;
      continue;
    }
    const std::size_t end = pattern.find('}', i);
    const std::string fact = fact_text(reason, pattern.substr(i + 1, end - i - 1), language);
    out.whole = out.whole && !fact.empty();
    out.text += fact;
    i = end;
  }
  return out;
}

// With the parts in brackets whose facts are there.
std::string filled_parts(std::string_view pattern, const Reason& reason, Language language) {
  std::string text;
  for (std::size_t open; (open = pattern.find('[')) != pattern.npos;) {
    const std::size_t close = pattern.find(']', open);
    text += filled(pattern.substr(0, open), reason, language).text;
    if (const Filled part = filled(pattern.substr(open + 1, close - open - 1), reason, language); part.whole)
      text += part.text;
    pattern.remove_prefix(close + 1);
  }
  return text + filled(pattern, reason, language).text;
}

std::string sentence(const Reason& reason, Language language) {
  std::string text;
  for (const std::string& place : reason.where) text += within(place, {}).in(language);
  const auto row = table().find(reason.code);
  if (row == table().end()) return text + plain_text({reason.code, reason.facts, {}});
  return text + filled_parts(language == Language::zh ? row->second->zh : row->second->en, reason, language);
}

}  // namespace

Text text_of(const Reason& reason) { return {sentence(reason, Language::en), sentence(reason, Language::zh)}; }

Text text_of(const std::exception& error) {
  if (const auto* several = dynamic_cast<const DataErrors*>(&error)) {
    const std::string n = std::to_string(several->all().size());
    Text text{n + " mistakes:", n + " 处错误："};
    for (const Reason& reason : several->all()) {
      const Text line = text_of(reason);
      text.en += "\n  " + line.en;
      text.zh += "\n  " + line.zh;
    }
    return text;
  }
  if (const auto* data = dynamic_cast<const DataError*>(&error)) return text_of(data->reason());
  return {error.what(), error.what()};
}

Text within(const std::string& place, const Text& text) { return {place + ": " + text.en, place + "：" + text.zh}; }

}  // namespace gridloom
