// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Sums, products and the like of two tensors of one shape, or of two that are broadcast, in every
// layout. Squeeze-and-excitation's product with [n, c, 1, 1] is one of them, and an activation on
// its own is the sum with a constant zero.
#include <algorithm>

#include "kernwise/primitives/reference.h"
#include "ops/binary_kernels.h"
#include "ops/own_operators.h"
#include "support.h"

namespace kernwise::detail {
namespace {

class BinaryKernel final : public OwnKernel {
 public:
  BinaryKernel(const BroadcastProblem& p, const Activation& activation, Layout layout, int threads,
               AlignedBuffer constant)
      : OwnKernel(std::move(constant), {0}), kind_(p.kind), constant_(p.constant),
        activation_(activation), shape_(output_shape({p, {}})), layout_(layout),
        loops_(binary_loops(p.a, p.b, shape_, layout)), threads_(threads) {}

  void run(const KernelArgs& args) const override {
    const float* a = constant_ == ConstantOperand::kFirst ? parameters() : args.inputs[0];
    const float* b = constant_ == ConstantOperand::kSecond  ? parameters()
                     : constant_ == ConstantOperand::kFirst ? args.inputs[0]
                                                            : args.inputs[1];
    const int64_t rows = loops_.rows(), inner = loops_.inner();
    // Few long rows are cut along their length, many short ones are dealt out.
    const bool cut = rows < threads_;
    const int64_t total = cut ? inner : rows;
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int part = 0; part < threads_; ++part) {
      const int64_t first = total * part / threads_, last = total * (part + 1) / threads_;
      binary_rows(loops_, kind_, activation_,
                  cut ? BinaryPart{0, rows, first, last} : BinaryPart{first, last, 0, inner}, a, b,
                  args.output);
    }
    zero_channel_padding(shape_, layout_, args.output);
  }

 private:
  BinaryKind kind_;
  ConstantOperand constant_;
  Activation activation_;
  Shape4 shape_;
  Layout layout_;
  BinaryLoops loops_;
  int threads_;
};

class Binary final : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem&, const Execution&) const override { return Admitted{{0}}; }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      BroadcastProblem p;
      std::vector<float> constant(weights.weights.begin(), weights.weights.end());
      if (const auto* same = problem.as<BinaryProblem>()) {
        p = {.kind = same->kind, .a = same->shape, .b = same->shape};
      } else if (const auto* alone = problem.as<EltwiseProblem>()) {
        p = {.constant = ConstantOperand::kSecond, .a = alone->shape, .b = {1, 1, 1, 1}};
        constant = {0};
      } else {
        p = *problem.as<BroadcastProblem>();
      }
      AlignedBuffer packed;
      if (p.constant != ConstantOperand::kNone) {
        const Shape4& shape = p.constant == ConstantOperand::kFirst ? p.a : p.b;
        constant = to_layout(constant, shape, info().in);
        packed = AlignedBuffer(float_bytes(static_cast<int64_t>(constant.size())));
        std::ranges::copy(constant, packed.floats());
      }
      return std::make_unique<BinaryKernel>(p, problem.post_ops.activation, info().in,
                                            execution.threads, std::move(packed));
    });
  }
};

std::unique_ptr<const Primitive> make(const char* name, ProblemKind kind, Layout layout) {
  // Each element is read before it is written, and by nobody else.
  return std::make_unique<Binary>(PrimitiveInfo{.id = name + std::string(to_string(layout)),
                                                .family = std::string(to_string(kind)),
                                                .source = "kernwise",
                                                .revision = 1,
                                                .kind = kind,
                                                .in = layout,
                                                .out = layout,
                                                .view = false,
                                                .in_place = true});
}

}  // namespace

std::unique_ptr<const Primitive> make_eltwise(Layout layout) {
  return make("eltwise-", ProblemKind::kEltwise, layout);
}
std::unique_ptr<const Primitive> make_binary(Layout layout) {
  return make("binary-", ProblemKind::kBinary, layout);
}
std::unique_ptr<const Primitive> make_broadcast(Layout layout) {
  return make("broadcast-", ProblemKind::kBroadcast, layout);
}

}  // namespace kernwise::detail
