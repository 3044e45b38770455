// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A layer that nobody checks is no layer. docs/ARCHITECTURE.md holds the table of arrows: which
// room may see which. Here every #include and every room's CMakeLists.txt is held to it.
#include <gtest/gtest.h>

#include "arrows.h"
#include "source_tree.h"

namespace kernwise::house {
namespace {

const ArrowTable& the_table() {
  static const ArrowTable table = parse_arrows(source_file("docs/ARCHITECTURE.md"));
  return table;
}

std::set<std::string> rooms_of_the_tree() {
  std::set<std::string> rooms;
  for (const SourceFile& file : source_files({"src", "include/kernwise"}, {".cc", ".h"})) {
    const std::string room = room_of(file.path);
    if (!room.empty()) rooms.insert(room);
  }
  return rooms;
}

TEST(Layers, TheTableNamesExactlyTheRoomsThereAre) {
  EXPECT_EQ(the_table().built, rooms_of_the_tree());
  for (const std::string& room : the_table().planned) {
    EXPECT_FALSE(the_table().built.contains(room)) << room << " stands in the table twice";
  }
}

TEST(Layers, EveryRoomThatIsSeenIsInTheTable) {
  for (const auto& [room, targets] : the_table().may_see) {
    for (const std::string& target : targets) {
      EXPECT_TRUE(the_table().may_see.contains(target)) << room << " sees " << target;
      EXPECT_NE(room, target);
    }
  }
}

TEST(Layers, ArrowsRunOneWay) { EXPECT_EQ(find_circle(the_table()), std::vector<std::string>{}); }

TEST(Layers, BaseLiesBelowAll) {
  for (const auto& [room, targets] : the_table().may_see) {
    EXPECT_EQ(targets.contains("base"), room != "base") << room;
  }
}

TEST(Layers, EveryIncludeIsAnArrowOfTheTable) {
  int checked = 0;
  for (const SourceFile& file : source_files({"src", "include/kernwise"}, {".cc", ".h"})) {
    const std::string room = room_of(file.path);
    if (room.empty()) continue;
    ASSERT_TRUE(the_table().may_see.contains(room)) << file.path;
    for (const Include& include : includes_of(file)) {
      EXPECT_EQ(objection(include, the_table()), "")
          << include.path << ":" << include.line << ": #include \"" << include.target << "\"";
      ++checked;
    }
  }
  EXPECT_GT(checked, 100) << "the sources were not found";
}

TEST(Layers, EveryLinkedRoomIsAnArrowOfTheTable) {
  for (const std::string& room : the_table().built) {
    for (const std::string& target : rooms_linked(source_file("src/" + room + "/CMakeLists.txt"))) {
      EXPECT_TRUE(the_table().may_see.at(room).contains(target))
          << "src/" << room << "/CMakeLists.txt: SEES " << target;
    }
  }
}

// The rules themselves, on made-up sources: a checker that objects to nothing would pass above.

ArrowTable small_table() {
  return parse_arrows(
      {"table.md",
       {"| room | state |", "| `other` | built |", "", "| room | may see | state |",
        "|---|---|---|", "| `base` | – | built |", "| `graph` | `base` | built |",
        "| `store` | `graph` `base` | planned |", "", "| `after` | `base` | built |"}});
}

TEST(Arrows, OnlyTheTableWithTheRightHeaderIsRead) {
  const ArrowTable table = small_table();
  EXPECT_EQ(table.built, (std::set<std::string>{"base", "graph"}));
  EXPECT_EQ(table.planned, (std::set<std::string>{"store"}));
  EXPECT_EQ(table.may_see.at("store"), (std::set<std::string>{"base", "graph"}));
}

TEST(Arrows, AnIncludeThatClimbsIsObjectedTo) {
  const ArrowTable table = small_table();
  const auto verdict = [&](const std::string& target) {
    return objection({"src/graph/problem.cc", 1, target}, table);
  };
  EXPECT_EQ(verdict("kernwise/base/result.h"), "");
  EXPECT_EQ(verdict("kernwise/graph/layout.h"), "");
  EXPECT_EQ(verdict("window.h"), "");
  EXPECT_EQ(verdict("conv/window.h"), "");
  EXPECT_EQ(verdict("kernwise/store/store.h"), "'graph' may not see 'store'");
  EXPECT_EQ(verdict("kernwise/utils/x.h"), "'utils' is no room of the table");
  EXPECT_EQ(verdict("../store/schema.h"), "climbs out of its folder");
  EXPECT_EQ(verdict("store/schema.h"), "reaches into 'store' behind its public headers");
}

TEST(Arrows, IncludesAreFoundHoweverTheyAreSpaced) {
  const std::vector<Include> includes =
      includes_of({"src/graph/a.cc",
                   {"#include <vector>", "#include \"b.h\"  // why", "  #  include \"c.h\"",
                    "#include <kernwise/base/rng.h>", "// #include \"d.h\""}});
  ASSERT_EQ(includes.size(), 3U);
  EXPECT_EQ(includes[0].target, "b.h");
  EXPECT_EQ(includes[1].line, 3);
  EXPECT_EQ(includes[2].target, "kernwise/base/rng.h");
}

TEST(Arrows, ACircleIsFound) {
  ArrowTable table = small_table();
  EXPECT_TRUE(find_circle(table).empty());
  table.may_see["base"].insert("store");
  EXPECT_EQ(find_circle(table), (std::vector<std::string>{"base", "store"}));
}

TEST(Arrows, RoomsAfterSeesAreTheLinkedOnes) {
  const SourceFile file{"src/x/CMakeLists.txt",
                        {"# SEES nothing", "kernwise_room(x", "  SOURCES a.cc",
                         "  SEES graph  # problems", "    base)", "other(store)"}};
  EXPECT_EQ(rooms_linked(file), (std::set<std::string>{"base", "graph"}));
}

}  // namespace
}  // namespace kernwise::house
