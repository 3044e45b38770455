// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/pack_plan.h"

#include "check_plan.h"
#include "kernwise/base/file.h"
#include "kernwise/runtime/pack.h"
#include "kernwise/workflow/run_plan.h"

namespace kernwise {

Result<PackOutcome> pack_plan(const PackRequest& request) {
  KERNWISE_ASSIGN(const Plan plan, load_plan(request.plan));
  RunRequest run;
  run.plan = request.plan;
  run.model = request.model;
  const std::filesystem::path path = find_model(run, plan);
  if (path.empty()) {
    return invalid_input("the plan names no model file", "give it with --model")
        .within(request.plan.string());
  }
  KERNWISE_ASSIGN(const LoadedModel model, load_model(path, request.onnx));
  auto same = check_plan_network(plan, model);
  if (!same.ok()) return std::move(same).error().within(request.plan.string());
  KERNWISE_ASSIGN(const std::string bytes, pack_bytes(model.graph, plan));
  // What would not run is not written.
  auto back = parse_pack(bytes, request.onnx.max_model_memory);
  if (!back.ok()) return std::move(back).error().within(request.plan.string());
  KERNWISE_TRY(write_file(request.output, bytes));
  PackOutcome out{.file = request.output.string(),
                  .network = path.string(),
                  .device = plan.device_label,
                  .layers = static_cast<int>(plan.layers.size()),
                  .threads = plan.threads,
                  .bytes = {static_cast<int64_t>(bytes.size())},
                  .weights = {}};
  for (const Layer& layer : model.graph.layers) {
    out.weights.value += 4 * (weight_elements(layer.problem) + bias_elements(layer.problem));
  }
  return out;
}

}  // namespace kernwise
