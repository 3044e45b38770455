// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "xnnpack/library.h"

#include <cpuinfo.h>
#include <sys/mman.h>
#include <xnnpack.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <new>

#include "kernwise/base/check.h"
#include "xnnpack/build_id.h"

namespace kernwise::detail {
namespace {

// --- Memory. XNNPACK asks for all of it here, which is how a kernel learns what it holds. ---

thread_local int64_t taken = 0;  // by this thread, ever

void* take(std::size_t alignment, std::size_t size) {
  constexpr std::size_t kHugePage = std::size_t{2} << 20;
  if (size >= kHugePage) alignment = kHugePage;
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, rounded);
  if (memory == nullptr) return nullptr;
  if (size >= kHugePage) madvise(memory, rounded, MADV_HUGEPAGE);  // advice; may be refused
  taken += static_cast<int64_t>(size);
  return memory;
}

const xnn_allocator kAllocator = {
    .context = nullptr,
    .allocate = [](void*, std::size_t size) { return take(64, size); },
    .reallocate = [](void*, void* old, std::size_t size) -> void* {
      void* memory = std::realloc(old, size);
      if (memory != nullptr) taken += static_cast<int64_t>(size);
      return memory;
    },
    .deallocate = [](void*, void* memory) { std::free(memory); },
    .aligned_allocate = [](void*, std::size_t alignment,
                           std::size_t size) { return take(alignment, size); },
    .aligned_deallocate = [](void*, void* memory) { std::free(memory); },
};

// XNNPACK has no switch for this: it asks cpuinfo, whose answers are an exported variable that any
// program may write to, after cpuinfo has filled it in and before XNNPACK reads it.
void hold_cpuinfo(Isa isa) {
#if defined(__x86_64__)
  if (isa >= Isa::kAvx512) return;
  for (bool* has : {&cpuinfo_isa.avx512f, &cpuinfo_isa.avx512cd, &cpuinfo_isa.avx512dq,
                    &cpuinfo_isa.avx512bw, &cpuinfo_isa.avx512vl, &cpuinfo_isa.avx512ifma,
                    &cpuinfo_isa.avx512vbmi, &cpuinfo_isa.avx512vbmi2, &cpuinfo_isa.avx512bitalg,
                    &cpuinfo_isa.avx512vpopcntdq, &cpuinfo_isa.avx512vnni, &cpuinfo_isa.avx512bf16})
    *has = false;
  if (isa >= Isa::kAvx2) return;
  for (bool* has : {&cpuinfo_isa.avx, &cpuinfo_isa.avx2, &cpuinfo_isa.fma3, &cpuinfo_isa.fma4,
                    &cpuinfo_isa.xop, &cpuinfo_isa.f16c})
    *has = false;
#else
  static_cast<void>(isa);
#endif
}

bool start() {
  if (!cpuinfo_initialize()) return false;
  hold_cpuinfo(isa_in_use());
  return xnn_initialize(&kAllocator) == xnn_status_success;
}

bool started() {
  static const bool success = start();
  return success;
}

struct Delete {
  void operator()(xnn_operator* op) const { xnn_delete_operator(op); }
};
using Operator = std::unique_ptr<xnn_operator, Delete>;

// --- A kernel: one operator for each slice. ---

struct Part {
  Operator op;
  int64_t first_input = 0, first_output = 0;  // in floats from the start of the tensors
};
// Points an operator to its tensors. Allocates only on the first call.
using Setup = std::function<xnn_status(xnn_operator_t, const float*, float*)>;

// No tensor and no buffer of XNNPACK's can lie here: processors do not have such addresses. The
// operator compares addresses that it derives from the input with that of its buffer of zeros.
constexpr uintptr_t kNowhere = uintptr_t{1} << 62;

class XnnKernel final : public Kernel {
 public:
  XnnKernel(std::vector<Part> parts, Setup setup, Bytes held)
      : parts_(std::move(parts)), setup_(std::move(setup)), held_(held) {}

  void run(const KernelArgs& args) const override {
    // An operator carries the addresses of its tensors, so it serves one run at a time.
    const std::lock_guard lock(busy_);
    const int count = static_cast<int>(parts_.size());
    if (count == 1) return run_part(parts_[0], args);
#pragma omp parallel for num_threads(count) schedule(static, 1)
    for (int i = 0; i < count; ++i) run_part(parts_[static_cast<std::size_t>(i)], args);
  }
  Bytes workspace() const override { return {0}; }
  Bytes packed_weights() const override { return held_; }

