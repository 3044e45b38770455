// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A convolution of one channel by oneDNN's first implementation. Of one channel nchw is nhwc, the
// layout in which its direct kernels are offered. The kernel is data here: a second oneDNN
// primitive brings it into the order that the convolution asks for, in every run.
#include "onednn/one_channel.h"

#include <array>
#include <optional>

#include "kernels/plain_primitive.h"
#include "onednn/dnn_primitive.h"
#include "onednn/implementations.h"

namespace kernwise::detail {
namespace {

int64_t whole_lines_of(Bytes bytes) { return (bytes.value + 63) / 64 * 64; }

struct Plan {
  DnnImplementation convolution, reorder;
  dnnl_memory_desc_t image{}, plain{}, packed{}, output{};

  // Scratch: the packed kernel, what the reorder needs, what the convolution needs; each in lines.
  int64_t packed_bytes() const {
    return whole_lines_of({static_cast<int64_t>(dnnl_memory_desc_get_size(&packed))});
  }
  int64_t reorder_bytes() const { return whole_lines_of(dnn_workspace(reorder.get())); }
  Bytes workspace() const {
    return {packed_bytes() + reorder_bytes() + dnn_workspace(convolution.get()).value};
  }
};

std::optional<Plan> plan_of(const MatconvProblem& p) {
  Plan plan;
  plan.image = dnn_tensor({1, 1, p.h, p.w}, Layout::kNhwc);
  plan.output = dnn_tensor({1, 1, p.oh(), p.ow()}, Layout::kNhwc);
  plan.plain = dnn_tensor({1, 1, p.r, p.r}, Layout::kNchw);
  const dnnl_memory_desc_t any = dnn_tensor({1, 1, p.r, p.r}, dnnl_format_tag_any);
  const dnnl_dims_t ones = {1, 1}, none = {0, 0};
  dnnl_convolution_desc_t operation;
  if (dnnl_convolution_forward_desc_init(&operation, dnnl_forward_inference,
                                         dnnl_convolution_direct, &plan.image, &any, nullptr,
                                         &plan.output, ones, none, none) != dnnl_success)
    return std::nullopt;
  const DnnAttributes attributes = dnn_attributes({});
  plan.convolution = first_implementation(&operation, attributes.get());
  if (!plan.convolution) return std::nullopt;
  plan.packed = dnn_query(plan.convolution.get(), dnnl_query_weights_md);
  dnnl_primitive_desc_t reorder = nullptr;
  if (dnnl_reorder_primitive_desc_create(&reorder, &plan.plain, dnn_engine(), &plan.packed,
                                         dnn_engine(), attributes.get()) != dnnl_success)
    return std::nullopt;
  plan.reorder.reset(reorder);
  return plan;
}

class OneChannelKernel final : public OwnKernel {
 public:
  OneChannelKernel(const Plan& plan, std::unique_ptr<Kernel> reorder,
                   std::unique_ptr<Kernel> convolution)
      : OwnKernel({}, plan.workspace()), packed_bytes_(plan.packed_bytes()),
        reorder_bytes_(plan.reorder_bytes()), reorder_(std::move(reorder)),
        convolution_(std::move(convolution)) {}

  void run(const KernelArgs& args) const override {
    auto* packed = reinterpret_cast<float*>(args.scratch);
    std::byte* rest = args.scratch + packed_bytes_;
    reorder_->run({.inputs = args.inputs, .output = packed, .scratch = rest});
    const std::array<const float*, 2> inputs = {args.inputs[0], packed};
    convolution_->run({.inputs = inputs, .output = args.output, .scratch = rest + reorder_bytes_});
  }

 private:
  int64_t packed_bytes_, reorder_bytes_;
  std::unique_ptr<Kernel> reorder_, convolution_;
};

class OneChannel final : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    const ThreadScope scope(execution.threads);
    const auto plan = checked_plan(problem);
    if (!plan) return Refused{"oneDNN offers no convolution for this problem"};
    return Admitted{plan->workspace()};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    const ThreadScope scope(execution.threads);
    KERNWISE_TRY(check_weights(problem, weights));
    const auto plan = checked_plan(problem);
    if (!plan) return unsupported(info().id + ": oneDNN offers no convolution for this problem");
    const DnnArgument from{
        .id = DNNL_ARG_FROM, .source = DnnSource::kInput, .at = 1, .desc = plan->plain};
    const DnnArgument to{
        .id = DNNL_ARG_TO, .source = DnnSource::kOutput, .at = 0, .desc = plan->packed};
    KERNWISE_ASSIGN(auto reorder, DnnKernel::make(plan->reorder.get(), {from, to}, {}));
    KERNWISE_ASSIGN(
        auto convolution,
        DnnKernel::make(
            plan->convolution.get(),
            {{.id = DNNL_ARG_SRC, .source = DnnSource::kInput, .at = 0, .desc = plan->image},
             {.id = DNNL_ARG_WEIGHTS, .source = DnnSource::kInput, .at = 1, .desc = plan->packed},
             {.id = DNNL_ARG_DST, .source = DnnSource::kOutput, .at = 0, .desc = plan->output}},
            {}));
    return std::unique_ptr<Kernel>(
        std::make_unique<OneChannelKernel>(*plan, std::move(reorder), std::move(convolution)));
  }

 private:
  std::optional<Plan> checked_plan(const Problem& problem) const {
    if (!dnn_engine() || dnn_too_large(problem, Layout::kNhwc, Layout::kNhwc)) return std::nullopt;
    return plan_of(*problem.as<MatconvProblem>());
  }
};

}  // namespace

std::unique_ptr<const Primitive> make_one_channel() {
  return std::make_unique<OneChannel>(
      matrix_kernel_info(ProblemKind::kMatconv, {"onednn-matconv", "direct", "onednn"}));
}

}  // namespace kernwise::detail
