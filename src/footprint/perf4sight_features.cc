// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/perf4sight_features.h"

#include <algorithm>
#include <cmath>

namespace kernwise {
namespace {

double squared(double x) { return x * x; }

// One convolution as the published code sees it.
struct Conv {
  double bs, ic, oc, k, ip, op, e;  // e: input channels of a group

  Conv(const DesignLayer& l, int64_t batch)
      : bs(static_cast<double>(batch)), ic(static_cast<double>(l.in_c)),
        oc(static_cast<double>(l.out_c)), k(static_cast<double>(l.k_h)),
        ip(static_cast<double>(l.in_h)),
        op(1 + std::floor(static_cast<double>(l.in_h + 2 * l.pad_h - l.k_h) /
                          static_cast<double>(l.stride))),
        e(static_cast<double>(l.in_c) / static_cast<double>(l.groups)) {}

  double weights() const { return std::trunc(oc * e * squared(k)); }
  // F(m x m, r x r): tiles along a side, elements of a transformed tile.
  static double tiles(double side, double m) { return std::ceil(side / m); }
};

// Memory and operations of Winograd, forward / backward-data / backward-weights.
struct Winograd {
  double memory[3], ops[3];

  Winograd(const Conv& c, double m, double r) {
    const double t = squared(m + r - 1);
    const double in = squared(Conv::tiles(c.ip, m)), out = squared(Conv::tiles(c.op, m));
    const double kernel = squared(Conv::tiles(c.k, r));
    memory[0] = 3 * c.bs * c.oc * t * in;
    memory[1] = 3 * c.bs * c.ic * t * out;
    memory[2] = 3 * c.bs * c.oc * c.e * t * in;
    ops[0] = c.bs * c.oc * c.e * in * kernel * t;
    ops[1] = c.bs * c.ic * c.oc * out * kernel * t;
    ops[2] = c.bs * c.oc * c.e * in * squared(Conv::tiles(c.op, r)) * t;
  }
};

constexpr double kVariants[2][2] = {{4, 3}, {3, 2}};  // m, r

// Fills consecutive values, so that the order is the order of the lines below.
class Row {
 public:
  explicit Row(double* to) : to_(to) {}
  double add(double value) {
    *to_++ += value;
    return value;
  }
  // The three, their pairs, and all of them.
  void add_three(const double (&v)[3]) {
    for (const double value :
         {v[0], v[1], v[2], v[0] + v[1], v[0] + v[2], v[1] + v[2], v[0] + v[1] + v[2]}) {
      add(value);
    }
  }

