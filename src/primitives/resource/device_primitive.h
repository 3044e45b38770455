// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A primitive of one class of devices: finds the device that the execution names, and refuses with
// the reason if it is not there or cannot be used.
#pragma once

#include <string>
#include <variant>

#include "kernwise/primitives/primitive.h"
#include "resource/device_resource.h"

namespace kernwise::detail {

class DevicePrimitive : public Primitive {
 public:
  using Primitive::Primitive;
  Applicability supports(const Problem& problem, const Execution& execution) const final;
  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const final;

 private:
  virtual std::string refusal(const Problem& problem, const DeviceResource& device) const = 0;
  virtual Result<std::unique_ptr<Kernel>> make(const Problem& problem,
                                               const DeviceResource& device) const = 0;
};

}  // namespace kernwise::detail
