// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <cmath>
#include <numbers>

#include "design_optimizer_state.h"
#include "kernwise/base/statistics.h"

namespace kernwise {
namespace {

using detail::OptimizerScaling;

// One training question: an embedding and a bound, and where asked for the best row.
struct Question {
  std::vector<float> embedding;
  double log_bound = 0;
  int32_t label = -1;
};

class Questions {
 public:
  Questions(const DeviceAwareModel& model, std::span<const double> value) : model_(model) {
    for (std::size_t row = 0; row < value.size(); ++row) {
      if (!std::isnan(value[row])) by_value_.push_back(static_cast<int32_t>(row));
    }
    std::stable_sort(by_value_.begin(), by_value_.end(), [&](int32_t a, int32_t b) {
      return value[static_cast<std::size_t>(a)] > value[static_cast<std::size_t>(b)];
    });
  }
  bool empty() const { return by_value_.empty(); }

  std::vector<Question> draw(const OptimizerOptions& options, Rng& rng) const {
    std::vector<Question> all;
    for (int device = 0; device < options.devices; ++device) {
      const std::vector<float> embedding = draw_embedding(rng);
      std::vector<double> costs;
      for (int i = 0; i < 300; ++i) {
        costs.push_back(cost(embedding, by_value_[static_cast<std::size_t>(rng.integer(
                                            0, static_cast<int64_t>(by_value_.size()) - 1))]));
      }
      for (int b = 0; b < options.bounds; ++b) {
        const double share = rng.uniform(options.low_quantile, options.high_quantile);
        Question question{embedding, quantile(costs, share), -1};
        for (const int32_t row : by_value_) {
          if (cost(embedding, row) > question.log_bound) continue;
          question.label = row;
          break;
        }
        if (question.label >= 0) all.push_back(std::move(question));
      }
    }
    return all;
  }

 private:
  // A mixture of known devices with random weights, moved by as much as they differ themselves.
  std::vector<float> draw_embedding(Rng& rng) const {
    const std::size_t width = model_.embedding_size();
    const std::span<const float> known = model_.trained_embeddings();
    const std::size_t devices = known.size() / width;
    std::vector<double> weights(devices);
    double total = 0;
    for (double& w : weights) total += w = std::pow(-std::log(1 - rng.uniform()), 2);
    std::vector<float> embedding(width, 0);
    for (std::size_t j = 0; j < devices; ++j) {
      for (std::size_t k = 0; k < width; ++k) {
        embedding[k] += static_cast<float>(weights[j] / total) * known[j * width + k];
      }
    }
    for (std::size_t k = 1; k < width; ++k) {
      double square = 0, sum = 0;
      for (std::size_t j = 0; j < devices; ++j) {
        const auto x = static_cast<double>(known[j * width + k]);
        sum += x;
        square += x * x;
      }
      const auto n = static_cast<double>(devices);
      const double deviation = std::sqrt(std::max(square / n - sum / n * (sum / n), 0.0));
      embedding[k] += static_cast<float>(0.7 * deviation * rng.normal());
    }
    embedding[1] = std::max(embedding[1], 0.02F);
    return embedding;
  }

  double cost(const std::vector<float>& embedding, int32_t row) const {
    const auto basis = model_.basis(static_cast<std::size_t>(row));
    float sum = 0;
    for (std::size_t k = 0; k < embedding.size(); ++k) sum += embedding[k] * basis[k];
    return static_cast<double>(sum);
  }

