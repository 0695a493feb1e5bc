// SPDX-License-Identifier: Apache-2.0
// What `gridloom hotspots` and `gridloom heatmap` share: options that go as they are to the analysis, which reads them
// as it reads those of a URL, and the run over a project file.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "engine/io/project/project_file.h"
#include "server/analysis/answer_file.h"
#include "server/analysis/event_choice.h"
#include "server/cli/common_options.h"
#include "server/words/parameter_text.h"
#include "server/words/parameters.h"

namespace gridloom::cli {

class AnalysisOptions {
 public:
  std::string project, output, format;
  EventQuestion events;
  unsigned threads = 1;

  void add(CLI::App&, const Console&, const ParameterTexts&);

  Parameters::Pairs parameters() const;

 private:
  struct Entry {
    std::string name;
    std::string value;
    bool given = false;  // of a switch
  };
  std::list<Entry> entries_;  // CLI11 keeps their addresses
};

// Reads the question without its areas before the project is opened: what has no meaning in any city is told at once,
// as wrong use. `read` throws DataError.
void refuse_early(const AnalysisOptions&, const std::function<void(const EventQuestion&)>& read);

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

}  // namespace gridloom::cli
