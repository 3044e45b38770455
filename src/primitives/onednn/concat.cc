// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "onednn/dnn_primitive.h"
#include "onednn/implementations.h"
#include "onednn/operators.h"

namespace kernwise::detail {
namespace {

int64_t block_of(Layout layout) {
  switch (layout) {
    case Layout::kNchw8c: return 8;
    case Layout::kNchw16c: return 16;
    default: return 1;
  }
}

class Concat final : public DnnPrimitive {
 public:
  explicit Concat(Layout layout)
      : DnnPrimitive({.id = "onednn-concat-" + std::string(to_string(layout)),
                      .family = "concat",
                      .source = "onednn",
                      .revision = 1,
                      .kind = ProblemKind::kConcat,
                      .in = layout,
                      .out = layout}) {}

 protected:
  Plan plan(const Problem& problem) const override {
    const std::vector<int64_t>& channels = problem.as<ConcatProblem>()->channels;
    const int64_t block = block_of(info().in);
    int64_t offset = 0;
    for (const int64_t count : channels) {
      if (offset % block != 0)
        return Refused{"an input would begin at channel " + std::to_string(offset) +
                       ", inside a block of " + std::to_string(block)};
      offset += count;
    }
    constexpr int kChannels = 1;
    const dnnl_memory_desc_t target = dnn_tensor(output_shape(problem), info().out);
    std::vector<dnnl_memory_desc_t> sources;
    for (int i = 0; i < input_count(problem); ++i)
      sources.push_back(dnn_tensor(input_shape(problem, i), info().in));
    const DnnAttributes attributes = dnn_attributes(problem.post_ops);
    dnnl_primitive_desc_t created = nullptr;
    if (dnnl_concat_primitive_desc_create(&created, &target, input_count(problem), kChannels,
                                          sources.data(), attributes.get(),
                                          dnn_engine()) != dnnl_success)
      return offers_none("concatenation", info().in, info().out);
    DnnPlan plan;
    plan.implementation.reset(created);
    if (is_reference(dnn_name(created)))
      return offers_none("optimised concatenation", info().in, info().out);
    plan.arguments = dnn_arguments(problem, info().in, info().out);
    for (int i = 0; i < input_count(problem); ++i) plan.arguments[i].id = DNNL_ARG_MULTIPLE_SRC + i;
    return plan;
  }
};

}  // namespace

void add_concats(Primitives& primitives) {
  for (const Layout layout : kAllLayouts) primitives.push_back(std::make_unique<Concat>(layout));
}

}  // namespace kernwise::detail
