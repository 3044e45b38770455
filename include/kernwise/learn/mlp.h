// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A multi-layer perceptron with ReLU and a linear path beside it (out = net(z) + S z), and its
// training: back-propagation written out, Adam (Kingma & Ba 2015, algorithm 1) with cosine decay.
// The loss of an output that was not measured is masked. The linear path carries what times mostly
// are, products of powers of sizes, also beyond the training range.
//
// Whoever has a loss of its own calls mlp_forward, puts the derivative by the outputs into
// mlp_backward and steps with Adam; the derivative by the inputs is there too, for descending
// through a net that stays as it is. Rows are samples everywhere.
// Thread-safety: plain values; a const net may be used by several threads.
#pragma once

#include <Eigen/Core>

#include <cstdint>
#include <vector>

#include "kernwise/base/rng.h"

namespace kernwise {

using MlpMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct Mlp {
  std::vector<int64_t> sizes;      // inputs, hidden layers, outputs
  std::vector<MlpMatrix> weights;  // sizes[i] x sizes[i + 1]; the last one is the linear path
  std::vector<MlpMatrix> biases;   // 1 x sizes[i + 1]

  // He initialisation (He et al. 2015, eq. 10); the linear path and the last layer start at zero.
  Mlp(std::vector<int64_t> layer_sizes, Rng& rng);
  Mlp() = default;

  int64_t parameters() const;
  int64_t scratch_floats() const;
  void predict(const float* z, float* t, float* scratch) const;

  // All weights, then all biases, row by row.
  std::vector<float> flat() const;
  void assign(const std::vector<float>& flat);
};

struct MlpGradient {
  std::vector<MlpMatrix> weights, biases;
};

// activation[0] is the input, activation[i + 1] what layer i gives; the last one is the output.
struct MlpTrace {
  std::vector<MlpMatrix> activation;
};
void mlp_forward(const Mlp& net, const MlpMatrix& z, MlpTrace& trace);
// `flow`: derivative of the loss by the output of `trace`. Either target may be null.
void mlp_backward(const Mlp& net, const MlpTrace& trace, MlpMatrix flow, MlpGradient* gradient,
                  MlpMatrix* input_flow);

class Adam {
 public:
  explicit Adam(const Mlp& net);
  // `weight_decay` shrinks the weights (not the biases) by 100 * rate * weight_decay.
  void step(Mlp& net, const MlpGradient& gradient, double rate, double weight_decay);

 private:
  MlpGradient mean_, square_;
  double steps_ = 0;
};

// Mean over the measured entries of delta^2 (sqrt(1 + (e / delta)^2) - 1): squared near zero,
// absolute far away, because the figure of merit is the median error. t is NaN where masked.
inline constexpr float kLossDelta = 0.1F;
double loss_and_gradient(const Mlp& net, const MlpMatrix& z, const MlpMatrix& t,
                         MlpGradient& gradient);

struct MlpTraining {
  int epochs = 200;
  int64_t batch = 64;
  double rate = 2e-3;
  double weight_decay = 1e-5;
};
// Returns the mean loss of the last epoch.
double train_mlp(Mlp& net, const MlpMatrix& z, const MlpMatrix& t, const MlpTraining& training,
                 Rng& rng);

}  // namespace kernwise
