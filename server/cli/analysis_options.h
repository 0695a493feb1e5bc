// SPDX-License-Identifier: Apache-2.0
// What `gridloom hotspots` and `gridloom heatmap` share: options that go as they are to the analysis, which reads them
// as it reads those of a URL, and the run over a project file.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "engine/io/project_file.h"
#include "server/analysis/answer_file.h"
#include "server/analysis/event_choice.h"
#include "server/cli/common_options.h"

namespace gridloom::cli {

class AnalysisOptions {
 public:
  std::string project, output;
  unsigned threads = 1;

  // An option "--black-above" is the parameter black_above. Several: it may be repeated.
  void add(CLI::App&, const Console&, const std::string& name, const Text& what, bool several = false);
  void add_flag(CLI::App&, const Console&, const std::string& name, const Text& what);

  Parameters::Pairs parameters() const;

 private:
  struct Entry {
    std::string name;
    std::vector<std::string> values;
    bool flag = false;
  };
  std::list<Entry> entries_;  // CLI11 keeps their addresses
};

// from, to, hours, weekdays, category, subcategory, agency, severity, area.
void add_event_options(AnalysisOptions&, CLI::App&, const Console&);

// Opens the project, shows progress, and stops on Ctrl-C.
void run_over_project(const AnalysisOptions&, const Console&,
                      const std::function<void(const AnalysisSource&, Progress&)>& work);

template <class Work>
auto analyse(const AnalysisOptions& options, const Console& console, Work&& work) {
  std::invoke_result_t<Work, const AnalysisSource&, Progress&> result;
  run_over_project(options, console,
                   [&](const AnalysisSource& source, Progress& progress) { result = work(source, progress); });
  return result;
}

// Whole or not at all; throws DataError.
void write_answer(const AnswerFile&, const std::string& file);

}  // namespace gridloom::cli
