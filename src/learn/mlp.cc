// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/mlp.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "fit_rows.h"
#include "kernwise/base/check.h"
#include "matmul.h"

namespace kernwise {
namespace {

using Matrix = MlpMatrix;
using detail::matmul_add;

void add_product(const Matrix& a, const Matrix& b, Matrix& c) {
  matmul_add(a.rows(), b.cols(), a.cols(), 1.0F, a.data(), a.cols(), b.data(), b.cols(), c.data(),
             c.cols());
}

std::size_t layers(const Mlp& net) { return net.biases.size(); }

}  // namespace

Mlp::Mlp(std::vector<int64_t> layer_sizes, Rng& rng) : sizes(std::move(layer_sizes)) {
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    Matrix w = Matrix::Zero(sizes[i], sizes[i + 1]);
    const bool last = i + 2 == sizes.size();
    const double deviation = std::sqrt(2.0 / static_cast<double>(sizes[i]));
    if (!last || i == 0) {
      for (Eigen::Index k = 0; k < w.size(); ++k) {
        w.data()[k] = static_cast<float>(deviation * rng.normal());
      }
    } else {
      for (Eigen::Index k = 0; k < w.size(); ++k) {
        w.data()[k] = static_cast<float>(0.1 * deviation * rng.normal());
      }
    }
    weights.push_back(std::move(w));
    biases.push_back(Matrix::Zero(1, sizes[i + 1]));
  }
  weights.push_back(Matrix::Zero(sizes.front(), sizes.back()));
}

int64_t Mlp::parameters() const {
  int64_t count = 0;
  for (const Matrix& w : weights) count += w.size();
  for (const Matrix& b : biases) count += b.size();
  return count;
}

int64_t Mlp::scratch_floats() const { return 2 * *std::max_element(sizes.begin(), sizes.end()); }

void Mlp::predict(const float* z, float* t, float* scratch) const {
  const int64_t widest = *std::max_element(sizes.begin(), sizes.end());
  const float* from = z;
  for (std::size_t i = 0; i < biases.size(); ++i) {
    const bool last = i + 1 == biases.size();
    float* to = last ? t : scratch + (i % 2 == 0 ? 0 : widest);
    const int64_t in = sizes[i], out = sizes[i + 1];
    std::copy(biases[i].data(), biases[i].data() + out, to);
    matmul_add(1, out, in, 1.0F, from, in, weights[i].data(), out, to, out);
    if (last) {
      matmul_add(1, out, sizes[0], 1.0F, z, sizes[0], weights.back().data(), out, to, out);
    } else {
      for (int64_t k = 0; k < out; ++k) to[k] = std::max(to[k], 0.0F);
    }
    from = to;
  }
}

std::vector<float> Mlp::flat() const {
  std::vector<float> all;
  for (const Matrix& w : weights) all.insert(all.end(), w.data(), w.data() + w.size());
  for (const Matrix& b : biases) all.insert(all.end(), b.data(), b.data() + b.size());
  return all;
}

void Mlp::assign(const std::vector<float>& all) {
  weights.clear();
  biases.clear();
  auto at = all.begin();
  const auto take = [&](int64_t rows, int64_t columns) {
    Matrix m(rows, columns);
    std::copy(at, at + m.size(), m.data());
    at += m.size();
    return m;
  };
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    weights.push_back(take(sizes[i], sizes[i + 1]));
  }
  weights.push_back(take(sizes.front(), sizes.back()));
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) biases.push_back(take(1, sizes[i + 1]));
  KERNWISE_CHECK(at == all.end());
}

void mlp_forward(const Mlp& net, const Matrix& z, MlpTrace& trace) {
  const std::size_t depth = layers(net);
  trace.activation.resize(depth + 1);
  trace.activation[0] = z;
  for (std::size_t i = 0; i < depth; ++i) {
    Matrix& out = trace.activation[i + 1];
    out = net.biases[i].replicate(z.rows(), 1);
    add_product(trace.activation[i], net.weights[i], out);
    if (i + 1 < depth) {
      out = out.cwiseMax(0.0F);
    } else {
      add_product(z, net.weights.back(), out);
    }
  }
}

