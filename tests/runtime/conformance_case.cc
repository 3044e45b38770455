// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "runtime/conformance_case.h"

#include <algorithm>
#include <span>

#include "kernwise/primitives/reference.h"
#include "kernwise/runtime/executor.h"
#include "runtime/table_order_plan.h"

namespace kernwise::test {
namespace {

constexpr double kTolerance = 1e-5;

// Empty if every element is right.
std::string difference(const ConstantTensor& expected, std::span<const float> values,
                       const std::vector<int64_t>& dims) {
  if (expected.type() != DataType::kFloat32) return "the expected output is not float32";
  if (expected.dims() != dims) return "the output has another shape";
  const std::vector<float> floats = expected.to_floats();
  const std::vector<double> wanted(floats.begin(), floats.end());
  const double error = relative_error(values, wanted);
  if (error <= kTolerance) return {};
  return "relative error " + std::to_string(error);
}

std::string difference(const ConstantTensor& expected, const ConstantTensor& value) {
  if (expected.type() != value.type()) return "the output has another type";
  if (expected.type() == DataType::kFloat32) {
    return difference(expected, value.to_floats(), value.dims());
  }
  if (expected.dims() != value.dims()) return "the output has another shape";
  if (expected.raw_bytes() == value.raw_bytes()) return {};
  const bool integers = expected.type() == DataType::kInt64 ||
                        expected.type() == DataType::kInt32 || expected.type() == DataType::kBool;
  if (!integers) return "the output has other bytes";
  return expected.to_ints() == value.to_ints() ? "" : "the output has other values";
}

// Outputs that shape inference knows already.
Outcome compare_constants(const Network& network, const ConformanceCase& test) {
  const auto values = infer_shapes(network, kConformanceLimit);
  if (!values.ok()) return {false, values.error().message};
  for (std::size_t i = 0; i < network.outputs.size(); ++i) {
    const InferredValue& value = values->at(network.outputs[i]);
    if (!value.constant) return {false, "output is computed at run time"};
    const std::string wrong = difference(test.outputs.at(i), *value.constant);
    if (!wrong.empty()) return {true, "constant: " + wrong};
  }
  return {true, {}};
}

}  // namespace

Outcome run_case(const Network& network, const ConformanceCase& test) {
  const auto graph = lower(network, kConformanceLimit);
  if (!graph.ok()) {
    const Outcome constants = compare_constants(network, test);
    return constants.ran ? constants : Outcome{false, graph.error().message};
  }
  const auto plan = plan_by_table_order(*graph);
  if (!plan.ok()) return {true, plan.error().message};
  auto executor = Executor::create(*graph, *plan);
  if (!executor.ok()) return {true, to_string(executor.error())};
  for (std::size_t i = 0; i < graph->inputs.size(); ++i) {
    const std::string& name = graph->values[static_cast<std::size_t>(graph->inputs[i])].name;
    for (const auto& [given, tensor] : test.inputs) {
      if (given == name)
        std::ranges::copy(tensor.to_floats(), executor->input(static_cast<int>(i)).begin());
    }
  }
  executor->run();
  for (std::size_t i = 0; i < graph->outputs.size(); ++i) {
    const Value& value = graph->values[static_cast<std::size_t>(graph->outputs[i])];
    const std::string wrong =
        difference(test.outputs.at(i), executor->output(static_cast<int>(i)), value.dims);
    if (!wrong.empty()) return {true, value.name + ": " + wrong};
  }
  return {true, {}};
}

}  // namespace kernwise::test
