// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "cuda/cublas_primitives.h"
#include "resource/device_primitive.h"

namespace kernwise::detail {
namespace {

// Never asked: cuda_refusal() comes first.
class MissingCublas final : public DevicePrimitive {
 public:
  using DevicePrimitive::DevicePrimitive;

 private:
  std::string refusal(const Problem&, const DeviceResource&) const override {
    return cuda_refusal();
  }
  Result<std::unique_ptr<Kernel>> make(const Problem&, const DeviceResource&) const override {
    return unsupported(cuda_refusal());
  }
};

}  // namespace

std::vector<std::unique_ptr<const Resource>> cuda_resources() { return {}; }

std::string cuda_refusal() { return "kernwise was built without CUDA"; }

std::unique_ptr<const Primitive> make_cublas_primitive(ProblemKind kind) {
  return std::make_unique<MissingCublas>(cublas_info(kind));
}

}  // namespace kernwise::detail
