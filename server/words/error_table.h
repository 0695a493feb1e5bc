// SPDX-License-Identifier: Apache-2.0
// The sentences of errors, a row for each code that is thrown. In a sentence, {name} is the fact of that name (a list
// with commas between), {name:word} its word in the language, {name:one|many} one of the two by its number, and [...]
// is left out where a fact in it is empty; {{ and }} are braces. Private to error_text.cpp.
#pragma once

#include <span>
#include <string_view>

namespace gridloom {

struct ErrorRow {
  std::string_view code;
  std::string_view en;
  std::string_view zh;
};

// Of what is computed, of files and what they deliver, of what is asked for, and what proofs and edits find.

std::span<const ErrorRow> errors_of_engine();
std::span<const ErrorRow> errors_of_files();
std::span<const ErrorRow> errors_of_deliveries();
std::span<const ErrorRow> errors_of_questions();
std::span<const ErrorRow> errors_of_proofs();
std::span<const ErrorRow> errors_of_proposals();  // also the comments of a catalogue that is made

}  // namespace gridloom
