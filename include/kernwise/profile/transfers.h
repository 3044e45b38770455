// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What it costs to bring a tensor to a resource and back: the edge costs between kernels that run
// in different places. A copy takes a fixed time and then so many bytes a second (Hockney 1994), so
// a few sizes tell all of them:
//
//   time(bytes) = latency + bytes / bandwidth
//
// Each timed copy is a measurement like any other, under the problem that it computes (a transform
// that leaves the layout as it is) and with the metric "copy-in" or "copy-out". Its library
// versions are those of the resource. There is no cost for "cpu": its memory is the process's own.
// Thread-safety: pure functions, but for the resource.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/device/device.h"
#include "kernwise/primitives/resource.h"
#include "kernwise/store/measurement.h"

namespace kernwise {

enum class TransferDirection : uint8_t { kIn = 0, kOut = 1 };  // to the resource, back from it
std::string_view to_string(TransferDirection direction);       // "copy-in", "copy-out"

struct TransferCost {
  Seconds latency;
  double bytes_per_s = 0;
  Seconds time(Bytes bytes) const {
    return {latency.value + static_cast<double>(bytes.value) / bytes_per_s};
  }
};
struct TransferCosts {
  TransferCost in, out;
};

// How copies are timed: host memory written just before; one untimed copy, then `runs` timed ones
// of each size, the sizes in turn so that the runs of one lie apart. Part of the store key.
inline constexpr std::string_view kTransferProtocol = "copy-1";

struct TransferOptions {
  // Elements: 4 KiB to 64 MiB by default, a factor of four between them.
  std::vector<int64_t> sizes = {1 << 10, 1 << 12, 1 << 14, 1 << 16,
                                1 << 18, 1 << 20, 1 << 22, 1 << 24};
  int runs = 15;
};

// Both directions of every size, unsaved: whoever has a store appends them in a session of its own.
// kUnsupported if the resource is "cpu", cannot be used, or has too little memory; kInterrupted.
Result<std::vector<Measurement>> measure_transfers(const Resource& resource, const Device& device,
                                                   const TransferOptions& options,
                                                   const StopFlag& stop);

// The fields that all of them share (problem and metric left empty), to ask a store by.
MeasurementKey transfer_key(const Device& device, const Resource& resource);

// The costs that measurements under `key` (transfer_key) tell; rows of other keys are passed over,
// as are failed ones. Least squares of the relative error, with neither part negative.
// kInvalidInput if there are fewer than two sizes of a direction, or time does not grow with size.
Result<TransferCosts> fit_transfers(std::span<const Measurement> measurements,
                                    const MeasurementKey& key);

// One direction, from pairs of bytes and seconds.
struct TransferPoint {
  Bytes bytes;
  Seconds time;
};
Result<TransferCost> fit_transfer(std::span<const TransferPoint> points);

}  // namespace kernwise
