// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// From a problem to numbers. One function serves training and prediction, for our own problems and
// for rows of published tables alike (a table's row is made into a problem first). The schema's
// hash is stored in every model, so that a model meets no features but those it was trained on.
//
// All features are natural logarithms of sizes: times are nearly products of powers of them, and a
// model of logarithms can never predict a negative time. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/problem.h"

namespace kernwise {

struct Feature {
  std::string name;
  // How far one standard deviation of it moves a problem for kernel methods (see regressor.h).
  // Sums of other features have 0: a distance should not count them twice.
  double reach = 0;
  // The complexity C of the work (Srivastava et al. 2020; of convolutions the size of the im2col
  // matrix too): a small model always sees it.
  bool complexity = false;
};

struct FeatureSchema {
  std::string name;  // "conv", "transform"
  int version = 1;
  std::vector<Feature> features;

  std::string hash() const;  // of name, version and the features' names
};

// Shapes, strides, groups, threads; multiply-adds, bytes of input, output, weights and im2col
// matrix; how much of the output's tiles of 2, 3 and 4 is waste; how many times two divides the
// sizes of input and output, which decides how their strides meet in a cache; and the
// post-operators that cost something.
const FeatureSchema& conv_features();
// Shape and bytes. Which layouts is not a feature: each pair is an output of its own.
const FeatureSchema& transform_features();
// The features of a kind of problem. gemm (m n k), gemv (m n) and matconv (h w r) have their sizes
// by name, then "threads", "work" (graph/work.h, kOperations: the complexity C of small models) and
// "bytes" (least_traffic). All kinds but these and the two above have the same list (shape of the
// output, elements in, out and of weights, work for each output element, inputs, post-operators,
// threads), each under its own name.
//
// Behind them lie terms of single algorithms of the kind, of which a small model of one primitive
// takes those that tell about its times: the other terms of graph/work.h; for gemm and gemv "tail",
// what n leaves beyond whole vectors; for matconv how many times two divides the sides that a
// Fourier transform is padded to (columns that far apart meet in few sets of a cache). pool has
// "operations", the published complexity, and the steps of both of its algorithms.
const FeatureSchema& feature_schema(ProblemKind kind);

// Whether a model of `schema` can be asked about the kind: its schema is the one above, or an
// earlier version of it, of which the later one is a continuation. kInvalidInput says what differs.
Status check_features(const FeatureSchema& schema, ProblemKind kind);

// `to` has as many entries as feature_schema(problem.kind()) has features, or as an earlier version
// of it had: those at the beginning are then computed.
Status compute_features(const Problem& problem, int threads, std::span<double> to);

// Where the number of threads stands among the features of a kind: it enters no other one, so that
// the same problem with other threads differs there alone.
std::size_t threads_feature(ProblemKind kind);
double threads_value(int threads);  // threads >= 1

// A row of a table that states input channels, kernels, image size, kernel size and stride only:
// square, dense, one image, padded so that stride 1 keeps the size.
Problem table_conv(int64_t c, int64_t k, int64_t im, int64_t f, int64_t s);
Problem table_transform(int64_t c, int64_t im);

}  // namespace kernwise
