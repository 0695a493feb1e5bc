// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/io/project/project_file.h"
#include "engine/io/project/project_texts.h"
#include "engine/io/project/soundness.h"
#include "engine/proof/verify_city.h"
#include "server/cli/common_options.h"
#include "server/cli/faults.h"
#include "server/cli/verbs.h"
#include "server/words/error_text.h"

namespace gridloom::cli {
namespace {

struct Options {
  std::string project;
  bool digest = false;
};

void print_text(const City& city, const std::vector<Fault>& faults, const std::string& digest, const Console& console) {
  Lines lines = {{{"City", "城市"}, console.say(city.name)},
                 {{"Atoms", "原子面"}, with_commas(city.arrangement.face_count - 1)},
                 {{"Arcs", "弧段"}, with_commas(city.arrangement.arcs.size())},
                 {{"Grids", "统一网格"}, with_commas(city.grids.size())},
                 {{"Proof", "验证"},
                  faults.empty() ? console.say({"no faults", "无错误"})
                                 : with_commas(faults.size()) + console.say({" faults", " 处错误"})}};
  if (!digest.empty()) lines.push_back({{"Digest", "摘要"}, digest});
  print_lines(std::cout, console, lines);
  print_faults(faults, city.arrangement.lattice, console);
}

void print_json(const City& city, const std::vector<Fault>& faults, const std::string& digest) {
  nlohmann::ordered_json json = {{"city", city.id},
                                 {"atoms", city.arrangement.face_count - 1},
                                 {"arcs", city.arrangement.arcs.size()},
                                 {"grids", city.grids.size()},
                                 {"faults", faults_json(faults, city.arrangement.lattice)}};
  if (!digest.empty()) json["digest"] = digest;
  std::cout << json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << std::endl;
}

// What is read from a damaged file would prove nothing.
void print_damage(const std::vector<Reason>& damage, const Console& console) {
  if (console.json) {
    auto faults = nlohmann::ordered_json::array();
    for (const Reason& what : damage)
      faults.push_back({{"kind", "damaged_file"}, {"what", text_of(what).en}, {"what_zh", text_of(what).zh}});
    std::cout << nlohmann::ordered_json{{"faults", faults}}.dump(2, ' ', false,
                                                                 nlohmann::ordered_json::error_handler_t::replace)
              << std::endl;
    return;
  }
  print_lines(std::cout, console, {{{"Proof", "验证"}, console.say({"the file is damaged", "文件已损坏"})}});
  for (const Reason& what : damage) std::cout << "  damaged_file: " << console.say(text_of(what)) << '\n';
  print_note({"Put a copy in its place, or fuse the city again.", "请换用备份文件，或重新融合该城市。"}, console);
}

int run(const Options& options, const Console& console) {
  if (const std::vector<Reason> damage = damage_of(options.project); !damage.empty()) {
    print_damage(damage, console);
    return kFoundFaults;
  }
  City city;
  std::vector<Fault> faults;
  std::string sum;
  {
    ConsoleProgress progress(console);
    progress.stage("open", 0);
    city = read_project(options.project);
    progress.stage("verify", 0.4);
    faults = verify(city);
    const std::vector<Fault> texts = verify_texts(options.project);
    faults.insert(faults.end(), texts.begin(), texts.end());
    progress.stage("digest", 0.8);
    if (options.digest) sum = digest(city);
  }
  console.json ? print_json(city, faults, sum) : print_text(city, faults, sum, console);
  return faults.empty() ? kOk : kFoundFaults;
}

}  // namespace

Verb verify_verb(CLI::App& root, Console& console) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(root, console, "verify",
                            {"Prove in exact arithmetic that a project has no gap, no overlap, nothing amiss",
                             "用精确算术验证工程无缝、无重叠、无差错"},
                            "gridloom verify nyc.gpkg --digest");
  add_project(*verb, console, options->project);
  verb->add_flag("--digest", options->digest,
                 console.say({"Print the canonical digest of the content", "输出内容的规范摘要"}));
  add_json(*verb, console);
  return {verb, [options, &console] { return run(*options, console); }};
}

}  // namespace gridloom::cli
