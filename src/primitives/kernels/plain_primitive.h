// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A primitive whose inputs are all data, so that nothing is packed beforehand: a struct that says
// what it refuses, how much scratch it takes and how it computes is the whole of it.
//
//   struct Work {
//     static std::string refusal(const Problem&, int threads);  // empty: it takes the problem
//     Work(const Problem&, int threads);                        // cheap: sizes, no memory
//     int64_t scratch_floats() const;
//     void run(const KernelArgs&) const;  // on `threads` threads; from any number at once
//   };
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "kernwise/primitives/primitive.h"
#include "support.h"

namespace kernwise::detail {

template <typename Work>
class PlainKernel final : public Kernel {
 public:
  PlainKernel(const Problem& problem, int threads) : work_(problem, threads) {}
  void run(const KernelArgs& args) const override { work_.run(args); }
  Bytes workspace() const override { return float_bytes(work_.scratch_floats()); }
  Bytes packed_weights() const override { return {0}; }

 private:
  Work work_;
};

template <typename Work>
class PlainPrimitive final : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    if (std::string reason = Work::refusal(problem, execution.threads); !reason.empty())
      return Refused{std::move(reason)};
    return Admitted{float_bytes(Work(problem, execution.threads).scratch_floats())};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      return std::make_unique<PlainKernel<Work>>(problem, execution.threads);
    });
  }
};

// What all primitives of the matrix kernels have in common: nchw, and an id that begins with the
// source unless that is kernwise. The id of a pooling names its layout, as others have it too.
struct MatrixKernelNames {
  const char* id;
  const char* family;  // the algorithm
  const char* source = "kernwise";
  WorkTerm work = WorkTerm::kOperations;
};

inline PrimitiveInfo matrix_kernel_info(ProblemKind kind, const MatrixKernelNames& names) {
  PrimitiveInfo info{names.id, names.family, names.source, 1, kind, Layout::kNchw, Layout::kNchw};
  info.work = names.work;
  return info;
}

template <typename Work>
std::unique_ptr<const Primitive> make_plain(ProblemKind kind, const MatrixKernelNames& names) {
  return std::make_unique<PlainPrimitive<Work>>(matrix_kernel_info(kind, names));
}

}  // namespace kernwise::detail
