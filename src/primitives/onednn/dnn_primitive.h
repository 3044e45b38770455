// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What all primitives on oneDNN share: each says how its problem is put to oneDNN (plan), and
// supports() and prepare() follow from that.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "kernwise/primitives/primitive.h"
#include "onednn/kernel.h"
#include "onednn/library.h"

namespace kernwise::detail {

enum class DnnConstant : uint8_t { kWeights, kBias };

// A constant argument: from the caller's array, described by `plain`, to the kernel's own.
struct DnnPacking {
  int id = 0;  // DNNL_ARG_...
  DnnConstant from = DnnConstant::kWeights;
  dnnl_memory_desc_t plain{}, packed{};
  // Where one description cannot express the way: plain -> stage, seen as stage_view -> packed.
  struct Stage {
    dnnl_memory_desc_t desc{}, view{};
  };
  std::optional<Stage> stage;
};

struct DnnPlan {
  DnnImplementation implementation;
  std::vector<DnnArgument> arguments;  // inputs and output
  std::vector<DnnPacking> constants;
};

class DnnPrimitive : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution& execution) const final;
  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const final;

 protected:
  using Plan = std::variant<DnnPlan, Refused>;
  // Called with OpenMP set to the threads of the execution.
  virtual Plan plan(const Problem& problem) const = 0;

 private:
  Plan checked_plan(const Problem& problem, const Execution& execution) const;
};

// "oneDNN offers no jit:avx2 for this problem in nchw8c".
Refused offers_none(std::string_view name, Layout in, Layout out);
// "jit:avx2 needs AVX2, which oneDNN may not use here".
Refused lacks_isa(std::string_view name, dnnl_cpu_isa_t isa);

// Arguments of the usual operator: inputs DNNL_ARG_SRC_0, ..., output DNNL_ARG_DST, in the
// primitive's layouts.
std::vector<DnnArgument> dnn_arguments(const Problem& problem, Layout in, Layout out);

}  // namespace kernwise::detail
