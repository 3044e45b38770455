// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "mlp_regressors.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "fit_rows.h"
#include "kernwise/learn/mlp.h"

namespace kernwise::detail {
namespace {

using Matrix = MlpMatrix;

constexpr int64_t kMaxParameters = int64_t{1} << 26;

// A net with the inputs that it reads and the outputs that it writes.
struct Part {
  std::vector<int64_t> inputs, outputs;
  Mlp net;
};

class MlpRegressor final : public Regressor {
 public:
  MlpRegressor(RegressorKind kind, int64_t inputs, int64_t outputs, std::vector<Part> parts)
      : kind_(kind), inputs_(inputs), outputs_(outputs), parts_(std::move(parts)) {}

  RegressorKind kind() const override { return kind_; }
  int64_t inputs() const override { return inputs_; }
  int64_t outputs() const override { return outputs_; }
  int64_t scratch_floats() const override {
    int64_t most = 0;
    for (const Part& part : parts_) most = std::max(most, part.net.scratch_floats());
    return inputs_ + outputs_ + most;
  }
  int64_t parameters() const override {
    int64_t count = 0;
    for (const Part& part : parts_) count += part.net.parameters();
    return count;
  }

  void predict(const float* z, float* t, float* scratch, const uint8_t*) const override {
    std::fill(t, t + outputs_, 0.0F);
    for (const Part& part : parts_) {
      float* in = scratch;
      float* out = in + inputs_;
      for (std::size_t i = 0; i < part.inputs.size(); ++i) in[i] = z[part.inputs[i]];
      part.net.predict(in, out, out + outputs_);
      for (std::size_t i = 0; i < part.outputs.size(); ++i) t[part.outputs[i]] = out[i];
    }
  }

  RegressorState state() const override {
    RegressorState state{kind_, {inputs_, outputs_, static_cast<int64_t>(parts_.size())}, {}};
    const auto put = [&](const std::vector<int64_t>& numbers) {
      state.numbers.push_back(static_cast<int64_t>(numbers.size()));
      state.numbers.insert(state.numbers.end(), numbers.begin(), numbers.end());
    };
    for (const Part& part : parts_) {
      put(part.inputs);
      put(part.outputs);
      put(part.net.sizes);
      state.tensors.push_back(part.net.flat());
    }
    return state;
  }

  Result<std::unique_ptr<Regressor>> train_further(const FitData& data, const FitOptions& options,
                                                   Rng& rng) const override;

 private:
  RegressorKind kind_;
  int64_t inputs_, outputs_;
  std::vector<Part> parts_;
};

struct PartData {
  Matrix z, t;
};

// The rows where at least one of the part's outputs was measured.
PartData rows_for(const FitData& data, const std::vector<int64_t>& inputs,
                  const std::vector<int64_t>& outputs) {
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < data.rows; ++i) {
    for (const int64_t p : outputs) {
      if (std::isnan(data.t[static_cast<std::size_t>(i * data.outputs + p)])) continue;
      rows.push_back(i);
      break;
    }
  }
  PartData result{Matrix(static_cast<int64_t>(rows.size()), static_cast<int64_t>(inputs.size())),
                  Matrix(static_cast<int64_t>(rows.size()), static_cast<int64_t>(outputs.size()))};
  for (Eigen::Index i = 0; i < result.z.rows(); ++i) {
    const int64_t row = rows[static_cast<std::size_t>(i)];
    for (Eigen::Index k = 0; k < result.z.cols(); ++k) {
      result.z(i, k) =
          data.z[static_cast<std::size_t>(row * data.inputs + inputs[static_cast<std::size_t>(k)])];
    }
    for (Eigen::Index k = 0; k < result.t.cols(); ++k) {
      result.t(i, k) = data.t[static_cast<std::size_t>(row * data.outputs +
                                                       outputs[static_cast<std::size_t>(k)])];
    }
  }
  return result;
}

std::vector<int64_t> counted(int64_t n) {
  std::vector<int64_t> all;
  for (int64_t i = 0; i < n; ++i) all.push_back(i);
  return all;
}

MlpTraining training_for(RegressorKind kind, const FitOptions& options) {
  MlpTraining training;
  training.epochs = options.epochs;
  if (options.epochs == 0) training.epochs = kind == RegressorKind::kMlpEach ? 100 : 250;
  return training;
}

Result<std::unique_ptr<Regressor>> MlpRegressor::train_further(const FitData& data,
                                                               const FitOptions& options,
                                                               Rng& rng) const {
  std::vector<Part> parts = parts_;
  MlpTraining training = training_for(kind_, options);
  if (options.epochs == 0) training.epochs = data.rows < 100 ? 150 : 80;
  training.rate = 5e-4;
  training.batch = std::min<int64_t>(training.batch, std::max<int64_t>(4, data.rows / 4));
  for (Part& part : parts) {
    const PartData rows = rows_for(data, part.inputs, part.outputs);
    if (rows.z.rows() > 0) train_mlp(part.net, rows.z, rows.t, training, rng);
  }
  return std::unique_ptr<Regressor>(
      std::make_unique<MlpRegressor>(kind_, inputs_, outputs_, std::move(parts)));
}

std::unique_ptr<Regressor> made(RegressorKind kind, const FitData& data, std::vector<Part> parts) {
  return std::make_unique<MlpRegressor>(kind, data.inputs, data.outputs, std::move(parts));
}

}  // namespace

