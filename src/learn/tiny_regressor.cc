// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "tiny_regressor.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "tiny_bank.h"
#include "tiny_inputs.h"
#include "tiny_training.h"

namespace kernwise::detail {
namespace {

constexpr int64_t kMaxHidden = 16;
constexpr int kSteps = 120;
constexpr int kFurtherSteps = 60;

using Part = TinyMember;

// As many hidden units as the budget leaves beside so many terms.
TinyShape shape_with(int64_t inputs, int64_t terms) {
  TinyShape shape{inputs, terms, 0};
  shape.hidden =
      std::min<int64_t>(kMaxHidden, (kTinyParameters - shape.parameters()) / (inputs + 2));
  return shape;
}

class TinyRegressor final : public Regressor {
 public:
  TinyRegressor(int64_t inputs, int64_t outputs, std::vector<Part> parts)
      : inputs_(inputs), outputs_(outputs), parts_(std::move(parts)), groups_(group_tiny(parts_)) {}

  RegressorKind kind() const override { return RegressorKind::kMlpTiny; }
  int64_t inputs() const override { return inputs_; }
  int64_t outputs() const override { return outputs_; }
  int64_t scratch_floats() const override { return 0; }
  int64_t parameters() const override {
    int64_t count = 0;
    for (const Part& part : parts_) count += part.shape.parameters();
    return count;
  }

  // Sixteen networks take little longer than one, so they are spared by groups.
  void predict(const float* z, float* t, float*, const uint8_t* wanted) const override {
    std::fill(t, t + outputs_, 0.0F);
    for (const TinyGroup& group : groups_) {
      const bool any =
          wanted == nullptr || std::any_of(group.outputs.begin(), group.outputs.end(),
                                           [&](int64_t output) { return wanted[output] != 0; });
      if (any) evaluate(group, z, t);
    }
  }

  RegressorState state() const override {
    RegressorState state{kind(), {inputs_, outputs_, static_cast<int64_t>(parts_.size())}, {}};
    for (const Part& part : parts_) {
      state.numbers.insert(state.numbers.end(), {part.output, part.shape.terms, part.shape.hidden,
                                                 static_cast<int64_t>(part.inputs.size())});
      state.numbers.insert(state.numbers.end(), part.inputs.begin(), part.inputs.end());
      state.tensors.push_back(part.parameters);
    }
    return state;
  }

  // From where it is, which is also where the prior now has its mean: few rows move it little.
  Result<std::unique_ptr<Regressor>> train_further(const FitData& data, const FitOptions& options,
                                                   Rng&) const override {
    std::vector<Part> parts = parts_;
    for (Part& part : parts) {
      const PartData rows = rows_for(data, part.inputs, part.output);
      if (rows.t.size() == 0) continue;
      const std::vector<double> from(part.parameters.begin(), part.parameters.end());
      const TinyFit fit = train_tiny(part.shape, rows.z, rows.t, from, from,
                                     options.epochs > 0 ? options.epochs : kFurtherSteps);
      part.parameters.assign(fit.parameters.begin(), fit.parameters.end());
    }
    return std::unique_ptr<Regressor>(
        std::make_unique<TinyRegressor>(inputs_, outputs_, std::move(parts)));
  }

 private:
  int64_t inputs_, outputs_;
  std::vector<Part> parts_;
  std::vector<TinyGroup> groups_;  // the same, for predicting
};

}  // namespace

Result<std::unique_ptr<Regressor>> fit_tiny(const FitData& data, const FitOptions& options,
                                            Rng& rng) {
  constexpr std::array<int64_t, 3> kTerms = {3, 1, 2};
  std::vector<Part> parts;
  for (int64_t p = 0; p < data.outputs; ++p) {
    Part part{p, telling_inputs(data, p), {}, {}};
    const PartData rows = rows_for(data, part.inputs, p);
    if (rows.t.size() == 0) continue;
    double least = 0;
    for (int start = 0; start < std::max(1, options.restarts); ++start) {
      const TinyShape shape = shape_with(static_cast<int64_t>(part.inputs.size()),
                                         kTerms[static_cast<std::size_t>(start) % kTerms.size()]);
      const TinyFit fit = train_tiny(shape, rows.z, rows.t, tiny_start(shape, rows.z, rows.t, rng),
                                     {}, options.epochs > 0 ? options.epochs : kSteps);
      if (start > 0 && !(fit.score < least)) continue;
      least = fit.score;
      part.shape = shape;
      part.parameters.assign(fit.parameters.begin(), fit.parameters.end());
    }
    parts.push_back(std::move(part));
  }
  return std::unique_ptr<Regressor>(
      std::make_unique<TinyRegressor>(data.inputs, data.outputs, std::move(parts)));
}

Result<std::unique_ptr<Regressor>> restore_tiny(const RegressorState& state) {
  const auto broken = [] {
    return invalid_input("the tiny network's numbers contradict each other");
  };
  std::size_t at = 0;
  bool good = true;
  const auto next = [&](int64_t low, int64_t high) {
    if (at >= state.numbers.size() || state.numbers[at] < low || state.numbers[at] > high) {
      good = false;
      return low;
    }
    return state.numbers[at++];
  };
  const int64_t inputs = next(1, 4096), outputs = next(1, 1 << 16), count = next(0, outputs);
  if (!good || static_cast<int64_t>(state.tensors.size()) != count) return broken();
  std::vector<Part> parts;
  for (int64_t i = 0; i < count && good; ++i) {
    Part part;
    part.output = next(0, outputs - 1);
    part.shape.terms = next(1, kMaxTinyTerms);
    part.shape.hidden = next(0, kTinyParameters);
    part.shape.inputs = next(0, static_cast<int64_t>(kMaxTinyInputs));
    for (int64_t k = 0; k < part.shape.inputs; ++k) part.inputs.push_back(next(0, inputs - 1));
    part.parameters = state.tensors[static_cast<std::size_t>(i)];
    const auto length = static_cast<int64_t>(part.parameters.size());
    if (!good || length != part.shape.parameters() || length > kTinyParameters ||
        (part.shape.sharpness() > 0 && std::abs(double{part.parameters[0]}) > kMaxLogSharpness)) {
      return broken();
    }
    parts.push_back(std::move(part));
  }
  if (!good || at != state.numbers.size()) return broken();
  return std::unique_ptr<Regressor>(
      std::make_unique<TinyRegressor>(inputs, outputs, std::move(parts)));
}

}  // namespace kernwise::detail
