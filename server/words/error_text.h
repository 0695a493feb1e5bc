// SPDX-License-Identifier: Apache-2.0
// What cannot be worked with, in sentences for people: the only place that makes them.
#pragma once

#include <exception>
#include <string>

#include "engine/base/errors.h"
#include "engine/base/text.h"

namespace gridloom {

// Where it lies, from the outermost in, and the sentence of its code (error_table.h) with its facts. A code without a
// sentence is told as plain_text.
Text text_of(const Reason&);
// Of DataErrors a line for each; of what is no DataError its what(), in both languages.
Text text_of(const std::exception&);

// "place: text".
Text within(const std::string& place, const Text&);

}  // namespace gridloom
