// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// AdaProxy's fit (arXiv 2111.01203), by accelerated proximal gradients (Beck & Teboulle 2009).
#pragma once

#include <Eigen/Core>

namespace kernwise::detail {

enum class AdaNorm { kOne, kTwo, kInf };

// z = X * diag(w): samples x weights, the proxy's linear terms of each sample; y the costs. What it
// predicts for terms z' is z' * (a + b) + c. lambda by five-fold cross-validation on the samples
// (leaving one out below ten).
struct AdaFit {
  Eigen::VectorXd b;
  double a = 1, c = 0;
};
AdaFit fit_adaproxy(const Eigen::MatrixXd& z, const Eigen::VectorXd& y, AdaNorm norm);

}  // namespace kernwise::detail