 private:
  void run_part(const Part& part, const KernelArgs& args) const {
    const xnn_status ready =
        setup_(part.op.get(), args.inputs[0] + part.first_input, args.output + part.first_output);
    KERNWISE_CHECK(ready == xnn_status_success);
    KERNWISE_CHECK(xnn_run_operator(part.op.get(), nullptr) == xnn_status_success);
  }

  std::vector<Part> parts_;
  Setup setup_;
  Bytes held_;
  mutable std::mutex busy_;
};

// `create` makes the operator of a slice.
std::unique_ptr<Kernel> make_kernel(
    const std::vector<XnnSlice>& slices,
    const std::function<xnn_status(const XnnSlice&, xnn_operator_t*)>& create, Setup setup) {
  if (!started()) return nullptr;
  const int64_t before = taken;
  std::vector<Part> parts;
  for (const XnnSlice& slice : slices) {
    xnn_operator_t created = nullptr;
    xnn_status status = create(slice, &created);
    Part part{Operator(created), slice.first_input, slice.first_output};
    if (status == xnn_status_success)
      status = setup(created, reinterpret_cast<const float*>(kNowhere),
                     reinterpret_cast<float*>(kNowhere));
    if (status == xnn_status_out_of_memory) throw std::bad_alloc();
    if (status != xnn_status_success) return nullptr;
    parts.push_back(std::move(part));
  }
  return std::make_unique<XnnKernel>(std::move(parts), std::move(setup), Bytes{taken - before});
}

const float* bias_of(std::span<const float> bias, const XnnSlice& slice) {
  return bias.empty() ? nullptr : bias.data() + slice.first_output;
}

}  // namespace

std::string xnn_refusal() {
#if defined(__x86_64__)
  return started() ? "" : "XNNPACK does not start on this processor";
#else
  return "XNNPACK is used on x86-64 only: its other kernels read behind their input";
#endif
}

std::string xnn_version() {
  return "xnnpack-" + build_id_of(reinterpret_cast<const void*>(&xnn_initialize)).substr(0, 8);
}

std::unique_ptr<Kernel> make_xnn_convolution(const ConvProblem& conv,
                                             const std::vector<XnnSlice>& slices,
                                             const std::vector<float>& weights,
                                             std::span<const float> bias, XnnLimits limits) {
  const auto create = [&](const XnnSlice& slice, xnn_operator_t* created) {
    const auto u32 = [](int64_t value) { return static_cast<uint32_t>(value); };
    const auto size = [](int64_t value) { return static_cast<std::size_t>(value); };
    return xnn_create_convolution2d_nhwc_f32(
        u32(conv.pt), u32(conv.pr), u32(conv.pb), u32(conv.pl), u32(conv.kh), u32(conv.kw),
        u32(conv.sh), u32(conv.sw), u32(conv.dh), u32(conv.dw), u32(slice.groups),
        size(slice.group_inputs), size(slice.group_outputs), size(conv.ic), size(conv.oc),
        weights.data() + slice.first_weight, bias_of(bias, slice), limits.low, limits.high,
        /*flags=*/0, created);
  };
  return make_kernel(slices, create,
                     [n = static_cast<std::size_t>(conv.n), h = static_cast<std::size_t>(conv.ih),
                      w = static_cast<std::size_t>(conv.iw)](xnn_operator_t op, const float* input,
                                                             float* output) {
                       return xnn_setup_convolution2d_nhwc_f32(op, n, h, w, input, output, nullptr);
                     });
}

std::unique_ptr<Kernel> make_xnn_fully_connected(int64_t batch, int64_t length, int64_t outputs,
                                                 const std::vector<XnnSlice>& slices,
                                                 const std::vector<float>& weights,
                                                 std::span<const float> bias, XnnLimits limits) {
  const auto size = [](int64_t value) { return static_cast<std::size_t>(value); };
  const auto create = [&](const XnnSlice& slice, xnn_operator_t* created) {
    return xnn_create_fully_connected_nc_f32(size(length), size(slice.group_outputs), size(length),
                                             size(outputs), weights.data() + slice.first_weight,
                                             bias_of(bias, slice), limits.low, limits.high,
                                             /*flags=*/0, created);
  };
  return make_kernel(slices, create,
                     [n = size(batch)](xnn_operator_t op, const float* input, float* output) {
                       return xnn_setup_fully_connected_nc_f32(op, n, input, output, nullptr);
                     });
}

}  // namespace kernwise::detail
