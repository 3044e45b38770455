// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "layer_clock.h"

#include <ATen/SequenceNumber.h>
#include <ATen/record_function.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "kernwise/base/statistics.h"

namespace kernwise::torch_worker {
namespace {

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// What the observers write; libtorch calls free functions only.
struct BackwardTimes {
  std::vector<uint64_t> limits;  // layer i made the sequence numbers below limits[i + 1]
  std::vector<double> seconds;
};
BackwardTimes& backward_times() {
  static BackwardTimes times;
  return times;
}

struct Begin final : at::ObserverContext {
  double start = 0;
};

std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction&) {
  auto context = std::make_unique<Begin>();
  context->start = now_s();
  return context;
}

void end(const at::RecordFunction& function, at::ObserverContext* context) {
  const double seconds = now_s() - static_cast<Begin*>(context)->start;
  BackwardTimes& times = backward_times();
  const auto sequence = static_cast<uint64_t>(function.seqNr());
  const auto above = std::upper_bound(times.limits.begin(), times.limits.end(), sequence);
  if (above == times.limits.begin() || above == times.limits.end()) return;
  times.seconds[static_cast<std::size_t>(above - times.limits.begin()) - 1] += seconds;
}

}  // namespace

LayerClock::LayerClock(std::vector<std::string> names)
    : names_(std::move(names)), forward_runs_(names_.size()), backward_runs_(names_.size()) {
  at::addGlobalCallback(
      at::RecordFunctionCallback(begin, end).scopes({at::RecordScope::BACKWARD_FUNCTION}));
}

void LayerClock::mark(std::size_t layer) {
  const double now = now_s();
  BackwardTimes& times = backward_times();
  if (layer == 0) {
    times.limits.clear();
    times.seconds.assign(names_.size(), 0);
    forward_.clear();
  } else {
    forward_.push_back(now - last_);
  }
  times.limits.push_back(at::sequence_number::peek());
  last_ = now_s();
}

void LayerClock::close_step(bool counts) {
  for (std::size_t i = 0; i < names_.size() && counts; ++i) {
    forward_runs_[i].push_back(forward_[i]);
    backward_runs_[i].push_back(backward_times().seconds[i]);
  }
}

std::vector<LayerTimes> LayerClock::medians() const {
  std::vector<LayerTimes> result;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    result.push_back({names_[i], median(forward_runs_[i]), median(backward_runs_[i])});
  }
  return result;
}

}  // namespace kernwise::torch_worker
