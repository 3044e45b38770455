// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "kernwise/graph/views.h"
#include "kernwise/primitives/registry.h"

namespace kernwise {
namespace {

class Scheduler {
 public:
  Scheduler(const LayerGraph& graph, const Plan& plan) : graph_(graph), plan_(plan) {}

  Result<Schedule> run() {
    if (plan_.layers.size() != graph_.layers.size()) {
      return mismatch(fmt::format("it plans {} layers, the network has {}", plan_.layers.size(),
                                  graph_.layers.size()));
    }
    find_readers();
    for (std::size_t t = 0; t < plan_.transforms.size(); ++t) {
      transforms_[plan_.transforms[t].value].push_back(static_cast<int>(t));
    }
    for (const ValueId input : graph_.inputs) {
      schedule_.graph_inputs.push_back(make_tensor(input, Layout::kNchw));
      KERNWISE_TRY(run_transforms(input));
    }
    for (std::size_t i = 0; i < graph_.layers.size(); ++i) {
      KERNWISE_TRY(run_layer(static_cast<int>(i)));
      KERNWISE_TRY(run_transforms(graph_.layers[i].output));
    }
    const int end = static_cast<int>(schedule_.steps.size());
    for (const ValueId output : graph_.outputs) {
      KERNWISE_ASSIGN(const int tensor, find(output, Layout::kNchw, "the network's output"));
      schedule_.graph_outputs.push_back(tensor);
      schedule_.tensors[static_cast<std::size_t>(tensor)].last_step = end;
    }
    // Inputs keep their values over runs, and outputs stay readable until the next one.
    for (const int tensor : schedule_.graph_inputs) {
      schedule_.tensors[static_cast<std::size_t>(tensor)].last_step = end;
    }
    place_views();
    return std::move(schedule_);
  }

 private:
  Error mismatch(std::string why) const {
    return invalid_input("the plan does not fit this network: " + std::move(why),
                         "make a new one with 'kernwise plan'");
  }

  // Who reads each value, and which layers were planned as views.
  void find_readers() {
    readers_.resize(graph_.values.size());
    const std::vector<bool> possible = possible_views(graph_);
    for (std::size_t i = 0; i < graph_.layers.size(); ++i) {
      const Layer& layer = graph_.layers[i];
      const auto add = [&](ValueId value, Layout layout) {
        readers_[static_cast<std::size_t>(value)].push_back({static_cast<int>(i), layout});
      };
      for (const ValueId input : layer.inputs) add(input, plan_.layers[i].in);
      if (layer.residual) add(*layer.residual, plan_.layers[i].out);
      const Primitive* primitive = find_primitive(plan_.layers[i].primitive);
      views_.push_back(possible[i] && primitive != nullptr && primitive->info().view);
      if (!views_.back()) continue;
      in_view_.insert(layer.output);
      in_view_.insert(layer.inputs.begin(), layer.inputs.end());
    }
  }

  // Whether a layer may make its output where its first input lies, in `tensor`. Not where somebody
  // still reads that: another layer (transforms of a value run right after it is made), the user of
  // the network's inputs and outputs, or, through a view, whoever reads what lies around or inside.
  bool in_place(int index, int tensor) const {
    const Layer& layer = graph_.layers[static_cast<std::size_t>(index)];
    const PlannedLayer& planned = plan_.layers[static_cast<std::size_t>(index)];
    const Primitive* primitive = find_primitive(planned.primitive);
    if (primitive == nullptr || !primitive->info().in_place || planned.in != planned.out) {
      return false;
    }
    const ValueId from = layer.inputs.front();
    const auto shape = [&](ValueId v) { return graph_.values[static_cast<std::size_t>(v)].shape; };
    if (shape(from) != shape(layer.output) || in_view_.contains(from) ||
        input_shape(layer.problem, 0) != output_shape(layer.problem)) {
      return false;
    }
    const auto is_it = [&](ValueId value, Layout layout) {
      const auto found = copies_.find({value, layout});
      return found != copies_.end() && found->second == tensor;
    };
    for (const ValueId input : graph_.inputs) {
      if (is_it(input, Layout::kNchw)) return false;
    }
    for (const ValueId output : graph_.outputs) {
      if (output == from && is_it(output, Layout::kNchw)) return false;
    }
    for (std::size_t i = 1; i < layer.inputs.size(); ++i) {
      if (is_it(layer.inputs[i], planned.in)) return false;
    }
    const auto& readers = readers_[static_cast<std::size_t>(from)];
    return std::none_of(readers.begin(), readers.end(), [&](const Reader& reader) {
      return reader.layer > index && is_it(from, reader.layout);
    });
  }

  int make_tensor(ValueId value, Layout layout) {
    const int step = static_cast<int>(schedule_.steps.size());
    const Shape4& shape = graph_.values[static_cast<std::size_t>(value)].shape;
    schedule_.tensors.push_back({physical_bytes(shape, layout).value, step, step});
    const int tensor = static_cast<int>(schedule_.tensors.size()) - 1;
    copies_[{value, layout}] = tensor;
    return tensor;
  }

