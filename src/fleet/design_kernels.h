// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How alike designs are, by their encoding alone. All kernels are positive semi-definite. Rows are
// rows of the table. Thread-safety: const after construction.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <vector>

#include "kernwise/fleet/latency_table.h"

namespace kernwise::detail {

using Rows = std::span<const std::size_t>;
using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

class DesignKernels {
 public:
  explicit DesignKernels(const LatencyTable& table);

  bool counts_choices() const { return kinds_ > 0; }
  std::size_t kinds() const { return kinds_; }
  const LatencyTable& table() const { return *table_; }

  // Number of positions with the same choice; what the one-hot encodings have in common.
  Matrix matches(Rows a, Rows b) const;
  // Product of the counts of each choice over positions; zero if positions choose differently.
  Matrix counts(Rows a, Rows b) const;
  // Product of the rich encodings: one-hot + 0.7 x products of all pairs of one-hots (+ counts of
  // choices if `with_counts`).
  Matrix rich(Rows a, Rows b, bool with_counts) const;
  // exp(-|difference of counts|^2 / (2 * positions)); without counts, exp(-differing positions).
  Matrix smooth(Rows a, Rows b) const;

 private:
  const LatencyTable* table_;
  std::size_t kinds_ = 0;
};

}  // namespace kernwise::detail
