// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How text for people looks: colours, character set, width. Decided once by whoever owns the
// terminal; everything here is a pure function of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kernwise {

struct TextStyle {
  bool utf8 = false;    // may use ± and →; otherwise plain ASCII
  bool colour = false;  // may use ANSI colours; never the only carrier of a meaning
  int width = 0;        // columns of the terminal; 0: unlimited (a pipe or a file)
};

// Colour by meaning: chosen or fine, wants attention, wrong, secondary.
enum class Ink : uint8_t { kPlain = 0, kGood = 1, kWarning = 2, kBad = 3, kDim = 4, kBold = 5 };
std::string paint(std::string_view text, Ink ink, const TextStyle& style);

// Names come from files. Control characters and broken UTF-8 become '?', so that a file cannot
// drive the terminal; in ASCII style every character beyond ASCII does.
std::string printable(std::string_view text, const TextStyle& style);

// Code points of valid UTF-8 (wide and combining characters count as one each).
int display_width(std::string_view text);

// At most `width` columns, the end replaced by an ellipsis where something is lost.
std::string shorten(std::string_view text, int width, const TextStyle& style);

std::string_view arrow(const TextStyle& style);       // "→" or ">"
std::string_view plus_minus(const TextStyle& style);  // "±" or "+/-"

}  // namespace kernwise
