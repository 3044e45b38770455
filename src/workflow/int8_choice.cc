// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "int8_choice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "kernwise/primitives/reference.h"
#include "kernwise/primitives/registry.h"
#include "selected_plan.h"

namespace kernwise::detail {
namespace {

// Below the bound by so much, since the squares are an estimate.
constexpr double kMargin = 0.95;
// More than one layer leaves in each turn, so few are needed; then all that is left leaves.
constexpr int kMostTurns = 20;

constexpr double kForever = std::numeric_limits<double>::infinity();

double fastest(const std::vector<CostOption>& row, bool int8) {
  double best = kForever;
  for (const CostOption& option : row) {
    if (is_int8(option) == int8) best = std::min(best, option.time_s);
  }
  return best;
}

class Chooser {
 public:
  Chooser(const Int8Question& question, Progress& progress, const StopFlag& stop)
      : q_(question), graph_(question.model.graph), progress_(progress), stop_(stop) {}

  Result<Int8Choice> run() {
    KERNWISE_TRY(look_at_fp32());
    allowed_.assign(graph_.layers.size(), true);
    for (std::size_t i = 0; i < allowed_.size(); ++i) {
      const bool able = std::any_of(q_.table.layers[i].begin(), q_.table.layers[i].end(), is_int8);
      if (!able) continue;
      ++out_.summary.able;
      allowed_[i] = errors_[i] <= bound();
      if (!allowed_[i]) ++out_.summary.beyond_alone;
    }
    for (int turn = 0;; ++turn) {
      if (stop_) return Error{ErrorCode::kInterrupted, "planning was interrupted", {}, {}};
      progress_.update("Looking for int8 layers", static_cast<double>(turn) / kMostTurns, "");
      if (turn == kMostTurns) allowed_.assign(allowed_.size(), false);
      KERNWISE_TRY(select());
      std::vector<std::size_t> chosen = layers_in_int8();
      out_.summary.trials = turn + 1;
      if (chosen.empty()) break;
      KERNWISE_ASSIGN(double error, error_at_the_end());
      if (error <= bound()) {
        // The same once more in float64, and layer by layer.
        KERNWISE_ASSIGN(const double exact, verified());
        error = std::max(error, exact);
        out_.planned.end_to_end_relative_error = error;
        const bool alone = send_back_beyond();
        if (error <= bound() && !alone) break;
        if (alone) continue;
      }
      send_back(std::move(chosen), error);
    }
    out_.ranges = q_.ranges;
    const std::vector<std::size_t> chosen = layers_in_int8();
    if (chosen.empty()) {  // what was found on the way is not this selection's
      out_.errors.assign(graph_.layers.size(), 0);
      out_.planned.end_to_end_relative_error = 0;
    }
    out_.summary.chosen = static_cast<int>(chosen.size());
    out_.summary.end_to_end_relative_error = out_.planned.end_to_end_relative_error;
    out_.summary.max_relative_error = out_.planned.max_relative_error = bound();
    out_.summary.calibration = out_.planned.calibration = q_.inputs.description;
    progress_.finish("Looking for int8 layers", std::to_string(chosen.size()) + " layers");
    return std::move(out_);
  }

 private:
  double bound() const { return *q_.request.max_error; }

  Status look_at_fp32() {
    for (const NetworkInput& input : q_.inputs.checks) {
      set_inputs(q_.fp32, input);
      auto values = activations_of(graph_, q_.fp32);
      std::vector<std::vector<double>>& ends = ends_.emplace_back();
      for (const ValueId output : graph_.outputs) {
        const auto& value = values[static_cast<std::size_t>(output)];
        ends.emplace_back(value.begin(), value.end());
      }
      KERNWISE_ASSIGN(const std::vector<double> errors,
                      int8_errors(graph_, q_.table, q_.ranges, values, {q_.request.threads}));
      errors_.resize(errors.size());
      for (std::size_t i = 0; i < errors.size(); ++i) errors_[i] = std::max(errors_[i], errors[i]);
    }
    return Ok{};
  }

  Status select() {
    out_.table = q_.table;
    for (std::size_t i = 0; i < allowed_.size(); ++i) {
      if (!allowed_[i]) std::erase_if(out_.table.layers[i], is_int8);
    }
    KERNWISE_ASSIGN(out_.selection, q_.select(out_.table));
    return Ok{};
  }

