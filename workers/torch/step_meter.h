// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What a step takes where it runs: memory by the allocator's own account, and time between moments.
// One for the processor, whose allocator is ours and counts exactly, and one for a CUDA device, by
// the statistics of libtorch's caching allocator and by events. Once in a process; one thread.
#pragma once

#include <c10/core/Device.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "kernwise/base/result.h"

namespace kernwise::torch_worker {

class StepMeter {
 public:
  virtual ~StepMeter() = default;
  virtual c10::Device device() const = 0;
  // Of allocated memory; of what the caching allocator reserves on a CUDA device. 0: none.
  virtual void set_limit(int64_t bytes) = 0;
  virtual int64_t allocated_peak() const = 0;  // since the last reset_peak()
  virtual void reset_peak() = 0;
  virtual int64_t reserved_peak() const = 0;  // ever
  // Whether memory ran out; `thrown` is what libtorch then said.
  virtual bool ran_out(const std::string& thrown) const = 0;
  virtual std::string refusal() const = 0;  // what was refused, in words

  // Now is moment `i` of the step; moments are few and come in order.
  virtual void mark(std::size_t i) = 0;
  virtual double seconds(std::size_t from, std::size_t to) = 0;
};

// Before the first tensor is made.
std::unique_ptr<StepMeter> cpu_meter();
// kUnsupported in a build without CUDA (KERNWISE_TORCH_CUDA), or without a device.
Result<std::unique_ptr<StepMeter>> cuda_meter();

}  // namespace kernwise::torch_worker
