// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A oneDNN primitive with the places its arguments come from.
//
// oneDNN takes its arguments as memory objects that carry an address, so one set of objects serves
// one run at a time. A kernel keeps one spare set: a run takes it, and makes another only if a
// second thread runs the kernel at that moment. A repeated run with the same buffers therefore
// costs no more than oneDNN's own call.
// Thread-safety: run() from any number of threads with different output and scratch.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/primitives/primitive.h"
#include "onednn/library.h"

namespace kernwise::detail {

enum class DnnSource : uint8_t { kInput, kOutput, kPacked, kScratch };

struct DnnArgument {
  int id = 0;  // DNNL_ARG_...
  DnnSource source = DnnSource::kInput;
  int64_t at = 0;  // kInput: which one; kPacked: offset in bytes
  dnnl_memory_desc_t desc{};
};

class DnnKernel final : public Kernel {
 public:
  // `packed` is what kPacked arguments point into.
  static Result<std::unique_ptr<Kernel>> make(const_dnnl_primitive_desc_t implementation,
                                              std::vector<DnnArgument> arguments,
                                              AlignedBuffer packed);
  ~DnnKernel() override;

  void run(const KernelArgs& args) const override;
  Bytes workspace() const override { return workspace_; }
  Bytes packed_weights() const override { return packed_.size(); }
  std::span<const std::byte> packed_data() const override;

 private:
  struct Binding;

  DnnKernel(DnnPrimitiveHandle primitive, std::vector<DnnArgument> arguments,
            AlignedBuffer packed, Bytes workspace);
  std::unique_ptr<Binding> make_binding() const;

  DnnPrimitiveHandle primitive_;
  std::vector<DnnArgument> arguments_;
  AlignedBuffer packed_;
  Bytes workspace_;
  mutable std::atomic<Binding*> spare_ = nullptr;
};

// Copies a tensor into another description of it, once, while a kernel is prepared.
Status dnn_reorder(const dnnl_memory_desc_t& from, const void* source,
                   const dnnl_memory_desc_t& to, void* target);

}  // namespace kernwise::detail
