// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What OpenCL and CUDA devices have in common: a launch is the same numbers for both, and the
// kernels are the same sources (resource/*_kernels.cl), which each of them reads with words of its
// own (opencl/words.cl, cuda/words.cuh). What is tested on one is the program of the other.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/primitives/primitive.h"
#include "kernwise/primitives/resource.h"

namespace kernwise::detail {

// Work-items of a group along x and y in kernels on matrices and images; the paper's CUDA pair has
// the same tiles (Srivastava et al. 2020).
inline constexpr int32_t kTile = 16;

// One start of a kernel. Its arguments are the inputs, the output, then `sizes`. With every size
// zero a kernel touches no memory.
struct Launch {
  std::string_view program;  // "gemm": resource/gemm_kernels.cl
  std::string_view kernel;   // "gemm_tiled"
  std::array<int64_t, 3> groups = {1, 1, 1};
  std::array<int64_t, 3> group = {1, 1, 1};  // work-items of a group; at most 256 together
  std::vector<int32_t> sizes;
};

class DeviceResource : public Resource {
 public:
  const std::string& name() const override { return name_; }
  const std::string& description() const override { return description_; }
  const std::string& refusal() const override { return refusal_; }
  Status state() const override;

  // Compiles what the launch needs unless this device has it already, and starts it once with every
  // size zero: drivers put off parts of the work until the first start.
  virtual Result<std::unique_ptr<Kernel>> make_kernel(const Launch& launch, int inputs) const = 0;

 protected:
  explicit DeviceResource(std::string name) : name_(std::move(name)) {}
  // Remembers the first of them.
  void note_failure(Error error) const;

  std::string name_, description_, refusal_;

 private:
  mutable std::mutex failure_mutex_;
  mutable std::optional<Error> failure_;
};

// A kernel whose parameters all lie in its arguments.
class DeviceKernel : public Kernel {
 public:
  Bytes workspace() const override { return {0}; }
  Bytes packed_weights() const override { return {0}; }
};

// The devices of each class, usable or not. Empty where there are none, or in a build without.
std::vector<std::unique_ptr<const Resource>> opencl_resources();
std::vector<std::unique_ptr<const Resource>> cuda_resources();

// Why a build has none of a class at all; empty if it looks for them.
std::string opencl_refusal();
std::string cuda_refusal();

// A name in the key of a measurement: blanks and control characters become single dashes.
std::string without_blanks(std::string_view text);

}  // namespace kernwise::detail
