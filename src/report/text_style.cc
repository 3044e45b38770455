// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/text_style.h"

namespace kernwise {
namespace {

// Bytes of the UTF-8 sequence at the start of `text`; 0 if it is none (RFC 3629, section 4).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                             : lead >= 0xE0 && lead <= 0xEF ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  if (lead == 0xE0 && second < 0xA0) return 0;
  if (lead == 0xED && second > 0x9F) return 0;
  if (lead == 0xF0 && second < 0x90) return 0;
  if (lead == 0xF4 && second > 0x8F) return 0;
  return length;
}

// C0, DEL and C1 controls move cursors and change colours.
bool is_control(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
  return sequence.size() == 2 && first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;
}

}  // namespace

std::string paint(std::string_view text, Ink ink, const TextStyle& style) {
  const char* code = nullptr;
  switch (ink) {
    case Ink::kPlain: break;
    case Ink::kGood: code = "\x1b[32m"; break;
    case Ink::kWarning: code = "\x1b[33m"; break;
    case Ink::kBad: code = "\x1b[31m"; break;
    case Ink::kDim: code = "\x1b[2m"; break;
    case Ink::kBold: code = "\x1b[1m"; break;
  }
  if (!style.colour || code == nullptr || text.empty()) return std::string(text);
  return code + std::string(text) + "\x1b[0m";
}

std::string printable(std::string_view text, const TextStyle& style) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0 || is_control(text.substr(0, length)) || (length > 1 && !style.utf8)) {
      out += '?';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

int display_width(std::string_view text) {
  int width = 0;
  for (const char c : text) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return width;
}

std::string shorten(std::string_view text, int width, const TextStyle& style) {
  if (display_width(text) <= width) return std::string(text);
  const std::string_view mark = style.utf8 ? "…" : "..";
  const int keep = width - display_width(mark);
  if (keep <= 0) return width <= 0 ? std::string() : std::string(style.utf8 ? "…" : ".");
  std::size_t end = 0;
  for (int seen = 0; end < text.size(); ++end) {
    const bool starts = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (starts && seen++ == keep) break;
  }
  return std::string(text.substr(0, end)) + std::string(mark);
}

std::string_view arrow(const TextStyle& style) { return style.utf8 ? "→" : ">"; }
std::string_view plus_minus(const TextStyle& style) { return style.utf8 ? "±" : "+/-"; }

}  // namespace kernwise
