// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What runs a primitive: the processor ("cpu"), an OpenCL device ("opencl:0"), a CUDA device
// ("cuda:0"). The part before the colon is its class; a primitive belongs to one class and runs on
// every resource of it.
//
// Memory of a resource is addressed by plain pointers: OpenCL's are shared virtual memory, CUDA's
// are device pointers. So KernelArgs means the same everywhere, but its pointers must come from
// allocate() of the resource that runs the kernel, and only copy_in and copy_out may look behind
// them. Kernel::run returns when the resource has finished.
//
// A device can fail while it works, which a void run() cannot say. The first failure of a resource
// stays: whoever runs kernels on one asks state() before it believes a result or a time.
//
// Thread-safety: every function may be called from several threads at once; a device does one
// thing after another.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/device/device.h"

namespace kernwise {

// Owns memory of a resource and gives it back when it ends. Not to outlive main().
class ResourceMemory {
 public:
  ResourceMemory() = default;
  ResourceMemory(float* data, Bytes size, std::function<void(float*)> release)
      : data_(data, std::move(release)), size_(size) {}
  float* data() const { return data_.get(); }  // 64-byte aligned; null if of no size
  Bytes size() const { return size_; }

 private:
  std::unique_ptr<float, std::function<void(float*)>> data_;
  Bytes size_;
};

class Resource {
 public:
  virtual ~Resource() = default;
  virtual const std::string& name() const = 0;  // "cpu", "opencl:0", "cuda:0"
  // Device, driver and toolkit with their versions, words with single blanks between: part of the
  // key under which measurements on it are stored. Of "cpu": library_versions().
  virtual const std::string& description() const = 0;
  // Why kernels cannot run on it; empty if they can.
  virtual const std::string& refusal() const = 0;
  // Runs on the processors that "cpu" means, so it must never be measured beside a run on those,
  // and is no second device: PoCL, for one.
  virtual bool shares_processors() const = 0;
  virtual Bytes memory() const = 0;  // all that it has; 0 = unknown

  // kUnsupported if there is not so much, or the resource cannot be used. The content is undefined.
  virtual Result<ResourceMemory> allocate(Bytes size) const = 0;
  // Return when `there` (memory of the resource), or `here` (of the process), holds the elements.
  virtual Status copy_in(float* there, const float* here, int64_t elements) const = 0;
  virtual Status copy_out(float* here, const float* there, int64_t elements) const = 0;

  // The first failure of a kernel or a copy on this resource; ok as long as there was none.
  virtual Status state() const = 0;
};

// "opencl:0" -> "opencl"
std::string_view resource_class(std::string_view resource);

// "cpu" first, then what was found, in the order of the drivers; devices that cannot be used are
// among them, with their refusal(). Looked for on the first call, which starts the drivers (tenths
// of a second), constant after. The threads that a driver starts may inherit where the calling
// thread is bound to: call it before pin_to_cpus() and BoundTeam.
const std::vector<std::unique_ptr<const Resource>>& all_resources();

// nullptr if there is none of that name. Asking for "cpu" starts no driver.
const Resource* find_resource(std::string_view name);

// For `doctor`: what there is besides the processor, and why some of it cannot be used. Starts the
// drivers.
DoctorCheck check_resources();

}  // namespace kernwise
