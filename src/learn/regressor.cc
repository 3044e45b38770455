// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/regressor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "forest.h"
#include "kernel_regressor.h"
#include "kernwise/base/check.h"
#include "linear.h"
#include "mlp_regressors.h"
#include "tiny_regressor.h"

namespace kernwise {
namespace {

constexpr std::array<std::string_view, kRegressorKinds> kNames = {
    "linear", "nn1", "nn2", "nn-c", "extra-trees", "boosted-trees", "kernel"};

}  // namespace

std::string_view to_string(RegressorKind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

std::optional<RegressorKind> parse_regressor_kind(std::string_view name) {
  const auto at = std::find(kNames.begin(), kNames.end(), name);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<RegressorKind>(at - kNames.begin());
}

Result<std::unique_ptr<Regressor>> Regressor::train_further(const FitData&, const FitOptions&,
                                                            Rng&) const {
  return unsupported(fmt::format("a {} regressor cannot be trained further", to_string(kind())),
                     "fine-tuning needs a network: nn1, nn2 or nn-c");
}

Result<std::unique_ptr<Regressor>> fit_regressor(RegressorKind kind, const FitData& data,
                                                 const FitOptions& options, Rng& rng) {
  if (data.rows == 0 || data.outputs == 0 || data.inputs == 0) {
    return invalid_input("there is nothing to learn from: no rows, no features or no outputs");
  }
  KERNWISE_CHECK(static_cast<int64_t>(data.z.size()) == data.rows * data.inputs);
  KERNWISE_CHECK(static_cast<int64_t>(data.t.size()) == data.rows * data.outputs);
  KERNWISE_CHECK(static_cast<int64_t>(data.reach.size()) == data.inputs);
  KERNWISE_CHECK(static_cast<int64_t>(data.group.size()) == data.rows);
  const auto finite = [](float value) { return std::isfinite(value); };
  if (!std::all_of(data.z.begin(), data.z.end(), finite)) {
    return invalid_input("a feature is not a finite number");
  }
  if (std::any_of(data.t.begin(), data.t.end(), [](float v) { return std::isinf(v); })) {
    return invalid_input("a target is infinite; times must be greater than zero");
  }
  switch (kind) {
    case RegressorKind::kLinear: return detail::fit_linear(data);
    case RegressorKind::kMlpEach: return detail::fit_mlp_each(data, options, rng);
    case RegressorKind::kMlpShared: return detail::fit_mlp_shared(data, options, rng);
    case RegressorKind::kMlpTiny: return detail::fit_tiny(data, options, rng);
    case RegressorKind::kExtraTrees: return detail::fit_extra_trees(data, options, rng);
    case RegressorKind::kBoostedTrees: return detail::fit_boosted_trees(data, options, rng);
    case RegressorKind::kKernel: return detail::fit_kernel(data, options, rng);
  }
  return internal_error("no such regressor");
}

Result<std::unique_ptr<Regressor>> restore_regressor(const RegressorState& state) {
  switch (state.kind) {
    case RegressorKind::kLinear: return detail::restore_linear(state);
    case RegressorKind::kMlpEach:
    case RegressorKind::kMlpShared: return detail::restore_mlp(state);
    case RegressorKind::kMlpTiny: return detail::restore_tiny(state);
    case RegressorKind::kExtraTrees:
    case RegressorKind::kBoostedTrees: return detail::restore_forest(state);
    case RegressorKind::kKernel: {
      KERNWISE_ASSIGN(detail::KernelExpansion expansion, detail::KernelExpansion::restore(state));
      return std::unique_ptr<Regressor>(
          std::make_unique<detail::KernelRegressor>(std::move(expansion)));
    }
  }
  return invalid_input("no such regressor");
}

}  // namespace kernwise
