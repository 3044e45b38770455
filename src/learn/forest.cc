// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "forest.h"

#include <algorithm>
#include <utility>

namespace kernwise::detail {
namespace {

class ForestRegressor final : public Regressor {
 public:
  ForestRegressor(RegressorKind kind, int64_t inputs, std::vector<Forest> forests)
      : kind_(kind), inputs_(inputs), forests_(std::move(forests)) {}

  RegressorKind kind() const override { return kind_; }
  int64_t inputs() const override { return inputs_; }
  int64_t outputs() const override { return static_cast<int64_t>(forests_.size()); }
  int64_t scratch_floats() const override { return 0; }

  void predict(const float* z, float* t, float*, const uint8_t*) const override {
    for (std::size_t p = 0; p < forests_.size(); ++p) {
      const Forest& forest = forests_[p];
      float sum = forest.base;
      for (const int32_t root : forest.roots) {
        const TreeNode* node = &forest.nodes[static_cast<std::size_t>(root)];
        while (node->left >= 0) {
          node = &forest.nodes[static_cast<std::size_t>(
              z[node->input] < node->value ? node->left : node->right)];
        }
        sum += node->value;
      }
      t[p] = sum;
    }
  }

  int64_t parameters() const override {
    int64_t count = 0;
    for (const Forest& forest : forests_) count += static_cast<int64_t>(forest.nodes.size());
    return count;
  }

  RegressorState state() const override {
    RegressorState state{kind_, {inputs_, outputs()}, {}};
    for (const Forest& forest : forests_) {
      state.numbers.push_back(static_cast<int64_t>(forest.nodes.size()));
      state.numbers.push_back(static_cast<int64_t>(forest.roots.size()));
      state.numbers.insert(state.numbers.end(), forest.roots.begin(), forest.roots.end());
      std::vector<float> values = {forest.base};
      for (const TreeNode& node : forest.nodes) {
        state.numbers.push_back(node.input);
        state.numbers.push_back(node.left);
        state.numbers.push_back(node.right);
        values.push_back(node.value);
      }
      state.tensors.push_back(std::move(values));
    }
    return state;
  }

 private:
  RegressorKind kind_;
  int64_t inputs_;
  std::vector<Forest> forests_;
};

}  // namespace

std::unique_ptr<Regressor> make_forest_regressor(RegressorKind kind, int64_t inputs,
                                                 std::vector<Forest> forests) {
  return std::make_unique<ForestRegressor>(kind, inputs, std::move(forests));
}

Result<std::unique_ptr<Regressor>> restore_forest(const RegressorState& state) {
  std::size_t at = 0;
  bool good = true;
  const auto next = [&](int64_t low, int64_t high) {
    if (at >= state.numbers.size() || state.numbers[at] < low || state.numbers[at] > high) {
      good = false;
      return low;
    }
    return state.numbers[at++];
  };
  const int64_t inputs = next(1, 4096), outputs = next(1, 1 << 16);
  good = good && static_cast<int64_t>(state.tensors.size()) == outputs;
  std::vector<Forest> forests;
  for (int64_t p = 0; p < outputs && good; ++p) {
    Forest forest;
    const std::vector<float>& values = state.tensors[static_cast<std::size_t>(p)];
    const int64_t nodes = next(0, int64_t{1} << 28);
    if (!good || static_cast<int64_t>(values.size()) != nodes + 1) {
      good = false;
      break;
    }
    const int64_t roots = next(0, nodes);
    for (int64_t i = 0; i < roots && good; ++i) {
      forest.roots.push_back(static_cast<int32_t>(next(0, nodes - 1)));
    }
    forest.base = values[0];
    for (int64_t i = 0; i < nodes && good; ++i) {
      TreeNode node;
      node.input = static_cast<int32_t>(next(0, inputs - 1));
      node.left = static_cast<int32_t>(next(-1, nodes - 1));
      node.right = static_cast<int32_t>(next(-1, nodes - 1));
      node.value = values[static_cast<std::size_t>(i + 1)];
      // Downwards only: an evaluation always ends.
      if (node.left >= 0 && (node.left <= i || node.right <= i)) good = false;
      forest.nodes.push_back(node);
    }
    forests.push_back(std::move(forest));
  }
  if (!good || at != state.numbers.size()) {
    return invalid_input("the trees' numbers contradict each other");
  }
  return make_forest_regressor(state.kind, inputs, std::move(forests));
}

}  // namespace kernwise::detail