  const DeviceAwareModel& model_;
  std::vector<int32_t> by_value_;
};

OptimizerScaling scaling_of(const std::vector<Question>& questions) {
  OptimizerScaling scaling;
  const std::size_t width = questions[0].embedding.size();
  for (std::size_t k = 2; k < width; ++k) {
    double square = 0;
    for (const Question& q : questions) {
      const double z = static_cast<double>(q.embedding[k]) / static_cast<double>(q.embedding[1]);
      square += z * z;
    }
    scaling.spread.push_back(
        std::max(std::sqrt(square / static_cast<double>(questions.size())), 1e-6));
  }
  return scaling;
}

// The value of a design as a network that can be descended: one-hot in, standardised value out.
Mlp value_network(const LatencyTable& table, std::span<const double> value, Rng& rng) {
  const auto width = static_cast<int64_t>(table.encoding.one_hot_width());
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < value.size(); ++row) {
    if (!std::isnan(value[row])) rows.push_back(row);
  }
  constexpr std::size_t kMostRows = 8000;
  while (rows.size() > kMostRows) {
    const auto at = rng.integer(0, static_cast<int64_t>(rows.size()) - 1);
    std::swap(rows[static_cast<std::size_t>(at)], rows.back());
    rows.pop_back();
  }
  std::vector<double> known;
  for (const std::size_t row : rows) known.push_back(value[row]);
  const double centre = median(known);
  // A few designs that do not train at all must not set the scale.
  const double size =
      std::max({quantile(known, 0.9) - quantile(known, 0.1), 1e-9 * std::abs(centre), 1e-12});
  MlpMatrix z(static_cast<int64_t>(rows.size()), width), t(z.rows(), 1);
  for (Eigen::Index i = 0; i < z.rows(); ++i) {
    const std::size_t row = rows[static_cast<std::size_t>(i)];
    one_hot(table.encoding, table.design(row),
            std::span(z.row(i).data(), static_cast<std::size_t>(width)));
    t(i, 0) = static_cast<float>(std::clamp((value[row] - centre) / size, -2.0, 2.0));
  }
  Mlp net({width, 96, 96, 1}, rng);
  train_mlp(net, z, t, {.epochs = 60, .batch = 128, .rate = 3e-3}, rng);
  return net;
}

class Trainer {
 public:
  Trainer(const LatencyTable& table, const DeviceAwareModel& model, DesignOptimizer::State& state,
          const OptimizerOptions& options)
      : table_(table), model_(model), state_(state), options_(options) {}

  void run(const std::vector<Question>& questions, std::span<const double> value, Rng& rng) {
    const bool descent = options_.training == OptimizerTraining::kDescent;
    Mlp judge;
    if (descent) judge = value_network(table_, value, rng);
    Adam adam(state_.net);
    constexpr int64_t kBatch = 128;
    const auto n = static_cast<int64_t>(questions.size());
    const int64_t batches = std::max<int64_t>(1, n / kBatch);
    const double steps = static_cast<double>(batches * options_.epochs);
    double step = 0;
    MlpGradient gradient;
    MlpTrace trace;
    for (int epoch = 0; epoch < options_.epochs; ++epoch) {
      for (int64_t b = 0; b < batches; ++b, ++step) {
        const double progress = step / steps;
        std::vector<const Question*> batch;
        for (int64_t i = 0; i < std::min(kBatch, n); ++i) {
          batch.push_back(&questions[static_cast<std::size_t>(rng.integer(0, n - 1))]);
        }
        MlpMatrix z(static_cast<int64_t>(batch.size()), state_.net.sizes.front());
        for (Eigen::Index i = 0; i < z.rows(); ++i) {
          const Question& q = *batch[static_cast<std::size_t>(i)];
          detail::optimizer_input(state_.scaling, q.embedding, std::exp(q.log_bound),
                                  z.row(i).data());
        }
        mlp_forward(state_.net, z, trace);
        MlpMatrix flow = descent
                             ? descent_flow(batch, trace.activation.back(), judge, progress, rng)
                             : label_flow(batch, trace.activation.back());
        flow /= static_cast<float>(batch.size());
        mlp_backward(state_.net, trace, std::move(flow), &gradient, nullptr);
        const double rate = 3e-3 * 0.5 * (1 + std::cos(std::numbers::pi * progress)) + 1e-6;
        adam.step(state_.net, gradient, rate, 1e-6);
      }
    }
  }

 private:
  // Cross-entropy of every position.
  MlpMatrix label_flow(const std::vector<const Question*>& batch, MlpMatrix logits) const {
    for (Eigen::Index i = 0; i < logits.rows(); ++i) {
      float* row = logits.row(i).data();
      detail::softmax_by_position(state_.first, row);
      const auto label =
          table_.design(static_cast<std::size_t>(batch[static_cast<std::size_t>(i)]->label));
      for (std::size_t p = 0; p < label.size(); ++p) row[state_.first[p] + label[p]] -= 1;
    }
    return logits;
  }

