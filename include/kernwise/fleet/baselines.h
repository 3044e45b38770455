// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Published and naive ways to predict a new device's costs from few samples, to compare with. All
// hyper-parameters are chosen on the target's samples alone, by leaving out or cross-validation.
//
//   best-proxy     the known device whose order agrees best with the samples (Spearman), as it is
//   scratch        ridge on the one-hot encoding (additive in the log cost), no known device
//   scratch-rich   ridge on the rich encoding: one-hot + 0.7 x products of all pairs of one-hots +
//                  counts of choices
//   additive       ridge from [best proxy's log cost, one-hot encoding]
//   adaproxy-p     AdaProxy (Lu, Yang & Ren 2021, arXiv 2111.01203) on the best proxy: with w the
//                  linear model of the proxy on the one-hot encoding and a constant, new weights
//                  w * (a + b) and intercept c minimise (1/n) |X (w * (a + b)) + c - y|^2 +
//                  lambda |b|_p on costs, p = 1, 2 or infinity, the norm not squared
//   ridge-mix      ridge from [all known devices' log costs as predicted by a ridge (penalty 3) on
//                  the rich encoding, 0.15 x rich encoding] to the log cost
//
// Thread-safety: const after `learn`.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/fleet/device_prior.h"
#include "kernwise/fleet/latency_table.h"

namespace kernwise {

enum class FewShotBaseline {
  kBestProxy,
  kScratch,
  kScratchRich,
  kAdditive,
  kAdaProxy1,
  kAdaProxy2,
  kAdaProxyInf,
  kRidgeMix,
};
inline constexpr int kFewShotBaselines = 8;
std::string_view to_string(FewShotBaseline baseline);

class Baselines {
 public:
  // As DevicePrior::learn. At most `max_rows` of the known designs are used for a device's model.
  static Result<Baselines> learn(const LatencyTable& table, std::span<const std::size_t> devices,
                                 std::span<const std::size_t> known, std::size_t max_rows = 900);

  // Costs > 0 of `rows`. At least one sample has a cost; failed ones are passed over.
  std::vector<double> predict(FewShotBaseline baseline, const DeviceSamples& samples,
                              std::span<const std::size_t> rows) const;

  // The known device (as a column of the table) that best-proxy takes.
  std::size_t best_proxy(const DeviceSamples& samples) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace kernwise
