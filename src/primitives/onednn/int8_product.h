// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Convolution and fully connected layer in int8: sums of products of whole numbers, exact in 32
// bits, then in float32
//   output = round(activation(s * (sum + bias / (x * w)) + residual)),  s = x * w[channel] / y
// with x, y and w the steps of input, output and weights (Jacob et al. 2018, equation 4). Weights
// are rounded while a kernel is prepared, each output channel with a step of its own. Where the
// output is floats, y is 1 and nothing is rounded.
//
// Only with AVX-512 VNNI: without it the products of two bytes are summed in 16 bits, which either
// overflow or cost the gain.
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "factories.h"
#include "kernwise/primitives/primitive.h"
#include "onednn/kernel.h"
#include "onednn/library.h"

namespace kernwise::detail {

// How a problem is put to oneDNN with given attributes.
struct Int8Form {
  DnnImplementation implementation;
  std::vector<DnnArgument> arguments;  // input and output
  dnnl_memory_desc_t plain{};          // the weights as they come, in int8
  // Where the way from there to the kernel's own needs a stop: as in DnnPacking.
  struct Stage {
    dnnl_memory_desc_t desc{}, view{};
  };
  std::optional<Stage> stage;
};

class Int8Product : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution& execution) const final;
  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const final;

 protected:
  using Form = std::variant<Int8Form, Refused>;
  virtual Form form(const Problem& problem, const_dnnl_primitive_attr_t attributes) const = 0;

 private:
  Form checked_form(const Problem& problem, const std::vector<float>& weight_steps,
                    const TensorSteps& steps) const;
};

// Why int8 is no use here; none where it is.
std::optional<Refused> int8_refusal(std::string_view implementation);

void add_int8_convolutions(Primitives& primitives);
void add_int8_moves(Primitives& primitives);  // pooling, and transforms from and to floats

}  // namespace kernwise::detail
