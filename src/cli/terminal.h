// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What the two streams can show.
#pragma once

#include <cstdint>
#include <string_view>

#include "kernwise/report/text_style.h"

namespace kernwise::cli {

enum class When : uint8_t { kAuto, kAlways, kNever };
When parse_when(std::string_view text);  // "always", "never", anything else: auto

bool is_terminal(int fd);
// The character set of the locale, the width of the terminal, colour if asked for or fitting
// (NO_COLOR, TERM=dumb and pipes have none).
TextStyle style_of(int fd, When colour);

}  // namespace kernwise::cli