Result<std::unique_ptr<Regressor>> fit_mlp_shared(const FitData& data, const FitOptions& options,
                                                  Rng& rng) {
  Part part{counted(data.inputs), counted(data.outputs),
            Mlp({data.inputs, 128, 256, 256, 128, data.outputs}, rng)};
  const PartData rows = rows_for(data, part.inputs, part.outputs);
  train_mlp(part.net, rows.z, rows.t, training_for(RegressorKind::kMlpShared, options), rng);
  std::vector<Part> parts;
  parts.push_back(std::move(part));
  return made(RegressorKind::kMlpShared, data, std::move(parts));
}

Result<std::unique_ptr<Regressor>> fit_mlp_each(const FitData& data, const FitOptions& options,
                                                Rng& rng) {
  std::vector<Part> parts;
  for (int64_t p = 0; p < data.outputs; ++p) {
    Part part{counted(data.inputs), {p}, Mlp({data.inputs, 16, 64, 64, 16, 1}, rng)};
    const PartData rows = rows_for(data, part.inputs, part.outputs);
    if (rows.z.rows() == 0) continue;
    train_mlp(part.net, rows.z, rows.t, training_for(RegressorKind::kMlpEach, options), rng);
    parts.push_back(std::move(part));
  }
  return made(RegressorKind::kMlpEach, data, std::move(parts));
}

Result<std::unique_ptr<Regressor>> restore_mlp(const RegressorState& state) {
  const auto broken = [] { return invalid_input("the network's numbers contradict each other"); };
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
  const auto list = [&](int64_t least, int64_t most, int64_t low, int64_t high) {
    std::vector<int64_t> values;
    const int64_t length = next(least, most);
    for (int64_t i = 0; i < length && good; ++i) values.push_back(next(low, high));
    return values;
  };
  std::vector<Part> parts;
  for (int64_t i = 0; i < count && good; ++i) {
    Part part;
    part.inputs = list(0, inputs, 0, inputs - 1);
    part.outputs = list(1, outputs, 0, outputs - 1);
    part.net.sizes = list(2, 16, 0, 1 << 16);
    if (!good) break;
    const std::vector<int64_t>& sizes = part.net.sizes;
    int64_t parameters = sizes.front() * sizes.back();
    for (std::size_t k = 0; k + 1 < sizes.size(); ++k) {
      parameters += (sizes[k] + 1) * sizes[k + 1];
      if (parameters > kMaxParameters) return broken();
    }
    const std::vector<float>& flat = state.tensors[static_cast<std::size_t>(i)];
    if (sizes.front() != static_cast<int64_t>(part.inputs.size()) ||
        sizes.back() != static_cast<int64_t>(part.outputs.size()) ||
        parameters != static_cast<int64_t>(flat.size())) {
      return broken();
    }
    part.net.assign(flat);
    parts.push_back(std::move(part));
  }
  if (!good || at != state.numbers.size()) return broken();
  return std::unique_ptr<Regressor>(
      std::make_unique<MlpRegressor>(state.kind, inputs, outputs, std::move(parts)));
}

}  // namespace kernwise::detail
