// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The table of arrows of docs/ARCHITECTURE.md, and what the sources really draw.
//
// The table is the one whose header row is "| room | may see | state |". Room names stand in
// backquotes; the state is "built" or "planned".
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "source_tree.h"

namespace kernwise::house {

struct ArrowTable {
  std::map<std::string, std::set<std::string>> may_see;
  std::set<std::string> built;
  std::set<std::string> planned;
};

ArrowTable parse_arrows(const SourceFile& architecture);

// Empty if the arrows run one way; otherwise rooms that see each other in a circle.
std::vector<std::string> find_circle(const ArrowTable& table);

struct Include {
  std::string path;    // of the including file
  int line = 0;        // from 1
  std::string target;  // "kernwise/graph/problem.h" or "arena.h"
};

// Lines of the form  #include "..."  or  #include <kernwise/...>.
std::vector<Include> includes_of(const SourceFile& file);

// Why the include breaks the table; "" if it does not.
std::string objection(const Include& include, const ArrowTable& table);

// Rooms after SEES in a room's CMakeLists.txt.
std::set<std::string> rooms_linked(const SourceFile& cmake_lists);

}  // namespace kernwise::house