  // Straight-through Gumbel-softmax (Jang, Gu & Poole 2017): predictors see a drawn design, its
  // derivative passes through the probabilities that it was drawn from.
  MlpMatrix descent_flow(const std::vector<const Question*>& batch, const MlpMatrix& logits,
                         const Mlp& judge, double progress, Rng& rng) const {
    const auto width = static_cast<std::size_t>(logits.cols());
    const auto heat = static_cast<float>(2.0 * std::pow(0.25, progress));
    MlpMatrix soft = logits, hard = MlpMatrix::Zero(logits.rows(), logits.cols());
    for (Eigen::Index i = 0; i < soft.rows(); ++i) {
      float* row = soft.row(i).data();
      for (std::size_t k = 0; k < width; ++k) {
        const double u = std::clamp(rng.uniform(), 1e-9, 1 - 1e-9);
        row[k] = (row[k] - static_cast<float>(std::log(-std::log(u)))) / heat;
      }
      detail::softmax_by_position(state_.first, row);
      for (std::size_t p = 0; p + 1 < state_.first.size(); ++p) {
        const float* begin = row + state_.first[p];
        const float* end = row + state_.first[p + 1];
        hard(i, static_cast<Eigen::Index>(state_.first[p]) +
                    (std::max_element(begin, end) - begin)) = 1;
      }
    }
    MlpTrace trace;
    mlp_forward(judge, hard, trace);
    MlpMatrix by_choice;
    mlp_backward(judge, trace, MlpMatrix::Constant(hard.rows(), 1, -1.0F), nullptr, &by_choice);
    add_penalty(batch, hard, progress, by_choice);
    // Through the softmax of each position, then its heat.
    MlpMatrix flow(logits.rows(), logits.cols());
    for (Eigen::Index i = 0; i < flow.rows(); ++i) {
      for (std::size_t p = 0; p + 1 < state_.first.size(); ++p) {
        const auto begin = static_cast<Eigen::Index>(state_.first[p]);
        const auto count = static_cast<Eigen::Index>(state_.first[p + 1]) - begin;
        const auto s = soft.row(i).segment(begin, count);
        const auto g = by_choice.row(i).segment(begin, count);
        flow.row(i).segment(begin, count) = s.cwiseProduct((g.array() - s.dot(g)).matrix()) / heat;
      }
    }
    return flow;
  }

  // The cost over the bound, relative to the device's range of costs; dearer as training goes on.
  void add_penalty(const std::vector<const Question*>& batch, const MlpMatrix& hard,
                   double progress, MlpMatrix& by_choice) const {
    const std::size_t width = static_cast<std::size_t>(hard.cols());
    const std::size_t embedding = model_.embedding_size();
    std::vector<float> basis(embedding), jacobian(embedding * width);
    const double price = 1 + 4 * progress;
    for (Eigen::Index i = 0; i < hard.rows(); ++i) {
      const Question& q = *batch[static_cast<std::size_t>(i)];
      model_.relaxed_basis(std::span(hard.row(i).data(), width), basis.data(), jacobian.data());
      double cost = 0;
      for (std::size_t k = 0; k < embedding; ++k) {
        cost += static_cast<double>(q.embedding[k]) * static_cast<double>(basis[k]);
      }
      if (cost <= q.log_bound) continue;
      const auto factor = static_cast<float>(price / static_cast<double>(q.embedding[1]));
      for (std::size_t k = 0; k < embedding; ++k) {
        const float weight = factor * q.embedding[k];
        const float* row = jacobian.data() + k * width;
        for (std::size_t c = 0; c < width; ++c) {
          by_choice(i, static_cast<Eigen::Index>(c)) += weight * row[c];
        }
      }
    }
  }

  const LatencyTable& table_;
  const DeviceAwareModel& model_;
  DesignOptimizer::State& state_;
  const OptimizerOptions& options_;
};

}  // namespace

Result<DesignOptimizer> train_optimizer(const LatencyTable& table, const DeviceAwareModel& model,
                                        std::span<const double> value,
                                        const OptimizerOptions& options, Rng& rng) {
  const Questions source(model, value);
  if (source.empty()) return invalid_input("no design has a value: there is nothing to choose");
  const std::vector<Question> questions = source.draw(options, rng);
  auto state = std::make_shared<DesignOptimizer::State>();
  state->scaling = scaling_of(questions);
  state->first.push_back(0);
  for (const auto& choices : table.encoding.choices) {
    state->first.push_back(state->first.back() + choices.size());
  }
  state->net = Mlp({static_cast<int64_t>(model.embedding_size()) - 1, options.hidden,
                    options.hidden, static_cast<int64_t>(state->first.back())},
                   rng);
  Trainer(table, model, *state, options).run(questions, value, rng);
  return DesignOptimizer(std::move(state));
}

}  // namespace kernwise
