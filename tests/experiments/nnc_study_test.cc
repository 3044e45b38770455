// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Whole studies on made-up times, and on a small table in a file.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "nnc/point_inputs.h"
#include "nnc/summary.h"
#include "nnc_variant_selection/study.h"

namespace kernwise::nnc {
namespace {

// Two variants of gemv with 2 % of noise: one with little overhead, one with a higher rate.
KindData made_up_kind() {
  KindData kind{"gemv", {}, {}};
  Rng rng(4);
  draw_points("gemv", Design::kUniform, 160, 2, rng, kind.points);
  draw_points("gemv", Design::kLog, 80, 2, rng, kind.points);
  for (const bool fast : {false, true}) {
    Combination c;
    c.kind = "gemv", c.variant = fast ? "fast" : "light", c.resource = "cpu";
    for (std::size_t i = 0; i < kind.points.size(); ++i) {
      const Point& point = kind.points[i];
      EXPECT_TRUE(add_inputs(point.problem, point.threads, WorkTerm::kOperations, c).ok());
      const double work = c.work.back();
      const double time = fast ? 4e-5 + 1e-10 * work : 1e-6 + 4e-10 * work;
      c.time_s.push_back(time * std::exp(0.02 * rng.normal()));
      c.again_s.push_back(i % 10 == 0 ? time * std::exp(0.02 * rng.normal()) : std::nan(""));
      c.shape.push_back(static_cast<int64_t>(i));
    }
    kind.combinations.push_back(std::move(c));
  }
  return kind;
}

TEST(Study, MadeUpVariantsAreLearntAndChosen) {
  StudyOptions options;
  options.seeds = 2;
  options.train = 80;
  options.restarts = 2;
  options.paper_net = false;
  const auto result = run_study({made_up_kind()}, options, [](const std::string&) {});
  ASSERT_TRUE(result.ok());
  ASSERT_EQ(result->combinations.size(), 2U);
  const CombinationResult& first = result->combinations[0];
  EXPECT_EQ(first.train_rows, 80);
  EXPECT_EQ(first.test_rows, 80);
  EXPECT_EQ(first.honest.at(Model::kNnC).mdrae.size(), 2U);
  EXPECT_GT(first.noise_rows, 10);
  EXPECT_NEAR(first.noise_mdrae, 0.02, 0.015);
  const OverCombinations over = over_combinations(*result);
  EXPECT_LT(over.mdrae, 0.05);
  EXPECT_LT(over.published_mape, 0.06);
  EXPECT_LT(over_seeds(result->choice, &ChoiceScore::regret_total), 0.03);
  EXPECT_GT(over_seeds(result->choice, &ChoiceScore::gain_over_fixed), 0);
  EXPECT_EQ(result->choice[0].shapes, 80);
  EXPECT_TRUE(result->left_out.empty());
}

TEST(Study, TooFewPointsAreSaidAndLeftOut) {
  KindData kind = made_up_kind();
  for (auto* list : {&kind.combinations[0].time_s, &kind.combinations[0].again_s}) {
    list->resize(50);
  }
  kind.combinations[0].shape.resize(50);
  StudyOptions options;
  options.seeds = 1;
  options.train = 80;
  options.restarts = 1;
  options.paper_net = false;
  const auto result = run_study({kind}, options, [](const std::string&) {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->combinations.size(), 1U);
  ASSERT_EQ(result->left_out.size(), 1U);
}

class TableFile : public ::testing::Test {
 protected:
  TableFile()
      : folder_(std::filesystem::temp_directory_path() /
                ("kernwise_nnc_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~TableFile() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }
  std::filesystem::path folder_;
};

TEST_F(TableFile, ConfigurationsAreReadAndChosen) {
  std::string text = "run_time,width,a,b,c_work\n";
  for (const int size : {8, 16, 32}) {
    for (int a = 1; a <= 8; ++a) {
      for (int b = 1; b <= 8; ++b) {
        const double time = 1e-3 * size * size * (1.0 / a + 0.2 * a + 0.1 * b);
        text += std::to_string(time) + "," + std::to_string(size) + "," + std::to_string(a) + "," +
                std::to_string(b) + "," + std::to_string(size * size) + "\n";
      }
    }
  }
  write("runs.csv", text);
  write("notes.csv", "who,what\na,b\n");
  const auto tables = read_configuration_tables(folder_);
  ASSERT_TRUE(tables.ok());
  ASSERT_EQ(tables->size(), 1U);
  const Combination& data = (*tables)[0].data;
  EXPECT_EQ(data.rows(), 192);
  EXPECT_EQ(data.inputs(), 4U);
  EXPECT_EQ(data.work[0], 64);
  TableOptions options;
  options.seeds = 1;
  options.restarts = 2;
  const auto result = study_table((*tables)[0], options, [](const std::string&) {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->train_rows, 96);
  const auto& choices = result->choice.at(Model::kNnC);
  ASSERT_EQ(choices.size(), 3U);
  EXPECT_EQ(choices[0].configurations, 64);
  EXPECT_LT(result->regret_total.at(Model::kNnC), 0.05);
  EXPECT_GT(choices[2].spearman, 0.95);
}

TEST_F(TableFile, BrokenTablesAreErrorsWithTheirLine) {
  EXPECT_FALSE(read_configuration_tables(folder_).ok());
  write("runs.csv", "time,size,knob\n1,2,3\n1,0,3\n");
  const auto broken = read_configuration_tables(folder_);
  ASSERT_FALSE(broken.ok());
  EXPECT_NE(to_string(broken.error()).find("line 3"), std::string::npos);
}

}  // namespace
}  // namespace kernwise::nnc
