// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "onednn/int8_product.h"

#include <algorithm>
#include <limits>
#include <new>

#include "onednn/dnn_primitive.h"
#include "support.h"

namespace kernwise::detail {
namespace {

constexpr int64_t kPackedAlignment = 64;
constexpr int kPerChannel = 2;  // bit 1: a scale for each entry of dimension 1

int64_t aligned_size(const dnnl_memory_desc_t& desc) {
  const auto size = static_cast<int64_t>(dnnl_memory_desc_get_size(&desc));
  return (size + kPackedAlignment - 1) / kPackedAlignment * kPackedAlignment;
}

// f(s * x) = s * f(x) for s > 0, so that the output's step can be part of the scales before it.
bool scales_through(ActivationKind kind) {
  return kind == ActivationKind::kNone || kind == ActivationKind::kRelu ||
         kind == ActivationKind::kLeakyRelu || kind == ActivationKind::kClip;
}

// Post-operators that end in steps of the output, the scales before them, or null.
DnnAttributes int8_attributes(const PostOps& post_ops, Layout out,
                              const std::vector<float>& weight_steps, const TensorSteps& steps) {
  const float output = is_int8(out) ? steps.output : 1.0F;
  const float residual = is_int8(out) ? steps.residual : 1.0F;
  const bool through = scales_through(post_ops.activation.kind);
  const float before = through ? output : 1.0F;  // what the sum is counted in
  dnnl_primitive_attr_t attr = nullptr;
  if (dnnl_primitive_attr_create(&attr) != dnnl_success) throw std::bad_alloc();
  DnnAttributes owner(attr);
  dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user);
  std::vector<float> scales;
  for (const float w : weight_steps) scales.push_back(steps.input * w / before);
  if (dnnl_primitive_attr_set_output_scales(attr, static_cast<dnnl_dim_t>(scales.size()),
                                            kPerChannel, scales.data()) != dnnl_success)
    return nullptr;
  dnnl_post_ops_t ops = nullptr;
  if (dnnl_post_ops_create(&ops) != dnnl_success) throw std::bad_alloc();
  if (post_ops.residual) dnnl_post_ops_append_sum(ops, residual / before);
  if (post_ops.activation.kind != ActivationKind::kNone) {
    DnnActivation a = dnn_activation(post_ops.activation);
    if (post_ops.activation.kind == ActivationKind::kClip) {
      a.alpha /= before;
      a.beta /= before;
    }
    dnnl_post_ops_append_eltwise(ops, 1.0F, a.algorithm, a.alpha, a.beta);
    if (dnn_clamps_after(post_ops.activation))
      dnnl_post_ops_append_eltwise(ops, 1.0F, dnnl_eltwise_clip, 0.0F, 1.0F);
  }
  if (!through && is_int8(out))
    dnnl_post_ops_append_eltwise(ops, 1.0F, dnnl_eltwise_linear, 1.0F / output, 0.0F);
  const dnnl_status_t status = dnnl_primitive_attr_set_post_ops(attr, ops);
  dnnl_post_ops_destroy(ops);
  return status == dnnl_success ? std::move(owner) : nullptr;
}

// The bias is added to the sums of products, before they are scaled.
std::vector<float> bias_in_sums(std::span<const float> bias, const std::vector<float>& weight_steps,
                                float input_step) {
  std::vector<float> result;
  for (std::size_t c = 0; c < bias.size(); ++c)
    result.push_back(static_cast<float>(double{bias[c]} / (double{input_step} * weight_steps[c])));
  return result;
}

Status pack_weights(const Int8Form& form, const std::vector<int8_t>& numbers,
                    const dnnl_memory_desc_t& packed, std::byte* target) {
  if (!form.stage) return dnn_reorder(form.plain, numbers.data(), packed, target);
  AlignedBuffer staged(Bytes{aligned_size(form.stage->desc)});
  KERNWISE_TRY(dnn_reorder(form.plain, numbers.data(), form.stage->desc, staged.data()));
  return dnn_reorder(form.stage->view, staged.data(), packed, target);
}

int64_t channels_of(const Problem& problem) { return output_shape(problem).c; }

}  // namespace

