// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise_c.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <string>

#include "graph/small_network.h"
#include "kernwise/base/file.h"
#include "kernwise/base/progress.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/runtime/pack.h"
#include "kernwise/workflow/plan_network.h"
#include "kernwise/workflow/predicted_costs.h"

namespace kernwise {
namespace {

class CInterface : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "kernwise-c-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string file(const char* name) const { return (folder_ / name).string(); }

  // y = relu(conv(x)), planned.
  void plan_small_network() {
    test::SmallNetwork network;
    network.input("x", {1, 3, 8, 8});
    network.conv("x", "c", 3, 16, 3).node("Relu", {"c"}, {"y"}).output("y");
    ASSERT_TRUE(write_onnx(network.net, file("net.onnx")).ok());
    PlanRequest request;
    request.model = file("net.onnx");
    request.store = file("store.db");
    request.warm_weights = true;
    request.budget = {1};
    request.calibrate = false;
    SilentProgress silent;
    const StopFlag stop{false};
    const auto planned = plan_network(request, silent, stop);
    ASSERT_TRUE(planned.ok()) << to_string(planned.error());
    ASSERT_TRUE(save_plan(planned->plan, file("plan.json")).ok());
  }

  std::filesystem::path folder_;
  kernwise_error error_ = {};
};

// What the runtime alone offers: the pack of a plan gives the plan's bits.
TEST_F(CInterface, RunsAPack) {
  plan_small_network();
  const auto model = load_model(file("net.onnx"), {});
  const auto planned = load_plan(file("plan.json"));
  ASSERT_TRUE(model.ok() && planned.ok());
  ASSERT_TRUE(save_pack(model->graph, *planned, file("net.kwp")).ok());
  std::vector<float> outputs[2];
  for (const int packed : {0, 1}) {
    kernwise_plan* plan = nullptr;
    ASSERT_EQ(packed == 1 ? kernwise_pack_open(file("net.kwp").c_str(), &plan, &error_)
                          : kernwise_plan_open(file("plan.json").c_str(), nullptr, &plan, &error_),
              KERNWISE_OK)
        << error_.message;
    float* input = nullptr;
    const float* output = nullptr;
    std::size_t count = 0;
    ASSERT_EQ(kernwise_plan_input(plan, 0, &input, &count, &error_), KERNWISE_OK);
    for (std::size_t i = 0; i < count; ++i) input[i] = static_cast<float>(i % 7);
    ASSERT_EQ(kernwise_plan_run(plan, &error_), KERNWISE_OK);
    ASSERT_EQ(kernwise_plan_output(plan, 0, &output, &count, &error_), KERNWISE_OK);
    outputs[packed].assign(output, output + count);
    kernwise_plan_close(plan);
  }
  EXPECT_EQ(outputs[0], outputs[1]);
  kernwise_plan* none = nullptr;
  EXPECT_EQ(kernwise_pack_open(file("plan.json").c_str(), &none, &error_), KERNWISE_INVALID_INPUT);
  EXPECT_NE(std::strstr(error_.message, "this is no pack"), nullptr) << error_.message;
  EXPECT_EQ(none, nullptr);
  EXPECT_EQ(kernwise_pack_open(nullptr, &none, &error_), KERNWISE_INVALID_INPUT);
}

TEST_F(CInterface, RunsAPlan) {
  plan_small_network();
  kernwise_plan* plan = nullptr;
  ASSERT_EQ(kernwise_plan_open(file("plan.json").c_str(), nullptr, &plan, &error_), KERNWISE_OK)
      << error_.message;
  ASSERT_EQ(kernwise_plan_inputs(plan), 1U);
  ASSERT_EQ(kernwise_plan_outputs(plan), 1U);
  EXPECT_EQ(kernwise_plan_threads(plan), 1);
  EXPECT_GT(kernwise_plan_predicted_s(plan), 0);
  EXPECT_GT(kernwise_plan_peak_bytes(plan), 0);
  float* input = nullptr;
  std::size_t count = 0;
  ASSERT_EQ(kernwise_plan_input(plan, 0, &input, &count, &error_), KERNWISE_OK);
  ASSERT_EQ(count, 3U * 8 * 8);
  for (std::size_t i = 0; i < count; ++i) input[i] = 0;
  const float* output = nullptr;
  ASSERT_EQ(kernwise_plan_run(plan, &error_), KERNWISE_OK);
  ASSERT_EQ(kernwise_plan_output(plan, 0, &output, &count, &error_), KERNWISE_OK);
  ASSERT_EQ(count, 16U * 8 * 8);
  const std::vector<float> of_zeros(output, output + count);
  for (std::size_t i = 0; i < 3U * 8 * 8; ++i) input[i] = 1;
  ASSERT_EQ(kernwise_plan_run(plan, &error_), KERNWISE_OK);
  EXPECT_NE(std::memcmp(of_zeros.data(), output, count * sizeof(float)), 0);
  EXPECT_EQ(kernwise_plan_input(plan, 1, &input, &count, &error_), KERNWISE_INVALID_INPUT);
  EXPECT_EQ(kernwise_plan_output(plan, 1, &output, &count, nullptr), KERNWISE_INVALID_INPUT);
  kernwise_plan_close(plan);
}

TEST_F(CInterface, SaysWhatIsWrong) {
  kernwise_plan* plan = nullptr;
  EXPECT_EQ(kernwise_plan_open(file("none.json").c_str(), nullptr, &plan, &error_),
            KERNWISE_INVALID_INPUT);
  EXPECT_EQ(plan, nullptr);
  EXPECT_EQ(error_.status, KERNWISE_INVALID_INPUT);
  EXPECT_NE(std::string(error_.message).find("none.json"), std::string::npos) << error_.message;
  EXPECT_EQ(kernwise_plan_open(nullptr, nullptr, &plan, &error_), KERNWISE_INVALID_INPUT);
  // A name longer than the message: cut, and ended.
  const std::string long_name(4000, 'x');
  EXPECT_NE(kernwise_plan_open(long_name.c_str(), nullptr, &plan, &error_), KERNWISE_OK);
  EXPECT_LT(std::strlen(error_.message), sizeof error_.message);
  kernwise_plan_close(nullptr);
  kernwise_model* model = nullptr;
  ASSERT_TRUE(write_file(file("broken.kwm"), "no model").ok());
  EXPECT_EQ(kernwise_model_open(file("broken.kwm").c_str(), &model, &error_),
            KERNWISE_INVALID_INPUT);
  EXPECT_EQ(model, nullptr);
}

TEST_F(CInterface, PredictsAndChooses) {
  const std::filesystem::path models = std::filesystem::path(KERNWISE_SOURCE_DIR) / "models";
  kernwise_model* model = nullptr;
  ASSERT_EQ(kernwise_model_open((models / "x86-64-sse4.1-1t.kwm").c_str(), &model, &error_),
            KERNWISE_OK)
      << error_.message;
  constexpr const char* kConv = "conv:ic64ih56oc64kh3ph1";
  kernwise_prediction choice = {};
  ASSERT_EQ(kernwise_choose(model, kConv, &choice, &error_), KERNWISE_OK) << error_.message;
  EXPECT_NE(find_primitive(choice.primitive), nullptr) << choice.primitive;
  EXPECT_GT(choice.time_s, 0);
  kernwise_prediction named = {};
  ASSERT_EQ(kernwise_predict(model, kConv, choice.primitive, &named, &error_), KERNWISE_OK);
  EXPECT_EQ(named.time_s, choice.time_s);
  EXPECT_EQ(kernwise_predict(model, kConv, "no-such", &named, &error_), KERNWISE_UNSUPPORTED);
  EXPECT_EQ(kernwise_choose(model, "conv:nonsense", &choice, &error_), KERNWISE_INVALID_INPUT);
  kernwise_model_close(model);
}

}  // namespace
}  // namespace kernwise
