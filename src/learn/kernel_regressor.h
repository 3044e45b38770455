// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Gaussian-process regression with a Matern 3/2 kernel (Rasmussen & Williams 2006, algorithm 2.1)
// around a linear mean with a wide prior, all outputs under one metric. Outputs that were measured
// in the same rows share one factorisation. Times of convolutions are smooth in the logarithms of
// their sizes but for cache and tile effects, which is what this kernel assumes.
#pragma once

#include <memory>

#include "kernel_expansion.h"
#include "kernwise/learn/regressor.h"

namespace kernwise::detail {

class KernelRegressor final : public Regressor {
 public:
  explicit KernelRegressor(KernelExpansion expansion) : expansion_(std::move(expansion)) {}

  RegressorKind kind() const override { return RegressorKind::kKernel; }
  int64_t inputs() const override { return expansion_.inputs(); }
  int64_t outputs() const override { return expansion_.outputs(); }
  int64_t scratch_floats() const override { return expansion_.scratch_floats(); }
  void predict(const float* z, float* t, float* scratch, const uint8_t* wanted) const override {
    expansion_.evaluate(z, t, scratch, wanted);
  }
  int64_t parameters() const override { return expansion_.parameters(); }
  RegressorState state() const override { return expansion_.state(); }

 private:
  KernelExpansion expansion_;
};

Result<std::unique_ptr<Regressor>> fit_kernel(const FitData& data, const FitOptions& options,
                                              Rng& rng);

}  // namespace kernwise::detail
