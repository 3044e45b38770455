// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/design.h"

#include <gtest/gtest.h>

#include "small_designs.h"

namespace kernwise {
namespace {

using test::conv;
using test::design_of;
using test::fully_connected;
using enum InputSource;

TEST(InputSources, AResidualBlockSharesItsInputWithItsShortcut) {
  const Design design =
      design_of({conv(3, 16, 32, 3, 2), conv(16, 32, 16, 3, 2), conv(32, 32, 8, 3),
                 conv(16, 32, 16, 1, 2), conv(32, 32, 8, 3), fully_connected(32, 10)},
                2);
  EXPECT_EQ(input_sources(design),
            (std::vector{kImage, kPrevious, kPrevious, kShared, kPrevious, kReduced}));
}

TEST(InputSources, AnInceptionBlockBranchesAndJoins) {
  const Design design = design_of({conv(3, 24, 32, 3), conv(24, 9, 16, 1), conv(24, 6, 16, 1),
                                   conv(6, 12, 16, 3), conv(24, 2, 16, 1), conv(2, 4, 16, 3),
                                   conv(24, 4, 16, 1), conv(29, 10, 16, 1), conv(29, 10, 8, 1)},
                                  2);
  EXPECT_EQ(input_sources(design), (std::vector{kImage, kPooled, kShared, kPrevious, kShared,
                                                kPrevious, kShared, kJoined, kPooled}));
}

TEST(InputSources, AConcatenationThatIsPooledCountsAsPooled) {
  const Design design =
      design_of({conv(3, 4, 16, 1), conv(4, 8, 16, 1), conv(4, 8, 16, 3), conv(16, 4, 16, 1),
                 conv(4, 8, 16, 1), conv(4, 8, 16, 3), conv(16, 4, 8, 1)},
                1);
  EXPECT_EQ(input_sources(design),
            (std::vector{kImage, kPrevious, kShared, kJoined, kPrevious, kShared, kPooled}));
}

TEST(BatchNorm, IsToldFromABiasByTheNumberOfParameters) {
  const std::vector<DesignLayer> layers = {conv(3, 16, 32, 3), conv(16, 8, 32, 1),
                                           fully_connected(8, 10)};
  EXPECT_TRUE(has_batch_norm(design_of(layers, 2)));
  EXPECT_TRUE(has_batch_norm(design_of(layers, 3)));  // beside a bias
  EXPECT_FALSE(has_batch_norm(design_of(layers, 1)));
  EXPECT_FALSE(has_batch_norm(design_of(layers, 0)));
}

TEST(CheckDesign, SaysWhichLayerIsWrong) {
  const Design good = design_of({conv(3, 16, 32, 3), conv(16, 16, 32, 3, 1, 16)}, 2);
  EXPECT_TRUE(check_design(good).ok());
  Design bad = good;
  bad.layers[1].groups = 3;
  EXPECT_EQ(check_design(bad).error().message,
            "layer 1: the channels do not divide into the groups");
  bad = good;
  bad.layers[1].out_h = 0;
  EXPECT_EQ(check_design(bad).error().message, "layer 1: a size is less than 1");
  bad = good;
  bad.layers[0].in_w = int64_t{1} << 39;
  EXPECT_EQ(check_design(bad).error().message, "layer 0: it is too large");
  bad = good;
  bad.layers[0].pad_h = -1;
  EXPECT_FALSE(check_design(bad).ok());
  bad = good;
  bad.parameters = 0;
  EXPECT_FALSE(check_design(bad).ok());
  EXPECT_FALSE(check_design(design_of({fully_connected(8, 10)}, 1)).ok());
  EXPECT_FALSE(check_design({}).ok());
}

}  // namespace
}  // namespace kernwise
