// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Extremely randomised trees (Geurts, Ernst & Wehenkel 2006, table 1) with scikit-learn's choices:
// no bootstrap, all inputs tried at each node, one uniform threshold each, least squared error.
#include <algorithm>
#include <cmath>
#include <utility>

#include "forest.h"

namespace kernwise::detail {
namespace {

struct Growing {
  const std::vector<const float*>& rows;  // inputs of each sample
  const std::vector<float>& values;
  int64_t inputs;
  int min_leaf;
};

struct Cut {
  int64_t input = -1;
  float threshold = 0;
  double gain = -1;
};

Cut best_cut(const Growing& g, const std::vector<int32_t>& order, int64_t first, int64_t last,
             Rng& rng) {
  Cut best;
  const auto row = [&](int64_t i) { return order[static_cast<std::size_t>(i)]; };
  for (int64_t f = 0; f < g.inputs; ++f) {
    float low = g.rows[static_cast<std::size_t>(row(first))][f], high = low;
    for (int64_t i = first + 1; i < last; ++i) {
      const float z = g.rows[static_cast<std::size_t>(row(i))][f];
      low = std::min(low, z);
      high = std::max(high, z);
    }
    if (!(high > low)) continue;
    auto threshold = static_cast<float>(rng.uniform(double{low}, double{high}));
    if (!(threshold > low)) threshold = high;
    double left = 0, right = 0;
    int64_t count = 0;
    for (int64_t i = first; i < last; ++i) {
      const auto sample = static_cast<std::size_t>(row(i));
      if (g.rows[sample][f] < threshold) {
        left += double{g.values[sample]};
        ++count;
      } else {
        right += double{g.values[sample]};
      }
    }
    const int64_t others = last - first - count;
    if (count < g.min_leaf || others < g.min_leaf) continue;
    // The sum of squared errors falls by what these two terms gain.
    const double gain =
        left * left / static_cast<double>(count) + right * right / static_cast<double>(others);
    if (gain > best.gain) best = {f, threshold, gain};
  }
  return best;
}

void grow(const Growing& g, Forest& forest, float share, Rng& rng) {
  std::vector<int32_t> order(g.rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int32_t>(i);
  struct Open {
    int64_t first, last;
    std::size_t node;
  };
  forest.roots.push_back(static_cast<int32_t>(forest.nodes.size()));
  forest.nodes.emplace_back();
  std::vector<Open> open = {{0, static_cast<int64_t>(order.size()), forest.nodes.size() - 1}};
  while (!open.empty()) {
    const Open at = open.back();
    open.pop_back();
    double sum = 0;
    bool equal = true;
    for (int64_t i = at.first; i < at.last; ++i) {
      const float value = g.values[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])];
      sum += double{value};
      equal =
          equal &&
          value == g.values[static_cast<std::size_t>(order[static_cast<std::size_t>(at.first)])];
    }
    const int64_t count = at.last - at.first;
    Cut cut;
    if (!equal && count >= 2 * g.min_leaf) cut = best_cut(g, order, at.first, at.last, rng);
    if (cut.input < 0) {
      forest.nodes[at.node].value = share * static_cast<float>(sum / static_cast<double>(count));
      continue;
    }
    const auto middle =
        std::partition(order.begin() + at.first, order.begin() + at.last, [&](int32_t sample) {
          return g.rows[static_cast<std::size_t>(sample)][cut.input] < cut.threshold;
        });
    const int64_t half = middle - order.begin();
    const std::size_t left = forest.nodes.size();
    forest.nodes.resize(left + 2);
    forest.nodes[at.node] = {static_cast<int32_t>(cut.input), static_cast<int32_t>(left),
                             static_cast<int32_t>(left + 1), cut.threshold};
    open.push_back({at.first, half, left});
    open.push_back({half, at.last, left + 1});
  }
}

}  // namespace

Result<std::unique_ptr<Regressor>> fit_extra_trees(const FitData& data, const FitOptions& options,
                                                   Rng& rng) {
  std::vector<Forest> forests(static_cast<std::size_t>(data.outputs));
  const int trees = std::max(1, options.trees);
  for (int64_t p = 0; p < data.outputs; ++p) {
    std::vector<const float*> rows;
    std::vector<float> values;
    for (int64_t i = 0; i < data.rows; ++i) {
      const float t = data.t[static_cast<std::size_t>(i * data.outputs + p)];
      if (std::isnan(t)) continue;
      rows.push_back(&data.z[static_cast<std::size_t>(i * data.inputs)]);
      values.push_back(t);
    }
    if (rows.empty()) continue;
    const Growing growing{rows, values, data.inputs, std::max(1, options.min_leaf)};
    for (int tree = 0; tree < trees; ++tree) {
      grow(growing, forests[static_cast<std::size_t>(p)], 1.0F / static_cast<float>(trees), rng);
    }
  }
  return make_forest_regressor(RegressorKind::kExtraTrees, data.inputs, std::move(forests));
}

}  // namespace kernwise::detail
