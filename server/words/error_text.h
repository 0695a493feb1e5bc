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
inline Text text_of(const DataError& error) { return text_of(error.reason()); }
Text text_of(const std::exception&);  // of one that is no DataError its what(), in both languages

// "place: text".
Text within(const std::string& place, const Text&);

}  // namespace gridloom
