// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "combination.h"

#include <cmath>

namespace kernwise::nnc {
namespace {

bool varies(const Combination& combination, std::size_t input) {
  for (std::size_t at = input; at < combination.x.size(); at += combination.inputs()) {
    if (combination.x[at] != combination.x[input]) return true;
  }
  return false;
}

}  // namespace

Samples samples_of(const Combination& combination, const std::vector<int64_t>& rows, Target target,
                   Complexity complexity) {
  Samples samples;
  samples.schema = {combination.schema.name, combination.schema.version, {}};
  samples.outputs = {combination.variant};
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < combination.inputs(); ++i) {
    const Feature& feature = combination.schema.features[i];
    if (complexity == Complexity::kHidden && feature.reach == 0) continue;
    if (complexity == Complexity::kPublished &&
        !(feature.complexity || (feature.reach != 0 && varies(combination, i)))) {
      continue;
    }
    kept.push_back(i);
    samples.schema.features.push_back(feature);
  }
  for (const int64_t row : rows) {
    const auto at = static_cast<std::size_t>(row);
    for (const std::size_t i : kept) {
      const double log = combination.x[at * combination.inputs() + i];
      samples.x.push_back(target == Target::kLogSeconds ? log : std::exp(log));
    }
    const double time = combination.time_s[at];
    samples.y.push_back(target == Target::kLogSeconds ? std::log(time) : time);
    samples.group.push_back(static_cast<int>(combination.shape[at]));
  }
  return samples;
}

std::vector<double> times_of(const Combination& combination, const std::vector<int64_t>& rows) {
  std::vector<double> times;
  for (const int64_t row : rows) times.push_back(combination.time_s[static_cast<std::size_t>(row)]);
  return times;
}

}  // namespace kernwise::nnc
