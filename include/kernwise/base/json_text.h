// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Untrusted JSON before it is parsed: a parser takes memory for every open bracket and every entry,
// so what is far beyond any honest document is turned away by its proportions alone.
#pragma once

#include <cstdint>
#include <string_view>

#include "kernwise/base/result.h"

namespace kernwise {

struct JsonLimits {
  int depth = 32;
  int64_t entries = int64_t{2} << 20;  // of the whole document
};

// Looks at brackets and commas outside of strings; does not say whether the text is JSON at all.
Status check_json_proportions(std::string_view text, const JsonLimits& limits);

}  // namespace kernwise
