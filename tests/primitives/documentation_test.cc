// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// docs/primitives.md is held to the registry: it can neither lose a primitive nor keep a dead one.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernwise/primitives/registry.h"

namespace kernwise {
namespace {

// `*` stands for any characters.
bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*')
    return matches(pattern.substr(1), text) || (!text.empty() && matches(pattern, text.substr(1)));
  return !text.empty() && text.front() == pattern.front() &&
         matches(pattern.substr(1), text.substr(1));
}

std::vector<std::string> in_backquotes(const std::string& text) {
  static const std::regex quoted("`([^`]+)`");
  std::vector<std::string> words;
  for (std::sregex_iterator it(text.begin(), text.end(), quoted), end; it != end; ++it)
    words.push_back((*it)[1]);
  return words;
}

// The cells of a line "| a | b |"; a bar that belongs to a cell is spelt "\|".
std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> found;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '|' && (i == 0 || line[i - 1] != '\\'))
      found.emplace_back();
    else if (!found.empty())
      found.back() += line[i];
  }
  if (!found.empty()) found.pop_back();  // what follows the last bar
  return found;
}

// The rows below the header whose first cell is `first` and, if given, whose third one is `third`.
std::vector<std::vector<std::string>> table(const std::string& first,
                                            const std::string& third = {}) {
  std::ifstream file(std::string(KERNWISE_SOURCE_DIR) + "/docs/primitives.md");
  std::vector<std::vector<std::string>> rows;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    const auto row = cells(line);
    if (inside && row.empty()) break;
    if (inside && !row[0].starts_with("---")) rows.push_back(row);
    inside = inside || (row.size() > 2 && row[0] == " " + first + " " &&
                        (third.empty() || row[2] == " " + third + " "));
  }
  return rows;
}

struct Family {
  std::string name, source;
  std::vector<std::string> patterns;

  bool holds(const PrimitiveInfo& info) const {
    bool found = false;
    for (const std::string& pattern : patterns) found |= matches(pattern, info.id);
    return found && info.family == name && info.source == source;
  }
};

std::vector<Family> documented_families() {
  std::vector<Family> families;
  for (const auto& row : table("family")) {
    EXPECT_EQ(row.size(), 6U) << row[0];
    if (row.size() != 6) continue;
    const auto name = in_backquotes(row[0]);
    EXPECT_EQ(name.size(), 1U) << row[0];
    if (name.size() != 1) continue;
    families.push_back({name[0], row[1].substr(1, row[1].size() - 2), in_backquotes(row[2])});
  }
  return families;
}

TEST(PrimitivesPage, HoldsEveryPrimitiveInExactlyOneRow) {
  const auto families = documented_families();
  ASSERT_FALSE(families.empty()) << "docs/primitives.md has no table of families";
  for (const auto& primitive : all_primitives()) {
    int rows = 0;
    for (const Family& family : families) rows += family.holds(primitive->info()) ? 1 : 0;
    EXPECT_EQ(rows, 1) << primitive->info().id << " of family " << primitive->info().family
                       << " by " << primitive->info().source << ", in docs/primitives.md";
  }
}

TEST(PrimitivesPage, NamesNothingThatIsNotThere) {
  for (const Family& family : documented_families())
    for (const std::string& pattern : family.patterns) {
      int found = 0;
      for (const auto& primitive : all_primitives())
        found += matches(pattern, primitive->info().id) && family.holds(primitive->info()) ? 1 : 0;
      EXPECT_GT(found, 0) << pattern << " in the row of " << family.name;
    }
}

// As tests/primitives/primitive_errors.cc prints it. Transforms are no problems of its tables, and
// other resources than the processor are not everywhere.
TEST(PrimitivesPage, HasMeasuredErrorsAndWorkspaceOfEveryFamily) {
  std::set<std::pair<std::string, std::string>> measured, families;
  for (const auto& row : table("family", "AVX-512")) {
    ASSERT_EQ(row.size(), 6U) << row[0];
    const bool is_new = measured.insert({row[0], row[1]}).second;
    EXPECT_TRUE(is_new) << row[0] << row[1];
    EXPECT_TRUE(std::regex_match(row[5], std::regex(" [0-9.]+ "))) << row[5];
  }
  for (const auto& primitive : all_primitives()) {
    const PrimitiveInfo& info = primitive->info();
    if (info.kind == ProblemKind::kTransform || info.resource != "cpu") continue;
    if (info.precision != Precision::kFp32) continue;  // its error is the network's, not its own
    families.insert({" " + info.family + " ", " " + info.source + " "});
  }
  EXPECT_EQ(measured, families);
}

TEST(PrimitivesPage, MapsEveryNameOfTheStudyToPrimitivesThatExist) {
  std::set<std::string> names;
  for (const auto& row : table("triNNity")) {
    ASSERT_EQ(row.size(), 3U) << row[0];
    for (const std::string& name : in_backquotes(row[0]))
      EXPECT_TRUE(names.insert(name).second) << name << " is listed twice";
    for (const std::string& id : in_backquotes(row[1]))
      EXPECT_NE(find_primitive(id), nullptr) << id << " stands for " << row[0];
    EXPECT_TRUE(!in_backquotes(row[1]).empty() || row[2].size() > 2) << row[0] << ": why not?";
  }
  EXPECT_EQ(names.size(), 71U);
}

}  // namespace
}  // namespace kernwise