void mlp_backward(const Mlp& net, const MlpTrace& trace, Matrix flow, MlpGradient* gradient,
                  Matrix* input_flow) {
  const std::size_t depth = layers(net);
  const auto through = [](const Matrix& from, const Matrix& weights) {  // from weights'
    const Matrix turned = weights.transpose();
    Matrix back = Matrix::Zero(from.rows(), turned.cols());
    add_product(from, turned, back);
    return back;
  };
  const auto outer = [](const Matrix& a, const Matrix& b, Matrix& to) {  // to = a' b
    const Matrix turned = a.transpose();
    to.setZero(a.cols(), b.cols());
    add_product(turned, b, to);
  };
  if (gradient != nullptr) {
    gradient->weights.resize(net.weights.size());
    gradient->biases.resize(depth);
    outer(trace.activation[0], flow, gradient->weights[depth]);
  }
  if (input_flow != nullptr) *input_flow = through(flow, net.weights[depth]);
  for (std::size_t i = depth; i-- > 0;) {
    if (gradient != nullptr) {
      outer(trace.activation[i], flow, gradient->weights[i]);
      gradient->biases[i] = flow.colwise().sum();
    }
    if (i == 0) {
      if (input_flow != nullptr) *input_flow += through(flow, net.weights[0]);
      break;
    }
    const Matrix back = through(flow, net.weights[i]);
    flow = (trace.activation[i].array() > 0).select(back, 0.0F);
  }
}

double loss_and_gradient(const Mlp& net, const Matrix& z, const Matrix& t, MlpGradient& gradient) {
  MlpTrace trace;
  mlp_forward(net, z, trace);
  // The error that flows back; entries that were not measured carry none.
  Matrix flow = trace.activation.back() - t;
  double loss = 0;
  int64_t count = 0;
  for (Eigen::Index k = 0; k < flow.size(); ++k) {
    float& e = flow.data()[k];
    if (std::isnan(e)) {
      e = 0;
      continue;
    }
    const float root = std::sqrt(1 + e * e / (kLossDelta * kLossDelta));
    loss += double{kLossDelta * kLossDelta} * (double{root} - 1);
    e /= root;
    ++count;
  }
  if (count > 0) flow /= static_cast<float>(count);
  mlp_backward(net, trace, std::move(flow), &gradient, nullptr);
  return count > 0 ? loss / static_cast<double>(count) : 0;
}

Adam::Adam(const Mlp& net) {
  for (const Matrix& w : net.weights) mean_.weights.push_back(Matrix::Zero(w.rows(), w.cols()));
  for (const Matrix& b : net.biases) mean_.biases.push_back(Matrix::Zero(b.rows(), b.cols()));
  square_ = mean_;
}

void Adam::step(Mlp& net, const MlpGradient& gradient, double rate, double weight_decay) {
  constexpr double kFirst = 0.9, kSecond = 0.999;  // decay of the two moments
  constexpr float kFloor = 1e-8F;
  ++steps_;
  const auto scale = static_cast<float>(rate * std::sqrt(1 - std::pow(kSecond, steps_)) /
                                        (1 - std::pow(kFirst, steps_)));
  const auto shrink = static_cast<float>(1 - rate * weight_decay * 100);
  const auto update = [&](Matrix& p, const Matrix& g, Matrix& m, Matrix& v, bool decays) {
    m = static_cast<float>(kFirst) * m + static_cast<float>(1 - kFirst) * g;
    v = static_cast<float>(kSecond) * v + static_cast<float>(1 - kSecond) * g.cwiseProduct(g);
    if (decays) p *= shrink;
    p.array() -= scale * m.array() / (v.array().sqrt() + kFloor);
  };
  for (std::size_t i = 0; i < net.weights.size(); ++i) {
    update(net.weights[i], gradient.weights[i], mean_.weights[i], square_.weights[i], true);
  }
  for (std::size_t i = 0; i < net.biases.size(); ++i) {
    update(net.biases[i], gradient.biases[i], mean_.biases[i], square_.biases[i], false);
  }
}

double train_mlp(Mlp& net, const Matrix& z, const Matrix& t, const MlpTraining& training,
                 Rng& rng) {
  const int64_t n = z.rows(), batch = std::min(training.batch, n);
  const int64_t batches = (n + batch - 1) / batch;
  const double steps = static_cast<double>(batches * training.epochs);
  MlpGradient gradient;
  Adam adam(net);
  Matrix zb, tb;
  double step = 0, epoch_loss = 0;
  for (int epoch = 0; epoch < training.epochs; ++epoch) {
    const std::vector<int64_t> order = detail::random_order(n, rng);
    epoch_loss = 0;
    for (int64_t first = 0; first < n; first += batch) {
      const int64_t rows = std::min(batch, n - first);
      zb.resize(rows, z.cols());
      tb.resize(rows, t.cols());
      for (int64_t i = 0; i < rows; ++i) {
        zb.row(i) = z.row(order[static_cast<std::size_t>(first + i)]);
        tb.row(i) = t.row(order[static_cast<std::size_t>(first + i)]);
      }
      epoch_loss += loss_and_gradient(net, zb, tb, gradient) / static_cast<double>(batches);
      const double rate =
          training.rate * 0.5 * (1 + std::cos(std::numbers::pi * step / steps)) + 1e-6;
      ++step;
      adam.step(net, gradient, rate, training.weight_decay);
    }
  }
  return epoch_loss;
}

}  // namespace kernwise
