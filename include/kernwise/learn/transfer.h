// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Carrying a model to a device where only a handful of problems has been measured.
//
//   as-is          the source model unchanged
//   factor         one factor per primitive: the median ratio of the samples
//   factor-shrunk  the same, drawn towards the factor of all primitives as strongly as
//                  cross-validation on the samples asks for
//   fine-tune      a network trained further on the samples
//   scratch        a kernel model of the samples alone
//   residual       (the default) a Gaussian process of what the source model gets wrong, shared
//                  between primitives: a common part, one per family and one per primitive, each
//                  with a factor, a slope along every axis and a smooth part. How far its parts
//                  reach is validated on the samples. See docs/method/transfer.md.
//
// All but `scratch` keep the source's scaling, so the samples are the only thing needed of the
// target. Every sample is one problem with all of its measured primitives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/learn/model.h"

namespace kernwise {

enum class TransferMethod : uint8_t {
  kAsIs = 0,
  kFactor = 1,
  kFactorShrunk = 2,
  kFineTune = 3,
  kScratch = 4,
  kResidual = 5,
};
inline constexpr int kTransferMethods = 6;
// Chosen on development splits, before any test data was met.
inline constexpr TransferMethod kDefaultTransfer = TransferMethod::kResidual;
std::string_view to_string(TransferMethod method);
std::optional<TransferMethod> parse_transfer_method(std::string_view name);

struct TransferOptions {
  TransferMethod method = kDefaultTransfer;
  // Family of each output of the source ("winograd"); empty: the part of its name before the
  // first '-'. Members of a family are expected to change alike.
  std::vector<std::string> families;
  FitOptions fit;
};

// `samples` may have other outputs than the source: those unknown to the source are dropped (but
// for `scratch`), those without any sample follow their family. The interval comes from
// cross-validation on the samples, whole groups held out; for as-is, and where there is one group
// only, from what the source got wrong on them; fine-tune has none. The winners' factor is 1.
// kInvalidInput for another schema or no samples (but for as-is).
Result<PerformanceModel> transfer(const PerformanceModel& source, const Samples& samples,
                                  const TransferOptions& options, Rng& rng);

// For a kind of problem of which nothing was measured on the target: every output times the median
// factor of `residuals` (logarithms of measured over predicted times, of other kinds), with their
// spread as its uncertainty on top of its own.
PerformanceModel with_factor(const PerformanceModel& source, std::vector<double> residuals);

// Which of the candidate problems (rows of features; their times are not looked at) to measure:
// greedily the one that most lowers the mean uncertainty over all candidates (Seo et al. 2000,
// "ALC"). Problems that stand for many are taken first, and what they settle is not asked again.
std::vector<int64_t> choose_samples(const PerformanceModel& source, const Samples& candidates,
                                    int64_t count, Rng& rng);

}  // namespace kernwise
