// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "kernwise/base/statistics.h"
#include "kernwise/footprint/step_device.h"

namespace kernwise {
namespace {

constexpr std::size_t kEnoughSteps = 30, kEnoughNetworks = 3;
constexpr double kLeastAround = 1e-3;

using Points = std::vector<std::pair<double, double>>;  // allocated as predicted, and what was seen

// Errors that were seen are within the interval.
void widen(AroundAllocated& fitted, const Points& points) {
  for (const auto& [x, y] : points) {
    const double error = std::log(y / (fitted.base_bytes + fitted.share * x));
    fitted.error_low = std::min(fitted.error_low, error);
    fitted.error_high = std::max(fitted.error_high, error);
  }
}

// Least squares of the relative error over base and share, both kept in what makes sense.
AroundAllocated fit_around(const Points& points) {
  double a11 = 0, a12 = 0, a22 = 0, b1 = 0, b2 = 0;
  for (const auto& [x, y] : points) {
    const double u = 1 / y, v = x / y;
    a11 += u * u;
    a12 += u * v;
    a22 += v * v;
    b1 += u;
    b2 += v;
  }
  AroundAllocated fitted;
  const double det = a11 * a22 - a12 * a12;
  if (det > 1e-9 * a11 * a22) {
    fitted.base_bytes = (b1 * a22 - b2 * a12) / det;
    fitted.share = (a11 * b2 - a12 * b1) / det;
  }
  if (fitted.base_bytes < 0 || fitted.share <= 0 || det <= 1e-9 * a11 * a22) {
    fitted.base_bytes = 0;
    fitted.share = b2 / a22;
  }
  widen(fitted, points);
  return fitted;
}

AroundAllocated move_around(AroundAllocated source, const Points& points) {
  std::vector<double> bases;
  for (const auto& [x, y] : points) bases.push_back(y - source.share * x);
  source.base_bytes = std::max(0.0, median(bases));
  widen(source, points);
  return source;
}

// What both ways of learning need.
struct Sorted {
  Points reserved, used;
  std::vector<TimedStep> timed;
};

Sorted sort_records(const std::vector<StepRecord>& records, StepDevice& device) {
  Sorted sorted;
  std::set<std::string> networks;
  double low = 0, high = 0;  // of the errors of allocated peaks
  for (const StepRecord& r : records) {
    const double ratio = std::log(static_cast<double>(std::max<int64_t>(r.allocated_bytes, 1)) /
                                  static_cast<double>(std::max<int64_t>(r.predicted_bytes, 1)));
    high = std::max(high, ratio);
    if (r.ran_out) continue;
    low = std::min(low, ratio);
    const auto x = static_cast<double>(r.predicted_bytes);
    if (r.reserved_bytes > 0) {
      sorted.reserved.emplace_back(x, static_cast<double>(r.reserved_bytes));
    }
    if (r.used_bytes > 0) sorted.used.emplace_back(x, static_cast<double>(r.used_bytes));
    sorted.timed.push_back(r.timed);
    networks.insert(r.timed.network);
  }
  device.steps = static_cast<int64_t>(records.size());
  device.networks = static_cast<int64_t>(networks.size());
  // What is assumed of an unknown device gives way to what was seen, once that is enough.
  const bool enough = sorted.timed.size() >= kEnoughSteps && networks.size() >= kEnoughNetworks;
  device.allocated_low = std::min(enough ? -kLeastAround : device.allocated_low, low);
  device.allocated_high = std::max(enough ? kLeastAround : device.allocated_high, high);
  return sorted;
}

}  // namespace

Result<StepDevice> learn_step_device(StepDevice plain, const std::vector<StepRecord>& records,
                                     Rng& rng) {
  if (records.empty()) return invalid_input("there is no step to learn from");
  StepDevice device = std::move(plain);
  const Sorted sorted = sort_records(records, device);
  if (!sorted.reserved.empty()) device.reserved = fit_around(sorted.reserved);
  if (!sorted.used.empty()) device.used = fit_around(sorted.used);
  if (!sorted.timed.empty()) {
    KERNWISE_ASSIGN(device.latency, LatencyModel::fit(sorted.timed, rng));
  }
  return device;
}

Result<StepDevice> transfer_step_device(const StepDevice& source, StepDevice plain,
                                        const std::vector<StepRecord>& records, Rng& rng) {
  if (records.empty()) return invalid_input("there is no step to learn from");
  StepDevice device = std::move(plain);
  const Sorted sorted = sort_records(records, device);
  const auto moved = [](const std::optional<AroundAllocated>& known, const Points& points) {
    if (points.empty()) return known;
    return std::optional(known ? move_around(*known, points) : fit_around(points));
  };
  device.reserved = moved(source.reserved, sorted.reserved);
  device.used = moved(source.used, sorted.used);
  device.latency = source.latency;
  if (sorted.timed.empty()) return device;
  KERNWISE_ASSIGN(device.latency, source.latency
                                      ? LatencyModel::transfer(*source.latency, sorted.timed)
                                      : LatencyModel::fit(sorted.timed, rng));
  return device;
}

}  // namespace kernwise
