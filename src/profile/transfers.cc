// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/profile/transfers.h"

#include <chrono>
#include <string>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/base/statistics.h"
#include "kernwise/graph/problem.h"
#include "kernwise/primitives/registry.h"

namespace kernwise {
namespace {

using Clock = std::chrono::steady_clock;

Problem copy_of(int64_t elements) {
  return {TransformProblem{{1, 1, 1, elements}, Layout::kNchw, Layout::kNchw}, {}};
}

// Host memory and memory of the resource, of one size, and the times of copies between them.
struct Pair {
  int64_t elements = 0;
  AlignedBuffer here;
  ResourceMemory there;
  std::vector<double> in_s, out_s;
};

Result<Pair> make_pair_of(const Resource& resource, int64_t elements) {
  const Bytes bytes{elements * int64_t{sizeof(float)}};
  KERNWISE_ASSIGN(ResourceMemory there, resource.allocate(bytes));
  return Pair{elements, AlignedBuffer(bytes), std::move(there), {}, {}};
}

// In, then out: what comes back is what went, so the host's memory is as warm the next time.
Status copy(const Resource& resource, Pair& pair, int run) {
  for (int64_t i = 0; i < pair.elements; ++i) pair.here.floats()[i] = static_cast<float>(run + i);
  const auto start = Clock::now();
  KERNWISE_TRY(resource.copy_in(pair.there.data(), pair.here.floats(), pair.elements));
  const auto middle = Clock::now();
  KERNWISE_TRY(resource.copy_out(pair.here.floats(), pair.there.data(), pair.elements));
  const auto end = Clock::now();
  if (run < 0) return Ok{};
  pair.in_s.push_back(std::chrono::duration<double>(middle - start).count());
  pair.out_s.push_back(std::chrono::duration<double>(end - middle).count());
  return Ok{};
}

Measurement measurement_of(MeasurementKey key, TransferDirection direction, const Pair& pair) {
  Measurement m;
  m.key = std::move(key);
  m.key.problem = to_string(copy_of(pair.elements));
  m.key.metric = to_string(direction);
  m.runs_s = direction == TransferDirection::kIn ? pair.in_s : pair.out_s;
  m.median_s = median(m.runs_s);
  m.spread = median_spread(m.runs_s);
  m.grade = grade_of(m.spread);
  return m;
}

Result<TransferCost> fit_direction(std::span<const Measurement> measurements, MeasurementKey key,
                                   TransferDirection direction) {
  key.metric = to_string(direction);
  std::vector<TransferPoint> points;
  for (const Measurement& m : measurements) {
    if (m.status != MeasurementStatus::kOk) continue;
    key.problem = m.key.problem;
    if (m.key != key) continue;
    KERNWISE_ASSIGN(const Problem problem, parse_problem(m.key.problem));
    points.push_back({{output_shape(problem).elements() * 4}, {m.median_s}});
  }
  auto cost = fit_transfer(points);
  if (!cost.ok()) return std::move(cost).error().within(std::string(to_string(direction)));
  return cost;
}

}  // namespace

std::string_view to_string(TransferDirection direction) {
  return direction == TransferDirection::kIn ? "copy-in" : "copy-out";
}

MeasurementKey transfer_key(const Device& device, const Resource& resource) {
  MeasurementKey key;
  key.device = device.fingerprint;
  key.primitive = std::string(resource_class(resource.name())) + "-copy";
  key.protocol = kTransferProtocol;
  key.libraries = library_versions(resource.name());
  return key;
}

Result<std::vector<Measurement>> measure_transfers(const Resource& resource, const Device& device,
                                                   const TransferOptions& options,
                                                   const StopFlag& stop) {
  if (resource.name() == "cpu") return unsupported("cpu works in the memory of the process");
  if (!resource.refusal().empty())
    return unsupported(resource.name() + " cannot be used: " + resource.refusal());
  std::vector<Pair> pairs;
  for (const int64_t elements : options.sizes) {
    KERNWISE_ASSIGN(Pair pair, make_pair_of(resource, elements));
    pairs.push_back(std::move(pair));
  }
  for (int run = -1; run < options.runs; ++run) {
    for (Pair& pair : pairs) {
      if (stop) return Error{ErrorCode::kInterrupted, "measuring copies was interrupted", {}, ""};
      KERNWISE_TRY(copy(resource, pair, run));
    }
  }
  const MeasurementKey key = transfer_key(device, resource);
  std::vector<Measurement> measurements;
  for (const Pair& pair : pairs) {
    measurements.push_back(measurement_of(key, TransferDirection::kIn, pair));
    measurements.push_back(measurement_of(key, TransferDirection::kOut, pair));
  }
  return measurements;
}

// Minimises the sum of ((latency + b x) / t - 1)^2 over latency and b = 1 / bandwidth. Where the
// minimum has a negative latency, the best one without is that through the origin.
Result<TransferCost> fit_transfer(std::span<const TransferPoint> points) {
  double s11 = 0, s1x = 0, sxx = 0, s1 = 0, sx = 0;
  for (const auto& [bytes, time] : points) {
    if (bytes.value <= 0 || !(time.value > 0))
      return invalid_input("a copy of no size, or that took no time, tells nothing");
    const double one = 1 / time.value, x = static_cast<double>(bytes.value) / time.value;
    s11 += one * one, s1x += one * x, sxx += x * x, s1 += one, sx += x;
  }
  const double determinant = s11 * sxx - s1x * s1x;  // zero for fewer than two sizes
  if (!(determinant > 1e-12 * s11 * sxx))
    return invalid_input("copies of at least two sizes are needed");
  double latency = (s1 * sxx - sx * s1x) / determinant;
  double seconds_per_byte = (s11 * sx - s1x * s1) / determinant;
  if (latency < 0) {
    latency = 0;
    seconds_per_byte = sx / sxx;
  }
  if (!(seconds_per_byte > 0))
    return invalid_input("larger copies take no longer, so there is no bandwidth to tell",
                         "measure larger sizes");
  return TransferCost{{latency}, 1 / seconds_per_byte};
}

Result<TransferCosts> fit_transfers(std::span<const Measurement> measurements,
                                    const MeasurementKey& key) {
  KERNWISE_ASSIGN(const TransferCost in, fit_direction(measurements, key, TransferDirection::kIn));
  KERNWISE_ASSIGN(const TransferCost out,
                  fit_direction(measurements, key, TransferDirection::kOut));
  return TransferCosts{in, out};
}

}  // namespace kernwise
