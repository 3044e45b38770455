// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "resource/device_primitive.h"

#include "factories.h"
#include "resource/variants.h"
#include "support.h"

namespace kernwise::detail {
namespace {

// The device that can run a class's primitives, or why there is none.
std::variant<const DeviceResource*, Refused> device_of(const std::string& kind,
                                                       const Execution& execution) {
  if (resource_class(execution.resource) != kind)
    return Refused{"runs on resources of class " + kind + ", not on " + execution.resource};
  const std::string missing = kind == "opencl" ? opencl_refusal() : cuda_refusal();
  if (!missing.empty()) return Refused{missing};
  const Resource* resource = find_resource(execution.resource);
  if (resource == nullptr)
    return Refused{"there is no " + execution.resource + " here ('kernwise list resources')"};
  if (!resource->refusal().empty()) return Refused{resource->refusal()};
  return static_cast<const DeviceResource*>(resource);
}

class VariantPrimitive final : public DevicePrimitive {
 public:
  VariantPrimitive(PrimitiveInfo info, const DeviceVariant& variant)
      : DevicePrimitive(std::move(info)), variant_(variant) {}

 private:
  std::string refusal(const Problem& problem, const DeviceResource&) const override {
    const auto planned = variant_.plan(problem);
    const auto* refused = std::get_if<Refused>(&planned);
    return refused ? refused->reason : std::string();
  }
  Result<std::unique_ptr<Kernel>> make(const Problem& problem,
                                       const DeviceResource& device) const override {
    return device.make_kernel(std::get<Launch>(variant_.plan(problem)), input_count(problem));
  }

  DeviceVariant variant_;
};

}  // namespace

Applicability DevicePrimitive::supports(const Problem& problem, const Execution& execution) const {
  const auto device = device_of(info().resource, execution);
  if (const auto* refused = std::get_if<Refused>(&device)) return *refused;
  if (problem.post_ops != PostOps{}) return Refused{"computes no post-operators"};
  std::string reason = refusal(problem, *std::get<const DeviceResource*>(device));
  if (!reason.empty()) return Refused{std::move(reason)};
  return Admitted{{0}};
}

Result<std::unique_ptr<Kernel>> DevicePrimitive::prepare(const Problem& problem,
                                                         const WeightView& weights,
                                                         const Execution& execution) const {
  const Applicability applicability = supports(problem, execution);
  if (const auto* refused = std::get_if<Refused>(&applicability))
    return unsupported(info().id + " cannot compute " + to_string(problem) + ": " +
                       refused->reason);
  KERNWISE_TRY(check_weights(problem, weights));
  const auto device = device_of(info().resource, execution);
  auto kernel = make(problem, *std::get<const DeviceResource*>(device));
  if (!kernel.ok()) return std::move(kernel).error().within(info().id);
  return kernel;
}

Primitives device_variants(const std::string& kind) {
  Primitives primitives;
  for (const auto& variants :
       {gemm_variants(), gemv_variants(), matconv_variants(), pool_variants()})
    for (const DeviceVariant& variant : variants) {
      PrimitiveInfo info;
      info.id = kind + "-" + std::string(variant.name);
      info.family = variant.family;
      info.source = "kernwise";
      info.kind = variant.kind;
      info.resource = kind;
      primitives.push_back(std::make_unique<VariantPrimitive>(std::move(info), variant));
    }
  return primitives;
}

}  // namespace kernwise::detail
