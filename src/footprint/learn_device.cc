// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "kernwise/base/statistics.h"
#include "kernwise/footprint/step_device.h"

namespace kernwise {
namespace {

constexpr std::size_t kEnoughSteps = 30, kEnoughNetworks = 3;
constexpr double kLeastAround = 1e-3;
constexpr double kSurplus = 1.5;              // on the extremes that were seen
const double kAssumedAround = std::log(1.1);  // of a network unlike one or two that were seen

// Allocated as predicted, and what was seen, of a network.
struct Point {
  double x = 0, y = 0;
  std::string network;
};
using Points = std::vector<Point>;

// Errors of `line` are within the interval.
void widen(AroundAllocated& fitted, const AroundAllocated& line, const Points& points) {
  for (const auto& [x, y, network] : points) {
    const double error = std::log(y / (line.base_bytes + line.share * x));
    fitted.error_low = std::min(fitted.error_low, error);
    fitted.error_high = std::max(fitted.error_high, error);
  }
}

// Least squares of the relative error over base and share, both kept in what makes sense.
AroundAllocated line_through(const Points& points) {
  double a11 = 0, a12 = 0, a22 = 0, b1 = 0, b2 = 0;
  for (const auto& [x, y, network] : points) {
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
  return fitted;
}

// The extremes are those of networks held out, each by a line through all others.
AroundAllocated fit_around(const Points& points) {
  AroundAllocated fitted = line_through(points);
  widen(fitted, fitted, points);
  std::set<std::string> networks;
  for (const Point& p : points) networks.insert(p.network);
  for (const std::string& held_out : networks) {
    Points rest, out;
    for (const Point& p : points) (p.network == held_out ? out : rest).push_back(p);
    if (!rest.empty()) widen(fitted, line_through(rest), out);
  }
  fitted.calibrated = networks.size() >= kEnoughNetworks;
  if (!fitted.calibrated) {
    fitted.error_low = std::min(fitted.error_low, -kAssumedAround);
    fitted.error_high = std::max(fitted.error_high, kAssumedAround);
  }
  return fitted;
}

AroundAllocated move_around(AroundAllocated source, const Points& points) {
  std::vector<double> bases;
  for (const auto& [x, y, network] : points) bases.push_back(y - source.share * x);
  source.base_bytes = std::max(0.0, median(bases));
  widen(source, source, points);
  source.calibrated = false;  // errors of the source are not those of this device
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
      sorted.reserved.push_back({x, static_cast<double>(r.reserved_bytes), r.timed.network});
    }
    if (r.used_bytes > 0) {
      sorted.used.push_back({x, static_cast<double>(r.used_bytes), r.timed.network});
    }
    for (const TimedLayer& layer : r.timed.layers) {
      device.ran[static_cast<std::size_t>(layer.operator_class)] = true;
    }
    if (!r.unsteady) sorted.timed.push_back(r.timed);
    networks.insert(r.timed.network);
  }
  device.steps = static_cast<int64_t>(records.size());
  device.networks = static_cast<int64_t>(networks.size());
  // What is assumed of an unknown device gives way to what was seen, once that is enough.
  const bool enough = sorted.timed.size() >= kEnoughSteps && networks.size() >= kEnoughNetworks;
  device.allocated_calibrated = enough;
  const double surplus = enough ? kSurplus : 1;
  device.allocated_low = std::min(enough ? -kLeastAround : device.allocated_low, surplus * low);
  device.allocated_high = std::max(enough ? kLeastAround : device.allocated_high, surplus * high);
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
