// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/process.h"
#include "store/store_fixture.h"

namespace kernwise {
namespace {

using Json = nlohmann::json;

Json result_of(const Finished& finished, const std::string& schema) {
  EXPECT_EQ(finished.code, 0) << finished.err;
  const Json document = Json::parse(finished.out, nullptr, false);
  EXPECT_EQ(document.value("schema", ""), schema);
  return document.is_object() ? document["result"] : Json();
}

TEST(DbCommand, MergesTwiceComparesAndCounts) {
  const Playground at;
  fill_store(at.file("a.db"), 10);
  fill_store(at.file("b.db"), 25);  // the same session, and more
  auto merged = result_of(at.run({"db", "merge", "a.db", "b.db", "--store", "all.db", "--json"}),
                          "kernwise.db/1");
  EXPECT_EQ(merged["sources"][0]["records_new"], 10);
  EXPECT_EQ(merged["sources"][1]["records_new"], 15);
  EXPECT_EQ(merged["sources"][1]["records_known"], 10);
  merged = result_of(at.run({"db", "merge", "b.db", "a.db", "--store", "all.db", "--json"}),
                     "kernwise.db/1");
  EXPECT_EQ(merged["sources"][0]["records_new"], 0);
  EXPECT_EQ(result_of(at.run({"db", "stat", "all.db", "--json"}), "kernwise.db/1")["records"], 25);

  const Json diff = result_of(at.run({"db", "diff", "a.db", "all.db", "--json"}), "kernwise.db/1");
  EXPECT_EQ(diff["same"], false);
  EXPECT_EQ(diff["records_only_right"], 15);
  EXPECT_EQ(at.run({"db", "diff", "a.db", "all.db", "--strict"}).code, 1);
  const Finished same = at.run({"db", "diff", "b.db", "--store", "all.db", "--strict"});
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_NE(same.out.find("the same 25 records"), std::string::npos) << same.out;

  const Json nearest = result_of(
      at.run({"db", "nearest", "--device", "0123456789abcdef", "--store", "all.db", "--json"}),
      "kernwise.db/1");
  EXPECT_EQ(nearest["neighbours"][0]["distance"], 0);
}

TEST(DbCommand, ExportsAndImports) {
  const Playground at;
  fill_store(at.file("a.db"), 12);
  EXPECT_EQ(at.run({"db", "export", "-o", "a.csv", "--store", "a.db"}).code, 0);
  auto imported =
      result_of(at.run({"db", "import", "a.csv", "--store", "b.db", "--json"}), "kernwise.db/1");
  EXPECT_EQ(imported["sources"][0]["records_new"], 12);
  imported =
      result_of(at.run({"db", "import", "a.csv", "--store", "b.db", "--json"}), "kernwise.db/1");
  EXPECT_EQ(imported["sources"][0]["records_known"], 12);
  EXPECT_EQ(at.run({"db", "export", "--store", "b.db"}).out.substr(0, 6), "device");
  EXPECT_EQ(at.run({"db", "export", "-o", "c.db", "--store", "a.db"}).code, 0);
  EXPECT_EQ(at.run({"db", "diff", "a.db", "c.db", "--strict"}).code, 0);
  EXPECT_EQ(at.run({"db", "export", "-o", "c.db", "--store", "a.db"}).code, 2);
}

TEST(DbCommand, SaysWhatIsWrong) {
  const Playground at;
  fill_store(at.file("a.db"), 1);
  const auto refused = [&](const std::vector<std::string>& words, const std::string& expected) {
    const Finished finished = at.run(words);
    EXPECT_EQ(finished.code, 2) << finished.err;
    EXPECT_NE(finished.err.find(expected), std::string::npos) << finished.err;
  };
  refused({"db"}, "stat, merge, diff");
  refused({"db", "mrege"}, "did you mean 'kernwise db merge'");
  refused({"db", "merge"}, "the stores to take over");
  refused({"db", "merge", "a.db", "--store", "./a.db"}, "is the store to merge into itself");
  refused({"db", "merge", "none.db", "--store", "a.db"}, "does not exist");
  refused({"db", "stat", "mysql://host/x"}, "no stores of the kind");
  refused({"db", "nearest", "--device", "x", "--store", "a.db"}, "knows no device");
  refused({"jobs", "list", "--store", "a.db"}, "machines can share");
  refused({"jobs", "retry", "x", "--store", "a.db"}, "no number of a job");
  refused({"jobs", "add", "--store", "a.db"}, "nothing to measure");
  refused({"worker", "--store", "a.db"}, "machines can share");
}

}  // namespace
}  // namespace kernwise