  Result<int> find(ValueId value, Layout layout, const std::string& reader) {
    const auto found = copies_.find({value, layout});
    if (found == copies_.end()) {
      return mismatch(fmt::format("{} needs value '{}' in {}, which nothing provides", reader,
                                  graph_.values[static_cast<std::size_t>(value)].name,
                                  to_string(layout)));
    }
    return found->second;
  }

  void touch(int tensor) {
    auto& lifetime = schedule_.tensors[static_cast<std::size_t>(tensor)];
    lifetime.last_step = std::max(lifetime.last_step, static_cast<int>(schedule_.steps.size()));
  }

  Status run_transforms(ValueId value) {
    const Value& info = graph_.values[static_cast<std::size_t>(value)];
    const auto found = transforms_.find(info.name);
    if (found == transforms_.end()) return Ok{};
    for (const int t : found->second) {
      const PlannedTransform& planned = plan_.transforms[static_cast<std::size_t>(t)];
      KERNWISE_ASSIGN(const int from, find(value, planned.from, "a transform"));
      if (planned.primitive.empty()) {
        if (!same_bytes(info.shape, planned.from, planned.to)) {
          return mismatch(fmt::format("value '{}' cannot be read as {} without a transform",
                                      info.name, to_string(planned.to)));
        }
        copies_[{value, planned.to}] = from;
        continue;
      }
      Step step{.layer = -1, .transform = t, .value = value, .inputs = {from}, .output = -1};
      touch(from);
      step.output = make_tensor(value, planned.to);
      schedule_.steps.push_back(std::move(step));
    }
    return Ok{};
  }

  Status run_layer(int index) {
    const Layer& layer = graph_.layers[static_cast<std::size_t>(index)];
    const PlannedLayer& planned = plan_.layers[static_cast<std::size_t>(index)];
    if (planned.layer != layer.name || planned.problem != to_string(layer.problem)) {
      return mismatch(fmt::format("layer {} is '{}' ({}), the plan has '{}' ({})", index,
                                  layer.name, to_string(layer.problem), planned.layer,
                                  planned.problem));
    }
    Step step{.layer = index, .transform = -1, .value = -1, .inputs = {}, .output = -1};
    for (const ValueId input : layer.inputs) {
      KERNWISE_ASSIGN(const int tensor, find(input, planned.in, "layer '" + layer.name + "'"));
      touch(tensor);
      step.inputs.push_back(tensor);
    }
    if (layer.residual) {
      KERNWISE_ASSIGN(step.output,
                      find(*layer.residual, planned.out, "layer '" + layer.name + "'"));
      if (std::find(step.inputs.begin(), step.inputs.end(), step.output) != step.inputs.end()) {
        return mismatch("layer '" + layer.name + "' would overwrite its own input");
      }
      touch(step.output);
      copies_[{layer.output, planned.out}] = step.output;
    } else if (in_place(index, step.inputs.front())) {
      step.output = step.inputs.front();
      copies_[{layer.output, planned.out}] = step.output;
    } else {
      step.output = make_tensor(layer.output, planned.out);
    }
    schedule_.steps.push_back(std::move(step));
    return Ok{};
  }

  // A plan that takes a view where the graph does not allow one is still right: the primitive then
  // copies.
  void place_views() {
    const std::size_t count = schedule_.tensors.size();
    schedule_.places.assign(count, {});
    ViewClaims claims(static_cast<int>(count));
    for (const Step& step : schedule_.steps) {
      if (step.layer < 0 || !views_[static_cast<std::size_t>(step.layer)]) continue;
      claims.place(step.output, step.inputs);
    }
    // From the last step on, so that a view inside a view finds its own place known.
    for (auto step = schedule_.steps.rbegin(); step != schedule_.steps.rend(); ++step) {
      place_parts(step->output, claims.parts(step->output));
    }
  }

  void place_parts(int whole, const std::vector<int>& parts) {
    const auto at = [](int tensor) { return static_cast<std::size_t>(tensor); };
    Place place = schedule_.places[at(whole)];
    if (place.whole < 0) place.whole = whole;
    TensorLifetime& life = schedule_.tensors[at(place.whole)];
    for (const int part : parts) {
      TensorLifetime& inner = schedule_.tensors[at(part)];
      schedule_.places[at(part)] = place;
      place.offset += inner.bytes;
      life.first_step = std::min(life.first_step, inner.first_step);
      life.last_step = std::max(life.last_step, inner.last_step);
      inner.bytes = 0;
    }
  }

  struct Reader {
    int layer;
    Layout layout;
  };

  const LayerGraph& graph_;
  const Plan& plan_;
  std::vector<std::vector<Reader>> readers_;  // by value
  std::vector<bool> views_;                   // by layer
  std::set<ValueId> in_view_;                 // values that lie in another or have others inside
  std::map<std::string, std::vector<int>> transforms_;  // by value name
  std::map<std::pair<ValueId, Layout>, int> copies_;
  Schedule schedule_;
};

}  // namespace

Result<Schedule> make_schedule(const LayerGraph& graph, const Plan& plan) {
  return Scheduler(graph, plan).run();
}

}  // namespace kernwise
