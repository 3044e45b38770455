// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/samples.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "synthetic.h"

namespace kernwise {
namespace {

TEST(Split, GroupsStayWholeAndEveryRowIsInOnePart) {
  Rng rng(5);
  std::vector<int> group;
  for (int i = 0; i < 200; ++i) group.push_back(i / 7);
  const Split split = split_by_group(group, 0.1, 0.2, rng);
  std::set<int64_t> rows;
  std::set<int> groups[3];
  const std::vector<int64_t>* parts[] = {&split.train, &split.validation, &split.test};
  for (int part = 0; part < 3; ++part) {
    EXPECT_FALSE(parts[part]->empty());
    for (const int64_t row : *parts[part]) {
      EXPECT_TRUE(rows.insert(row).second);
      groups[part].insert(group[static_cast<std::size_t>(row)]);
    }
  }
  EXPECT_EQ(rows.size(), group.size());
  EXPECT_EQ(groups[0].size() + groups[1].size() + groups[2].size(), 29U);
}

TEST(Split, TheSameSeedGivesTheSameParts) {
  Rng a(9), b(9), c(10);
  EXPECT_EQ(split_by_row(100, 0.1, 0.1, a).test, split_by_row(100, 0.1, 0.1, b).test);
  EXPECT_NE(split_by_row(100, 0.1, 0.1, a).test, split_by_row(100, 0.1, 0.1, c).test);
}

TEST(Standardizer, MissingValuesAndConstantColumnsAreNoTrouble) {
  const double nan = std::nan("");
  const std::vector<double> values = {1, 5, nan, 3, 5, nan, nan, 5, nan};
  const Standardizer s = Standardizer::fit(values, 3);
  EXPECT_EQ(s.mean, (std::vector<double>{2, 5, 0}));
  EXPECT_EQ(s.deviation, (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(s.scale(3, 0), 1.0F);
}

TEST(Samples, OutputsAreMatchedByName) {
  Rng rng(1);
  const Samples samples = test::synthetic_samples(6, {}, rng);
  const Samples other = with_outputs(samples, {"gamma", "unknown", "alpha-one"});
  for (int64_t row = 0; row < samples.rows(); ++row) {
    EXPECT_EQ(other.targets(row)[0], samples.targets(row)[3]);
    EXPECT_TRUE(std::isnan(other.targets(row)[1]));
    EXPECT_EQ(other.targets(row)[2], samples.targets(row)[0]);
  }
}

}  // namespace
}  // namespace kernwise
