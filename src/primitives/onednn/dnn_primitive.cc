// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "onednn/dnn_primitive.h"

#include <new>

#include "support.h"

namespace kernwise::detail {
namespace {

constexpr int64_t kPackedAlignment = 64;

Bytes size_of(const dnnl_memory_desc_t& desc) {
  return {static_cast<int64_t>(dnnl_memory_desc_get_size(&desc))};
}

Status pack(const DnnPacking& packing, const WeightView& weights, std::byte* target) {
  const float* source =
      packing.from == DnnConstant::kWeights ? weights.weights.data() : weights.bias.data();
  if (!packing.stage) return dnn_reorder(packing.plain, source, packing.packed, target);
  const AlignedBuffer staged(size_of(packing.stage->desc));
  KERNWISE_TRY(dnn_reorder(packing.plain, source, packing.stage->desc,
                           const_cast<std::byte*>(staged.data())));
  return dnn_reorder(packing.stage->view, staged.data(), packing.packed, target);
}

}  // namespace

DnnPrimitive::Plan DnnPrimitive::checked_plan(const Problem& problem,
                                              const Execution& execution) const {
  if (!dnn_engine()) return Refused{"oneDNN found no processor to run on"};
  if (dnn_too_large(problem, input_layout(info(), problem), output_layout(info(), problem)))
    return Refused{"too large for oneDNN"};
  const ThreadScope scope(execution.threads);
  return plan(problem);
}

Applicability DnnPrimitive::supports(const Problem& problem, const Execution& execution) const {
  Plan plan = checked_plan(problem, execution);
  if (auto* refused = std::get_if<Refused>(&plan)) return std::move(*refused);
  return Admitted{dnn_workspace(std::get<DnnPlan>(plan).implementation.get())};
}

Result<std::unique_ptr<Kernel>> DnnPrimitive::prepare(const Problem& problem,
                                                      const WeightView& weights,
                                                      const Execution& execution) const {
  KERNWISE_TRY(check_weights(problem, weights));
  try {
    Plan decided = checked_plan(problem, execution);
    if (const auto* refused = std::get_if<Refused>(&decided))
      return unsupported(info().id + ": " + refused->reason);
    DnnPlan& plan = std::get<DnnPlan>(decided);

    int64_t size = 0;
    for (const DnnPacking& constant : plan.constants) {
      plan.arguments.push_back(
          {.id = constant.id, .source = DnnSource::kPacked, .at = size, .desc = constant.packed});
      size += (size_of(constant.packed).value + kPackedAlignment - 1) / kPackedAlignment *
              kPackedAlignment;
    }
    AlignedBuffer packed(Bytes{size});
    const ThreadScope scope(execution.threads);
    for (size_t i = 0; i < plan.constants.size(); ++i) {
      const std::size_t first = plan.arguments.size() - plan.constants.size();
      const DnnArgument& argument = plan.arguments[first + i];
      KERNWISE_TRY(pack(plan.constants[i], weights, packed.data() + argument.at));
    }
    return DnnKernel::make(plan.implementation.get(), std::move(plan.arguments),
                           std::move(packed));
  } catch (const std::bad_alloc&) {
    return unsupported("not enough memory for the weights of " + to_string(problem) + " in " +
                           info().id,
                       "free memory or choose a primitive with smaller weights");
  }
}

Refused offers_none(std::string_view name, Layout in, Layout out) {
  std::string text = "oneDNN offers no " + std::string(name) + " for this problem in ";
  text += to_string(in);
  if (out != in) text.append(" -> ").append(to_string(out));
  return {std::move(text)};
}

Refused lacks_isa(std::string_view name, dnnl_cpu_isa_t isa) {
  return {std::string(name) + " needs " + std::string(dnn_isa_name(isa)) +
          ", which oneDNN may not use here"};
}

std::vector<DnnArgument> dnn_arguments(const Problem& problem, Layout in, Layout out) {
  std::vector<DnnArgument> arguments;
  for (int i = 0; i < input_count(problem); ++i)
    arguments.push_back({.id = DNNL_ARG_SRC_0 + i, .source = DnnSource::kInput, .at = i,
                         .desc = dnn_tensor(input_shape(problem, i), in)});
  arguments.push_back({.id = DNNL_ARG_DST, .source = DnnSource::kOutput, .at = 0,
                       .desc = dnn_tensor(output_shape(problem), out)});
  return arguments;
}

}  // namespace kernwise::detail
