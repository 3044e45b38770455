// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "evolved_candidates.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "fleet_device.h"
#include "kernwise/fleet/accuracy_model.h"
#include "kernwise/fleet/device_aware.h"
#include "kernwise/fleet/pareto.h"

namespace kernwise::detail {
namespace {

constexpr std::size_t kMostAccuracies = 400;

Result<AccuracyModel> accuracy_of(const DesignSpace& space, std::span<const Design> designs,
                                  std::span<const double> accuracy) {
  std::vector<Design> known;
  std::vector<double> truth;
  for (std::size_t row = 0; row < designs.size(); ++row) {
    if (std::isnan(accuracy[row])) continue;
    known.push_back(designs[row]);
    truth.push_back(accuracy[row]);
  }
  const std::size_t step = std::max<std::size_t>(1, known.size() / kMostAccuracies);
  std::vector<Design> thin;
  std::vector<double> thin_truth;
  for (std::size_t i = 0; i < known.size(); i += step) {
    thin.push_back(known[i]);
    thin_truth.push_back(truth[i]);
  }
  return fit_accuracy(space, thin, thin_truth);
}

}  // namespace

Result<std::vector<Design>> evolved_candidates(const DesignSpace& space,
                                               std::span<const Design> designs,
                                               const LatencyTable& costs,
                                               std::span<const double> accuracy, int proxies,
                                               Rng& rng) {
  const std::vector<std::size_t> columns = source_columns(costs);
  KERNWISE_ASSIGN(const AccuracyModel accuracies, accuracy_of(space, designs, accuracy));
  KERNWISE_ASSIGN(const DeviceAwareModel model, fit_device_aware(costs, columns));
  const std::size_t width = model.embedding_size();
  const std::span<const float> embeddings = model.trained_embeddings();
  std::set<Design> found;
  const std::size_t count = std::min(columns.size(), static_cast<std::size_t>(proxies));
  for (std::size_t k = 0; k < count; ++k) {
    // Proxies spread over the list: neighbours in a table are often of one family.
    const auto embedding = embeddings.subspan(k * columns.size() / count * width, width);
    std::vector<float> code(one_hot_size(space)), basis(width);
    const DesignScorer score = [&](std::span<ScoredDesign> scored) {
      for (ScoredDesign& one : scored) {
        // The model's codes do not know of inactive positions: they have a choice like any other.
        std::fill(code.begin(), code.end(), 0.0F);
        std::size_t at = 0;
        for (std::size_t p = 0; p < one.design.size(); ++p) {
          code[at + one.design[p]] = 1;
          at += space.positions[p].choices.size();
        }
        model.relaxed_basis(code, basis.data(), nullptr);
        one.cost = 0;
        for (std::size_t i = 0; i < width; ++i) {
          one.cost += static_cast<double>(basis[i]) * static_cast<double>(embedding[i]);
        }
        one.value = accuracies.predict(space, one.design).mean;
      }
    };
    for (ScoredDesign& one :
         evolve_pareto(space, score, {.population = 64, .generations = 60}, rng)) {
      found.insert(std::move(one.design));
    }
  }
  return std::vector<Design>(found.begin(), found.end());
}

}  // namespace kernwise::detail
