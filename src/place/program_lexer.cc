// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "program_lexer.h"

#include <fmt/format.h>

#include <charconv>

namespace kernwise::detail {
namespace {

constexpr std::size_t kShown = 40;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

int64_t number_of(std::string_view digits) {
  int64_t value = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return code == std::errc() ? value : -1;
}

}  // namespace

std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> words;
  std::size_t at = 0;
  while (at < line.size() && line[at] != '#') {
    const std::size_t begin = at;
    const char c = line[at++];
    if (is_blank(c)) continue;
    Word word;
    word.column = static_cast<int>(begin) + 1;
    if (begins_name(c)) {
      while (at < line.size() && (begins_name(line[at]) || is_digit(line[at]))) ++at;
      word.kind = WordKind::kName;
    } else if (is_digit(c)) {
      while (at < line.size() && is_digit(line[at])) ++at;
      word.kind = WordKind::kNumber;
      word.number = number_of(line.substr(begin, at - begin));
    } else {
      word.kind = c == '=' || c == '(' || c == ')' || c == ',' ? WordKind::kSign : WordKind::kWrong;
    }
    word.text = line.substr(begin, at - begin);
    words.push_back(word);
  }
  Word end;
  end.column = static_cast<int>(at) + 1;
  words.push_back(end);
  return words;
}

std::string shown(std::string_view name) {
  if (name.size() <= kShown) return fmt::format("'{}'", name);
  return fmt::format("'{}...'", name.substr(0, kShown));
}

std::string shown(const Word& word) {
  if (word.kind == WordKind::kEnd) return "the end of the line";
  const auto byte = static_cast<unsigned char>(word.text[0]);
  if (byte < ' ' || byte > '~') return fmt::format("byte 0x{:02x}", byte);
  return shown(word.text);
}

}  // namespace kernwise::detail
