// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "compat.h"

#include <set>
#include <utility>

#include "kernwise/footprint/perf4sight_features.h"
#include "kernwise/footprint/step_memory.h"
#include "kernwise/learn/regressor.h"

namespace kernwise::footprint_here {
namespace {

// Convolutions and fully connected layers, with the shapes of one image.
Result<Design> design_of(const Network& network) {
  KERNWISE_ASSIGN(const LayerGraph graph, unfolded_graph(network, 1, kMost));
  Design design;
  for (const Layer& layer : graph.layers) {
    design.parameters += learned_bytes(layer) / 4;
    const Shape4 out = output_shape(layer.problem);
    if (const auto* p = layer.problem.as<ConvProblem>()) {
      design.layers.push_back({false, p->ic, p->oc, p->ih, p->iw, out.h, out.w, p->kh, p->kw, p->sh,
                               p->pt, p->pl, p->g});
    } else if (const auto* q = layer.problem.as<FcProblem>()) {
      design.layers.push_back({true, q->ic * q->ih * q->iw, q->oc});
    }
  }
  KERNWISE_TRY(check_design(design));
  return design;
}

std::array<double, kTargets> figures(const Row& row) {
  const StepRecord& r = row.record;
  return {static_cast<double>(r.allocated_bytes), static_cast<double>(r.reserved_bytes),
          static_cast<double>(r.used_bytes), r.timed.step_s};
}

}  // namespace

Result<std::vector<std::array<double, kTargets>>> predict_compat(
    const Data& data, const std::vector<std::size_t>& train, const std::vector<std::size_t>& test,
    const Options& options) {
  std::vector<Design> designs;
  for (const Network& network : data.variants) {
    KERNWISE_ASSIGN(designs.emplace_back(), design_of(network));
  }
  const auto features = [&](const Row& row) {
    std::vector<float> z;
    for (const double x : perf4sight_training(designs[row.variant], row.record.timed.step.batch)) {
      z.push_back(static_cast<float>(x));
    }
    return z;
  };
  std::set<Optimizer> optimizers;
  for (const std::size_t i : test) optimizers.insert(data.rows[i].record.timed.step.optimizer);
  std::vector<std::array<double, kTargets>> predicted(test.size());
  for (const Optimizer optimizer : optimizers) {
    for (std::size_t target = 0; target < kTargets; ++target) {
      FitData rows;
      rows.inputs = kPerf4sightTraining;
      rows.outputs = 1;
      rows.reach.assign(kPerf4sightTraining, 0);
      for (const std::size_t i : train) {
        const Row& row = data.rows[i];
        if (row.record.timed.step.optimizer != optimizer) continue;
        const std::vector<float> z = features(row);
        rows.z.insert(rows.z.end(), z.begin(), z.end());
        rows.t.push_back(static_cast<float>(figures(row)[target]));
        rows.group.push_back(static_cast<int>(rows.rows++));
      }
      Rng rng(options.seed);
      FitOptions fit;
      fit.trees = options.trees;
      KERNWISE_ASSIGN(const auto trees, fit_regressor(RegressorKind::kExtraTrees, rows, fit, rng));
      std::vector<float> scratch(static_cast<std::size_t>(trees->scratch_floats()));
      for (std::size_t i = 0; i < test.size(); ++i) {
        const Row& row = data.rows[test[i]];
        if (row.record.timed.step.optimizer != optimizer) continue;
        float t = 0;
        trees->predict(features(row).data(), &t, scratch.data());
        predicted[i][target] = double{t};
      }
    }
  }
  return predicted;
}

}  // namespace kernwise::footprint_here
