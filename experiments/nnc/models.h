// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The models that the paper compares, for one combination (Srivastava et al. 2020), all in the same
// two forms: of logarithms (the default here), or of seconds as published.
//
//   nn-c    at most 75 parameters, complexity among its inputs
//   nn      the same, without complexity
//   cons    t = w C + b, least squares in closed form: of relative errors with the log target (so
//           that it is judged by what it was fitted for), of seconds as published
//   lr-c    linear in all inputs, complexity among them
//   nlr-c   100 extra-trees (Geurts et al. 2006) on the same inputs
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "combination.h"
#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"

namespace kernwise::nnc {

enum class Model : uint8_t { kNnC = 0, kNn = 1, kCons = 2, kLrC = 3, kNlrC = 4 };
inline constexpr std::array kModels = {Model::kNnC, Model::kNn, Model::kCons, Model::kLrC,
                                       Model::kNlrC};
std::string_view to_string(Model model);  // "nn-c"
bool is_network(Model model);             // its start is random

struct Line {  // t = slope * C + constant
  double slope = 0, constant = 0;
};
// Weighted least squares; two points with different C at least, else slope 0.
Line fit_line(const std::vector<double>& work, const std::vector<double>& times,
              const std::vector<double>& weights);

struct ModelOptions {
  Target target = Target::kLogSeconds;
  int restarts = 6;  // of networks; the best on the training data is kept
  int steps = 0;     // of their training; 0: to the end
};

// Trained on `train`, seconds for `test`. With kSeconds they may be negative.
Result<std::vector<double>> predict_times(Model model, const Combination& combination,
                                          const std::vector<int64_t>& train,
                                          const std::vector<int64_t>& test,
                                          const ModelOptions& options, Rng& rng);

}  // namespace kernwise::nnc
