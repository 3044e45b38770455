// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "paper_net.h"

#include <cmath>

namespace kernwise::nnc {
namespace {

using Eigen::MatrixXf;
using Eigen::VectorXf;

struct Net {
  MatrixXf first;    // inputs x hidden
  VectorXf bias;     // hidden
  VectorXf second;   // hidden
  float offset = 0;  // of the output
};

struct Adam {
  VectorXf mean, square;
  double step = 0;

  void update(Eigen::Ref<VectorXf> parameters, const VectorXf& gradient, double rate) {
    constexpr double kFirst = 0.9, kSecond = 0.999;
    if (mean.size() == 0) mean = square = VectorXf::Zero(parameters.size());
    ++step;
    mean = static_cast<float>(kFirst) * mean + static_cast<float>(1 - kFirst) * gradient;
    square = static_cast<float>(kSecond) * square +
             static_cast<float>(1 - kSecond) * gradient.cwiseAbs2();
    const auto scale = static_cast<float>(rate * std::sqrt(1 - std::pow(kSecond, step)) /
                                          (1 - std::pow(kFirst, step)));
    parameters.array() -= scale * mean.array() / (square.array().sqrt() + 1e-8F);
  }
};

MatrixXf hidden_of(const Net& net, const MatrixXf& z) {
  return ((z * net.first).rowwise() + net.bias.transpose()).cwiseMax(0.0F);
}

VectorXf output_of(const Net& net, const MatrixXf& z) {
  return (hidden_of(net, z) * net.second).array() + net.offset;
}

}  // namespace

int64_t paper_net_hidden(int64_t inputs) { return (kPaperNetParameters - 1) / (inputs + 2); }

VectorXf train_paper_net(const MatrixXf& z, const VectorXf& t, const MatrixXf& test,
                         const PaperNetOptions& options,
                         const std::function<double(const VectorXf&)>& judge, Rng& rng) {
  const Eigen::Index inputs = z.cols(), hidden = paper_net_hidden(inputs);
  const double deviation = std::sqrt(2.0 / static_cast<double>(inputs));
  Net net{MatrixXf(inputs, hidden), VectorXf::Zero(hidden), VectorXf(hidden), 0};
  for (Eigen::Index i = 0; i < net.first.size(); ++i) {
    net.first.data()[i] = static_cast<float>(deviation * rng.normal());
  }
  for (Eigen::Index i = 0; i < hidden; ++i) {
    net.second[i] = static_cast<float>(rng.normal() / std::sqrt(static_cast<double>(hidden)));
  }
  Adam first, bias, second, offset;
  const float scale = 2 / static_cast<float>(z.rows());
  VectorXf best = output_of(net, test);
  double least = judge(best);
  for (int step = 1; step <= options.steps; ++step) {
    const MatrixXf active = hidden_of(net, z);
    const VectorXf flow = scale * ((active * net.second).array() + net.offset - t.array()).matrix();
    const MatrixXf back =
        (active.array() > 0)
            .select(flow * net.second.transpose(), MatrixXf::Zero(z.rows(), hidden));
    const MatrixXf by_first = z.transpose() * back;
    const VectorXf by_second = active.transpose() * flow;
    first.update(Eigen::Map<VectorXf>(net.first.data(), net.first.size()),
                 Eigen::Map<const VectorXf>(by_first.data(), by_first.size()), options.rate);
    bias.update(net.bias, back.colwise().sum().transpose(), options.rate);
    second.update(net.second, by_second, options.rate);
    offset.update(Eigen::Map<VectorXf>(&net.offset, 1), VectorXf::Constant(1, flow.sum()),
                  options.rate);
    if (step % options.check_every != 0) continue;
    VectorXf predicted = output_of(net, test);
    const double score = judge(predicted);
    if (!(score < least)) continue;
    least = score;
    best = std::move(predicted);
  }
  return best;
}

}  // namespace kernwise::nnc
