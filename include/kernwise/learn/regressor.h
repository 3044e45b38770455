// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The contract of everything that can be fitted: standardised features in, standardised logarithms
// of times out, one for each primitive. Scaling, units, intervals and ranges are the business of
// PerformanceModel (model.h), which owns one of these.
//
// A fitted regressor is immutable: predict may be called from several threads, each with scratch
// memory of its own, and allocates nothing. An output without any sample predicts 0, the mean;
// PerformanceModel knows which those are.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"

namespace kernwise {

// Appear in files. Frozen by a test, as are the names.
enum class RegressorKind : uint8_t {
  kLinear = 0,        // "linear": ridge regression on the logarithms, one per output
  kMlpEach = 1,       // "nn1": one small network per output
  kMlpShared = 2,     // "nn2": one network for all outputs
  kMlpTiny = 3,       // "nn-c": at most 75 parameters per output, the best of several starts
  kExtraTrees = 4,    // "extra-trees": Geurts, Ernst & Wehenkel 2006, as scikit-learn has them
  kBoostedTrees = 5,  // "boosted-trees": grown by XGBoost, evaluated by us
  kKernel = 6,        // "kernel": Gaussian process, Matern 3/2 around a linear mean
};
inline constexpr int kRegressorKinds = 7;
std::string_view to_string(RegressorKind kind);
std::optional<RegressorKind> parse_regressor_kind(std::string_view name);

// Standardised samples. t is NaN where there is no measurement.
struct FitData {
  int64_t rows = 0, inputs = 0, outputs = 0;
  std::vector<float> z;                  // rows x inputs
  std::vector<float> t;                  // rows x outputs
  std::vector<int> group;                // per row
  std::vector<double> reach;             // per input: Feature::reach
  std::vector<uint8_t> complexity = {};  // per input: Feature::complexity; empty: none is
};

struct FitOptions {
  int epochs = 0;    // of networks; 0: what suits the kind and the number of rows
  int restarts = 5;  // of tiny networks
  int trees = 100;
  int min_leaf = 1;           // samples in a leaf of extra-trees
  int64_t max_points = 6000;  // the kernel keeps at most so many rows (drawn by the generator)
  bool tune = true;           // kernel: length scales and noise by held-out groups
};

// Everything a fitted regressor consists of, for model files. What the numbers mean is known to
// the kind alone; restore_regressor checks them all.
struct RegressorState {
  RegressorKind kind = RegressorKind::kLinear;
  std::vector<int64_t> numbers;
  std::vector<std::vector<float>> tensors;
  friend bool operator==(const RegressorState&, const RegressorState&) = default;
};

class Regressor {
 public:
  virtual ~Regressor() = default;
  virtual RegressorKind kind() const = 0;
  virtual int64_t inputs() const = 0;
  virtual int64_t outputs() const = 0;
  virtual int64_t scratch_floats() const = 0;
  // t: one number for each output. `wanted` (one for each output; null: all) may spare the work for
  // the others, whose numbers then mean nothing.
  virtual void predict(const float* z, float* t, float* scratch,
                       const uint8_t* wanted = nullptr) const = 0;
  virtual int64_t parameters() const = 0;  // numbers that fitting has set, over all outputs
  virtual RegressorState state() const = 0;
  // The same kind, trained further from here (fine-tuning); kUnsupported for what is not a network.
  virtual Result<std::unique_ptr<Regressor>> train_further(const FitData& data,
                                                           const FitOptions& options,
                                                           Rng& rng) const;
};

// kInvalidInput without rows or outputs; kUnsupported if this build lacks the library of the kind.
Result<std::unique_ptr<Regressor>> fit_regressor(RegressorKind kind, const FitData& data,
                                                 const FitOptions& options, Rng& rng);

// From untrusted numbers: kInvalidInput where they do not make a regressor.
Result<std::unique_ptr<Regressor>> restore_regressor(const RegressorState& state);

}  // namespace kernwise
