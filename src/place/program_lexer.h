// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Words of one line of a program: names, whole numbers, and the signs = ( ) and comma. A comment
// ends the line. Columns count bytes from 1. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kernwise::detail {

enum class WordKind : uint8_t { kName, kNumber, kSign, kWrong, kEnd };

struct Word {
  WordKind kind = WordKind::kEnd;
  std::string_view text;  // kWrong: the byte that begins no word; kEnd: empty
  int64_t number = 0;     // kNumber; -1 if it is over the largest size
  int column = 0;

  bool is(std::string_view sign) const { return kind == WordKind::kSign && text == sign; }
};

// Always ends with one kEnd, where the line ends.
std::vector<Word> words_of(std::string_view line);

// For messages: "'x'", "byte 0x07", "the end of the line". Long names are shortened.
std::string shown(const Word& word);
std::string shown(std::string_view name);

}  // namespace kernwise::detail
