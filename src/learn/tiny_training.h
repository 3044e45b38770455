// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Fits a TinyNet by Levenberg-Marquardt (Marquardt 1963), which on a few dozen parameters goes in a
// hundred steps where gradient descent does not in ten thousand. Two things keep it from learning
// noise:
//  - Bayesian regularisation (MacKay 1992; Foresee & Hagan 1997): each group of parameters (powers,
//    hidden weights, output weights) has a Gaussian prior whose width is what the data supports.
//  - Errors follow Student's t with five degrees of freedom: a disturbed measurement pulls little
//    (Lange, Little & Taylor 1989, by iterated weights).
// Deterministic: no randomness beside the start. Thread-safety: pure functions.
#pragma once

#include <Eigen/Core>

#include <vector>

#include "kernwise/base/rng.h"
#include "tiny_net.h"

namespace kernwise::detail {

struct TinyFit {
  std::vector<double> parameters;
  // Logarithm of the squared scale of the errors, corrected for how many parameters the data really
  // sets (generalised cross-validation, Craven & Wahba 1979). The smaller the better.
  double score = 0;
  double effective = 0;  // parameters that the data sets, of all
};

// A start: the first term is the linear fit, everything else random around it.
std::vector<double> tiny_start(const TinyShape& shape, const Eigen::MatrixXd& z,
                               const Eigen::VectorXd& t, Rng& rng);

// z: rows x inputs; t: rows. `centre` is where the prior has its mean (empty: zero); training begins
// at `start`.
TinyFit train_tiny(const TinyShape& shape, const Eigen::MatrixXd& z, const Eigen::VectorXd& t,
                   std::vector<double> start, const std::vector<double>& centre, int iterations);

}  // namespace kernwise::detail