  const CostOption& option(std::size_t layer) const {
    return out_.table.layers[layer][static_cast<std::size_t>(out_.selection.option[layer])];
  }

  std::vector<std::size_t> layers_in_int8() const {
    std::vector<std::size_t> layers;
    for (std::size_t i = 0; i < graph_.layers.size(); ++i) {
      if (is_int8(option(i))) layers.push_back(i);
    }
    return layers;
  }

  Result<Executor> executor() const {
    Plan plan;
    plan.threads = q_.request.threads;
    add_choices(graph_, out_.table, out_.selection, plan);
    add_int8(graph_, q_.ranges, {}, plan);
    return Executor::create(graph_, plan);
  }

  Result<double> error_at_the_end() {
    KERNWISE_ASSIGN(Executor lower, executor());
    double worst = 0;
    for (std::size_t c = 0; c < q_.inputs.checks.size(); ++c) {
      set_inputs(lower, q_.inputs.checks[c]);
      lower.run();
      for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
        worst = std::max(worst, relative_error(lower.output(static_cast<int>(i)), ends_[c][i]));
      }
    }
    return worst;
  }

  Result<double> verified() {
    KERNWISE_ASSIGN(Executor lower, executor());
    set_inputs(lower, q_.inputs.checks.front());
    KERNWISE_ASSIGN(const Verification verification, verify(graph_, lower, progress_, stop_));
    out_.errors.assign(graph_.layers.size(), 0);
    for (std::size_t i = 0; i < graph_.layers.size(); ++i) {
      if (is_int8(option(i))) out_.errors[i] = verification.layers[i].own;
    }
    return verification.end_to_end_error;
  }

  // Layers whose own error turned out to be beyond the bound, with a rounded output.
  bool send_back_beyond() {
    bool any = false;
    for (std::size_t i = 0; i < out_.errors.size(); ++i) {
      if (out_.errors[i] <= bound()) continue;
      allowed_[i] = false;
      ++out_.summary.sent_back;
      any = true;
    }
    return any;
  }

  // By what a layer saves for its squared error, the worst bargain first.
  void send_back(std::vector<std::size_t> chosen, double error) {
    const auto squared = [&](std::size_t i) { return errors_[i] * errors_[i]; };
    const auto saved = [&](std::size_t i) {
      return fastest(q_.table.layers[i], false) - fastest(q_.table.layers[i], true);
    };
    // What costs no accuracy stays, and finds itself again in fp32 where its neighbours are.
    std::erase_if(chosen, [&](std::size_t i) { return errors_[i] == 0; });
    std::ranges::stable_sort(chosen, {}, [&](std::size_t i) { return saved(i) / squared(i); });
    double left = 0;
    for (const std::size_t i : chosen) left += squared(i);
    const double wanted =
        std::isfinite(error) ? left * std::pow(kMargin * bound() / error, 2) : 0.0;
    bool any = false;
    for (const std::size_t i : chosen) {
      if (any && left <= wanted) break;
      left -= squared(i);
      allowed_[i] = false;
      any = true;
      ++out_.summary.sent_back;
    }
    // Nothing but moves was chosen, and yet they are wrong: none of them may stay.
    if (!any) allowed_.assign(allowed_.size(), false);
  }

  const Int8Question& q_;
  const LayerGraph& graph_;
  Progress& progress_;
  const StopFlag& stop_;
  std::vector<std::vector<std::vector<double>>> ends_;  // by check and output, of fp32
  std::vector<double> errors_;                          // by layer, alone
  std::vector<bool> allowed_;                           // by layer
  Int8Choice out_;
};

}  // namespace

Result<Int8Choice> choose_int8(const Int8Question& question, Progress& progress,
                               const StopFlag& stop) {
  return Chooser(question, progress, stop).run();
}

void add_int8(const LayerGraph& graph, const Ranges& ranges, PlannedInt8 planned, Plan& plan) {
  std::set<ValueId> used;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    if (is_int8(plan.layers[i].in)) used.insert(layer.inputs.begin(), layer.inputs.end());
    if (!is_int8(plan.layers[i].out)) continue;
    used.insert(layer.output);
    if (layer.residual) used.insert(*layer.residual);
  }
  if (used.empty()) return;
  for (const ValueId value : used) {
    planned.ranges.push_back({graph.values[static_cast<std::size_t>(value)].name,
                              *ranges[static_cast<std::size_t>(value)]});
  }
  plan.int8 = std::move(planned);
}

}  // namespace kernwise::detail
