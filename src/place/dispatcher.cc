// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/place/dispatcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

#include "kernwise/base/check.h"
#include "kernwise/learn/features.h"
#include "kernwise/learn/training_data.h"
#include "kernwise/primitives/registry.h"
#include "shape_hash.h"

namespace kernwise {
namespace {

constexpr std::size_t kWays = 4;  // places of a shape in the table
constexpr double kNone = std::numeric_limits<double>::infinity();

struct Remembered {
  Problem problem;
  DispatchChoice choice;
};

// One candidate of a new shape: an output of a model.
struct Estimate {
  const Primitive* primitive = nullptr;
  int model = -1;
  std::size_t output = 0;
  double log = 0;         // as predicted
  double time_s = kNone;  // with the winners' factor and copies
};

double copies_time(const DispatchModel& model, const Problem& problem) {
  if (model.model.card.resource == "cpu") return 0;
  double sum = model.out.time_s({output_shape(problem).elements() * 4});
  for (int i = 0; i < input_count(problem); ++i) {
    sum += model.in.time_s({input_shape(problem, i).elements() * 4});
  }
  return sum;
}

}  // namespace

struct Dispatcher::Workspace::State {
  const void* owner = nullptr;  // tables of the dispatcher that it was first used with
  std::size_t sets = 1;         // a power of two
  std::vector<std::optional<Remembered>> places;
  uint32_t replaced = 0;
  std::vector<double> features, logs, copies;  // copies: of each model
  PerformanceModel::Workspace floats;
  std::vector<Estimate> candidates;
};

Dispatcher::Workspace::Workspace(int shapes) : state_(std::make_unique<State>()) {
  const auto wanted = static_cast<std::size_t>(std::max(shapes, 1));
  state_->sets = std::bit_ceil((wanted + kWays - 1) / kWays);
  state_->places.resize(state_->sets * kWays);
}
Dispatcher::Workspace::~Workspace() = default;
Dispatcher::Workspace::Workspace(Workspace&&) noexcept = default;
Dispatcher::Workspace& Dispatcher::Workspace::operator=(Workspace&&) noexcept = default;

struct Dispatcher::Tables {
  // One kind of problem of one model.
  struct Part {
    const PerformanceModel* performance = nullptr;
    std::vector<const Primitive*> primitive;  // per output; nullptr: not to be chosen
    std::vector<uint8_t> wanted;
  };
  std::vector<DispatchModel> models;
  std::vector<std::vector<Part>> parts;  // [model][kind]
};

Dispatcher::Dispatcher(std::unique_ptr<const Tables> tables) : tables_(std::move(tables)) {}
Dispatcher::~Dispatcher() = default;
Dispatcher::Dispatcher(Dispatcher&&) noexcept = default;
Dispatcher& Dispatcher::operator=(Dispatcher&&) noexcept = default;

Result<Dispatcher> Dispatcher::build(std::vector<DispatchModel> models,
                                     const std::vector<std::string>& primitives) {
  if (models.empty()) return invalid_input("a dispatcher needs a model", "fit one: kernwise fit");
  for (const std::string& id : primitives) {
    if (find_primitive(id) != nullptr) continue;
    return invalid_input(fmt::format("there is no primitive '{}'", id),
                         "'kernwise list primitives' names them all");
  }
  // Views copy nothing and compute nothing: no time was learnt of them.
  std::unordered_map<std::string, const Primitive*> by_output;
  for (const auto& primitive : all_primitives()) {
    const PrimitiveInfo& info = primitive->info();
    const bool named = primitives.empty() ||
                       std::find(primitives.begin(), primitives.end(), info.id) != primitives.end();
    if (named && info.kind != ProblemKind::kTransform && info.precision == Precision::kFp32) {
      by_output.emplace(fmt::format("{}@{}", info.id, info.revision), primitive.get());
    }
  }
  for (const DispatchModel& model : models) {
    const std::string& resource = model.model.card.resource;
    if (resource == "cpu" || (model.in.bytes_per_s > 0 && model.out.bytes_per_s > 0)) continue;
    return invalid_input("the copies to and from " + resource + " have no cost",
                         "measure them: measure_transfers(), fit_transfers()");
  }
  auto tables = std::make_unique<Tables>();
  tables->models = std::move(models);
  bool any = false;
  for (const DispatchModel& model : tables->models) {
    auto& parts = tables->parts.emplace_back(std::variant_size_v<Operator>);
    for (const auto& [kind, performance] : model.model.models) {
      KERNWISE_TRY(check_features(performance.schema(), kind));
      Tables::Part& part = parts[static_cast<std::size_t>(kind)];
      part.performance = &performance;
      for (std::size_t i = 0; i < performance.outputs().size(); ++i) {
        const auto found = by_output.find(performance.outputs()[i]);
        const bool usable = found != by_output.end() && performance.knows(i);
        part.primitive.push_back(usable ? found->second : nullptr);
        part.wanted.push_back(usable);
        any = any || usable;
      }
    }
  }
  if (!any) {
    return invalid_input("the models know none of the primitives to choose from",
                         "fit a model from measurements of this version: kernwise fit");
  }
  return Dispatcher(std::move(tables));
}

DispatchChoice Dispatcher::choose(const Problem& problem, Workspace& workspace) const {
  Workspace::State& state = *workspace.state_;
  if (state.owner == nullptr) state.owner = tables_.get();
  KERNWISE_CHECK(state.owner == tables_.get());
  const std::size_t set = detail::shape_hash(problem) & (state.sets - 1);
  std::optional<Remembered>* const ways = state.places.data() + set * kWays;
  for (std::size_t i = 0; i < kWays; ++i) {
    if (ways[i] && ways[i]->problem == problem) return ways[i]->choice;
  }
  const DispatchChoice choice = predict(problem, workspace);
  std::size_t at = 0;
  while (at < kWays && ways[at]) ++at;
  if (at == kWays) at = state.replaced++ % kWays;
  ways[at] = Remembered{problem, choice};
  return choice;
}

DispatchChoice Dispatcher::predict(const Problem& problem, Workspace& workspace) const {
  Workspace::State& state = *workspace.state_;
  state.candidates.clear();
  state.copies.resize(tables_->models.size());
  const auto kind = static_cast<std::size_t>(problem.kind());
  // Features of a kind differ between models by the threads alone (and by their number, where a
  // model is older): they are computed once.
  const std::size_t all = feature_schema(problem.kind()).features.size();
  state.features.resize(all);
  if (!compute_features(problem, 1, state.features).ok()) return {};
  const auto features_of = [&](std::size_t m, const PerformanceModel& performance) {
    state.features[threads_feature(problem.kind())] =
        threads_value(tables_->models[m].model.card.trained_threads);
    return std::span<const double>(state.features).first(performance.schema().features.size());
  };
  for (std::size_t m = 0; m < tables_->models.size(); ++m) {
    const Tables::Part& part = tables_->parts[m][kind];
    if (part.performance == nullptr) continue;
    state.logs.resize(part.primitive.size());
    part.performance->predict_logs(features_of(m, *part.performance), state.logs, state.floats,
                                   part.wanted);
    state.copies[m] = copies_time(tables_->models[m], problem);
    for (std::size_t i = 0; i < part.primitive.size(); ++i) {
      const double time = part.performance->candidate_time(state.logs[i]);
      if (part.primitive[i] == nullptr || !(time < kNone)) continue;
      state.candidates.push_back(
          {part.primitive[i], static_cast<int>(m), i, state.logs[i], time + state.copies[m]});
    }
  }
  // From the fastest on, until one takes the problem: most do, so few are asked.
  for (;;) {
    const auto best =
        std::min_element(state.candidates.begin(), state.candidates.end(),
                         [](const Estimate& a, const Estimate& b) { return a.time_s < b.time_s; });
    if (best == state.candidates.end() || best->time_s == kNone) return {};
    const auto m = static_cast<std::size_t>(best->model);
    const PerformanceModel& performance = *tables_->parts[m][kind].performance;
    DispatchChoice choice{best->primitive, best->model, best->time_s, 0, kNone, false};
    const Applicability answer = best->primitive->supports(problem, execution(choice));
    if (std::holds_alternative<Admitted>(answer)) {
      const PerformanceModel::Estimate estimate = performance.candidate(best->output, best->log);
      choice.low_s = estimate.low_s + state.copies[m];
      choice.high_s = estimate.high_s + state.copies[m];
      choice.in_range = performance.in_range(features_of(m, performance));
      return choice;
    }
    best->time_s = kNone;
  }
}

const std::string& Dispatcher::resource(const DispatchChoice& choice) const {
  KERNWISE_CHECK(choice.model >= 0);
  return tables_->models[static_cast<std::size_t>(choice.model)].model.card.resource;
}

int Dispatcher::threads(const DispatchChoice& choice) const {
  KERNWISE_CHECK(choice.model >= 0);
  return tables_->models[static_cast<std::size_t>(choice.model)].model.card.threads;
}

Execution Dispatcher::execution(const DispatchChoice& choice) const {
  return {.threads = threads(choice), .resource = resource(choice)};
}

}  // namespace kernwise
