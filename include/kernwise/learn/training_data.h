// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// From measurements to samples. Thread-safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernwise/graph/problem.h"
#include "kernwise/learn/samples.h"
#include "kernwise/store/measurement.h"

namespace kernwise {

// What a model calls the time of a primitive for a problem: "winograd-f4x3-nhwc@2", with the
// revision, and for a layout transform "own-copy@1:nchw-nhwc", because each pair of layouts is a
// thing of its own. A primitive of another revision is so another output.
std::string output_name(const Problem& problem, std::string_view primitive, int revision);

struct TrainingData {
  Samples samples;                    // one row for each problem that has a sound measurement
  std::vector<std::string> problems;  // per row, canonical
};

// Of one kind of problem. `measurements`: combined repetitions (store.h), one per key, all for one
// device, thread count and protocol. Those around which the reference problem drifted are left
// out. A group is what shares (channels in, channels out, image size), or for other kinds the
// shape of the output: variants of one layer are never on both sides of a split.
TrainingData training_data(ProblemKind kind, const std::vector<Measurement>& measurements,
                           int threads);
// The same in the features of a model's schema (check_features).
TrainingData training_data(const FeatureSchema& schema, ProblemKind kind,
                           const std::vector<Measurement>& measurements, int threads);

}  // namespace kernwise
