// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/table.h"

#include <gtest/gtest.h>

namespace kernwise {
namespace {

constexpr TextStyle kAscii{};
constexpr TextStyle kUtf8{.utf8 = true};

Table two_columns() {
  Table table({{"name", Align::kLeft, 4}, {"time", Align::kRight, 0}});
  table.add({{"conv1"}, {"1.23 ms", Ink::kGood}});
  table.add({{"a_longer_name"}, {"9 us"}});
  return table;
}

TEST(Table, AlignsTextLeftAndNumbersRight) {
  EXPECT_EQ(two_columns().render(kAscii),
            "name              time\n"
            "conv1          1.23 ms\n"
            "a_longer_name     9 us\n");
}

TEST(Table, ShortensOnlyTheColumnsThatAllowItUntilARowFits) {
  TextStyle narrow = kAscii;
  narrow.width = 16;
  EXPECT_EQ(two_columns().render(narrow),
            "name        time\n"
            "conv1    1.23 ms\n"
            "a_lon..     9 us\n");
  narrow.width = 3;  // below what the columns can give: it stops at their minimum
  EXPECT_EQ(two_columns().render(narrow),
            "name     time\n"
            "co..  1.23 ms\n"
            "a_..     9 us\n");
}

TEST(Table, LeavesOutColumnsWithoutAnyText) {
  Table table({{"a", Align::kLeft, 0}, {"b", Align::kLeft, 0}, {"c", Align::kLeft, 0}});
  table.add({{"1"}, {""}, {"3"}});
  table.add({{"4"}});  // missing cells are empty
  EXPECT_EQ(table.render(kAscii), "a  c\n1  3\n4\n");
}

TEST(Table, ColourDoesNotChangeTheColumns) {
  TextStyle colour = kAscii;
  colour.colour = true;
  std::string text = two_columns().render(colour);
  EXPECT_NE(text.find("\x1b[32m1.23 ms\x1b[0m"), std::string::npos);
  for (std::size_t at; (at = text.find('\x1b')) != std::string::npos;) {
    text.erase(at, text.find('m', at) - at + 1);
  }
  EXPECT_EQ(text, two_columns().render(kAscii));
}

// A name in a file must not be able to move the cursor or to fake a line of output.
TEST(Text, ControlCharactersAndBrokenUtf8BecomeQuestionMarks) {
  EXPECT_EQ(printable("a\x1b[2Jb\nc\td", kUtf8), "a?[2Jb?c?d");
  EXPECT_EQ(printable("caf\xc3\xa9", kUtf8), "caf\xc3\xa9");
  EXPECT_EQ(printable("caf\xc3\xa9", kAscii), "caf?");
  EXPECT_EQ(printable("\xc3", kUtf8), "?");                 // cut short
  EXPECT_EQ(printable("\xc0\xaf", kUtf8), "??");            // overlong '/'
  EXPECT_EQ(printable("\xed\xa0\x80", kUtf8), "???");       // a surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80", kUtf8), "????");  // beyond U+10FFFF
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m",
                      kUtf8),
            "?31m");  // C1 control introducer
}

TEST(Text, WidthCountsCodePointsAndShorteningKeepsThemWhole) {
  EXPECT_EQ(display_width("caf\xc3\xa9"), 4);
  EXPECT_EQ(shorten("caf\xc3\xa9s", 5, kUtf8), "caf\xc3\xa9s");
  EXPECT_EQ(shorten("caf\xc3\xa9s!", 5, kUtf8), "caf\xc3\xa9…");
  EXPECT_EQ(shorten("abcdef", 4, kAscii), "ab..");
  EXPECT_EQ(shorten("abcdef", 1, kAscii), ".");
  EXPECT_EQ(shorten("abcdef", 0, kAscii), "");
}

}  // namespace
}  // namespace kernwise