 private:
  double* to_;
};

void add_training(const Conv& c, Row row) {
  const double image_in = squared(c.ip), image_out = squared(c.op), kernel = squared(c.k);
  // Tensors.
  const double weights = row.add(c.weights());
  const double gradients = row.add(std::trunc(c.bs * c.oc * c.e * kernel));
  const double input = row.add(2 * c.bs * c.ic * image_in);
  const double output = row.add(2 * c.bs * c.oc * image_out);
  row.add(weights + gradients + input + output);
  // Memory of GEMM.
  const double index_fwd = row.add(c.bs * image_out);
  const double matrix_fwd = row.add(c.bs * image_out * kernel * c.ic);
  const double index_bwd_x = row.add(c.bs * image_in);
  const double matrix_bwd_x = row.add(c.bs * image_in * kernel * c.ic);
  const double matrix_bwd_w = row.add(c.bs * image_out * kernel * c.e);
  row.add(matrix_fwd + matrix_bwd_x + matrix_bwd_w);
  row.add(2 * index_fwd + index_bwd_x);
  // Operations of GEMM.
  const double gemm_fwd = row.add(c.bs * c.oc * image_out * kernel * c.e);
  const double gemm_bwd_x = row.add(c.bs * c.ic * image_in * kernel * c.oc);
  row.add(2 * gemm_fwd + gemm_bwd_x);
  // Memory of FFT.
  const double half_in = c.ip * (1 + c.ip), half_out = c.op * (1 + c.op);
  const double fft_w_fwd = row.add(std::trunc(half_in * c.oc * c.e));
  const double fft_in_fwd = row.add(half_in * c.bs * c.ic);
  const double fft_out_bwd_w = row.add(half_in * c.bs * c.oc);
  const double fft_w_bwd_x = row.add(std::trunc(half_out * c.oc * c.e));
  const double fft_out_bwd_x = row.add(half_out * c.bs * c.oc);
  const double fft_fwd = row.add(fft_w_fwd + fft_in_fwd);
  const double fft_bwd_x = row.add(fft_w_bwd_x + fft_out_bwd_x);
  const double fft_bwd_w = row.add(fft_out_bwd_w + fft_in_fwd);
  row.add(fft_fwd + fft_bwd_x + fft_bwd_w);
  // Operations of FFT.
  const double transforms = c.bs * c.ic + c.bs * c.oc + c.oc * c.e;
  const double products = c.bs * c.oc * c.ic;
  const double ops_fwd = row.add(image_in * std::log2(c.ip) * transforms + products * image_in);
  const double ops_bwd_x = row.add(image_out * std::log2(c.op) * transforms + products * image_out);
  const double ops_bwd_w = row.add(c.ip * std::log2(image_in) * transforms + products * image_in);
  row.add(ops_fwd + ops_bwd_x + ops_bwd_w);
  // Winograd: memory, then operations, of both variants.
  const Winograd first(c, kVariants[0][0], kVariants[0][1]);
  const Winograd second(c, kVariants[1][0], kVariants[1][1]);
  row.add_three(first.memory);
  row.add_three(second.memory);
  row.add_three(first.ops);
  row.add_three(second.ops);
}

void add_inference(const Conv& c, Row row) {
  const double image_in = squared(c.ip), image_out = squared(c.op), kernel = squared(c.k);
  const double weights = row.add(c.weights());
  const double input = row.add(c.bs * c.ic * image_in);
  const double output = row.add(c.bs * c.oc * image_out);
  row.add(weights + input + output);
  row.add(c.bs * image_out);
  row.add(c.bs * image_out * kernel * c.ic);
  row.add(c.bs * c.oc * image_out * kernel * c.e);
  const double half_in = c.ip * (1 + c.ip);
  const double fft_w = row.add(std::trunc(half_in * c.oc * c.e));
  const double fft_in = row.add(half_in * c.bs * c.ic);
  row.add(fft_w + fft_in);
  row.add(image_in * std::log2(c.ip) * (c.bs * c.ic + c.bs * c.oc + c.oc * c.e) +
          c.bs * c.oc * c.ic * image_in);
  const Winograd first(c, kVariants[0][0], kVariants[0][1]);
  const Winograd second(c, kVariants[1][0], kVariants[1][1]);
  row.add(first.memory[0]);
  row.add(second.memory[0]);
  row.add(first.ops[0]);
  row.add(second.ops[0]);
}

}  // namespace

std::array<double, kPerf4sightTraining> perf4sight_training(const Design& design, int64_t batch) {
  std::array<double, kPerf4sightTraining> sums{};
  for (const DesignLayer& layer : design.layers) {
    if (!layer.fully_connected) add_training(Conv(layer, batch), Row(sums.data()));
  }
  return sums;
}

std::array<double, kPerf4sightInference> perf4sight_inference(const Design& design, int64_t batch) {
  std::array<double, kPerf4sightInference> sums{};
  for (const DesignLayer& layer : design.layers) {
    if (!layer.fully_connected) add_inference(Conv(layer, batch), Row(sums.data()));
  }
  return sums;
}

const std::array<std::string_view, kPerf4sightTraining>& perf4sight_training_names() {
  static constexpr std::array<std::string_view, kPerf4sightTraining> kNames = {
      "weights",
      "weight_gradients",
      "input",
      "output",
      "tensors",
      "gemm_index_fwd",
      "gemm_matrix_fwd",
      "gemm_index_bwd_x",
      "gemm_matrix_bwd_x",
      "gemm_matrix_bwd_w",
      "gemm_matrices",
      "gemm_indices",
      "gemm_ops_fwd",
      "gemm_ops_bwd_x",
      "gemm_ops",
      "fft_w_fwd",
      "fft_in_fwd",
      "fft_out_bwd_w",
      "fft_w_bwd_x",
      "fft_out_bwd_x",
      "fft_fwd",
      "fft_bwd_x",
      "fft_bwd_w",
      "fft_memory",
      "fft_ops_fwd",
      "fft_ops_bwd_x",
      "fft_ops_bwd_w",
      "fft_ops",
      "winograd43_fwd",
      "winograd43_bwd_x",
      "winograd43_bwd_w",
      "winograd43_fwd_bwd_x",
      "winograd43_fwd_bwd_w",
      "winograd43_bwd",
      "winograd43_memory",
      "winograd32_fwd",
      "winograd32_bwd_x",
      "winograd32_bwd_w",
      "winograd32_fwd_bwd_x",
      "winograd32_fwd_bwd_w",
      "winograd32_bwd",
      "winograd32_memory",
      "winograd43_ops_fwd",
      "winograd43_ops_bwd_x",
      "winograd43_ops_bwd_w",
      "winograd43_ops_fwd_bwd_x",
      "winograd43_ops_fwd_bwd_w",
      "winograd43_ops_bwd",
      "winograd43_ops",
      "winograd32_ops_fwd",
      "winograd32_ops_bwd_x",
      "winograd32_ops_bwd_w",
      "winograd32_ops_fwd_bwd_x",
      "winograd32_ops_fwd_bwd_w",
      "winograd32_ops_bwd",
      "winograd32_ops"};
  return kNames;
}

const std::array<std::string_view, kPerf4sightInference>& perf4sight_inference_names() {
  static constexpr std::array<std::string_view, kPerf4sightInference> kNames = {
      "weights",
      "input",
      "output",
      "tensors",
      "gemm_index_fwd",
      "gemm_matrix_fwd",
      "gemm_ops_fwd",
      "fft_w_fwd",
      "fft_in_fwd",
      "fft_fwd",
      "fft_ops_fwd",
      "winograd43_fwd",
      "winograd32_fwd",
      "winograd43_ops_fwd",
      "winograd32_ops_fwd"};
  return kNames;
}

}  // namespace kernwise
