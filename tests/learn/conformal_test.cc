// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/conformal.h"

#include <gtest/gtest.h>

namespace kernwise {
namespace {

// Nine errors: the further row is as likely to fall into any of the ten gaps between them.
TEST(Conformal, TakesTheErrorThatCoversAFurtherRow) {
  const std::vector<double> errors = {9, 1, 8, 2, 7, 3, 6, 4, 5};
  EXPECT_EQ(conformal_half_width(errors, 0.5), 5);
  EXPECT_EQ(conformal_half_width(errors, 0.51), 6);
  EXPECT_EQ(conformal_half_width(errors, 0.9), 9);
  EXPECT_EQ(conformal_half_width(errors, 0.99), 9);
  EXPECT_EQ(conformal_half_width({3}, 0.5), 3);
}

}  // namespace
}  // namespace kernwise
