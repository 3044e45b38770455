// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The network of Srivastava et al. 2020 as published, for the comparison only: one hidden layer of
// ReLU, linear output, mean squared error, full-batch Adam (Kingma & Ba 2015), and, a defect, the
// checkpoint with the lowest error on the *test* set. Hidden units: as many as 75 parameters allow.
#pragma once

#include <Eigen/Core>

#include <functional>

#include "kernwise/base/rng.h"

namespace kernwise::nnc {

struct PaperNetOptions {
  double rate = 1e-3;
  int steps = 10000;
  int check_every = 200;  // steps between looks at the test set
};

inline constexpr int64_t kPaperNetParameters = 75;
int64_t paper_net_hidden(int64_t inputs);

// z: rows x inputs, t: rows. Trains and returns the prediction for `test` (rows x inputs) of the
// checkpoint for which `judge` gives the smallest number.
Eigen::VectorXf train_paper_net(const Eigen::MatrixXf& z, const Eigen::VectorXf& t,
                                const Eigen::MatrixXf& test, const PaperNetOptions& options,
                                const std::function<double(const Eigen::VectorXf&)>& judge,
                                Rng& rng);

}  // namespace kernwise::nnc