std::optional<Refused> int8_refusal(std::string_view implementation) {
  if (!dnn_engine()) return Refused{"oneDNN found no processor to run on"};
  if (!dnn_has(dnnl_cpu_isa_avx512_core_vnni))
    return lacks_isa(implementation, dnnl_cpu_isa_avx512_core_vnni);
  return std::nullopt;
}

Int8Product::Form Int8Product::checked_form(const Problem& problem,
                                            const std::vector<float>& weight_steps,
                                            const TensorSteps& steps) const {
  const DnnAttributes attributes =
      int8_attributes(problem.post_ops, info().out, weight_steps, steps);
  if (!attributes) return Refused{"oneDNN takes no such scales or post-operators"};
  return form(problem, attributes.get());
}

Applicability Int8Product::supports(const Problem& problem, const Execution& execution) const {
  if (const auto refusal = int8_refusal(info().id)) return *refusal;
  if (dnn_too_large(problem, info().in, info().out)) return Refused{"too large for oneDNN"};
  // A sum of so many products of two bytes might leave 32 bits.
  const int64_t terms = weight_elements(problem) / channels_of(problem);
  if (terms > std::numeric_limits<int32_t>::max() / (255 * 127))
    return Refused{"the sums of products might not fit in 32 bits"};
  const ThreadScope scope(execution.threads);
  // What is offered does not depend on the scales, as long as they are no 1.
  const std::vector<float> weight_steps(static_cast<std::size_t>(channels_of(problem)), 0.5F);
  const Form found = checked_form(problem, weight_steps, {0.5F, 0.5F, 0.25F});
  if (const auto* refused = std::get_if<Refused>(&found)) return *refused;
  return Admitted{dnn_workspace(std::get<Int8Form>(found).implementation.get())};
}

Result<std::unique_ptr<Kernel>> Int8Product::prepare(const Problem& problem,
                                                     const WeightView& weights,
                                                     const Execution& execution) const {
  KERNWISE_TRY(check_weights(problem, weights));
  const Applicability answer = supports(problem, execution);
  if (const auto* refused = std::get_if<Refused>(&answer))
    return unsupported(info().id + ": " + refused->reason);
  try {
    const ThreadScope scope(execution.threads);
    const QuantizedWeights rounded = quantize_weights(weights.weights, channels_of(problem));
    Form found = checked_form(problem, rounded.steps, weights.steps);
    if (const auto* refused = std::get_if<Refused>(&found))
      return unsupported(info().id + ": " + refused->reason);
    Int8Form& form = std::get<Int8Form>(found);
    const dnnl_memory_desc_t packed = dnn_query(form.implementation.get(), dnnl_query_weights_md);
    const std::vector<float> bias = bias_in_sums(weights.bias, rounded.steps, weights.steps.input);
    const int64_t bias_at = aligned_size(packed);
    AlignedBuffer buffer(Bytes{bias_at + static_cast<int64_t>(bias.size() * sizeof(float))});
    KERNWISE_TRY(pack_weights(form, rounded.numbers, packed, buffer.data()));
    form.arguments.push_back(
        {.id = DNNL_ARG_WEIGHTS, .source = DnnSource::kPacked, .at = 0, .desc = packed});
    if (problem.post_ops.bias) {
      std::ranges::copy(bias, reinterpret_cast<float*>(buffer.data() + bias_at));
      form.arguments.push_back({.id = DNNL_ARG_BIAS,
                                .source = DnnSource::kPacked,
                                .at = bias_at,
                                .desc = dnn_vector(channels_of(problem))});
    }
    return DnnKernel::make(form.implementation.get(), std::move(form.arguments), std::move(buffer));
  } catch (const std::bad_alloc&) {
    return unsupported(
        "not enough memory for the weights of " + to_string(problem) + " in " + info().id,
        "free memory or choose a primitive with smaller weights");
  }
}

Primitives onednn_int8() {
  Primitives primitives;
  add_int8_convolutions(primitives);
  add_int8_moves(primitives);
  return primitives;
}

}  // namespace kernwise::detail
