// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/training_job.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kJobSchema = "kernwise.torch-job/1";
constexpr std::string_view kOutcomeSchema = "kernwise.torch-outcome/1";
constexpr std::size_t kLongestLine = std::size_t{16} << 20;
constexpr double kLargest = 1e15;  // of any number here
constexpr std::array<std::string_view, 4> kOptimizers = {"sgd", "momentum", "adam", "adamw"};
constexpr std::array<std::string_view, 2> kDevices = {"cpu", "cuda"};
constexpr std::array<std::string_view, 4> kStatuses = {"ok", "out-of-memory", "refused", "failed"};

// Reads the members of one object; the first mistake is kept.
class Members {
 public:
  explicit Members(const Json& object) : object_(object) {}

  void text(const char* key, std::string& target) {
    const Json* value = find(
        key, [](const Json& v) { return v.is_string(); }, "a text");
    if (value != nullptr) target = value->get<std::string>();
  }
  void flag(const char* key, bool& target) {
    const Json* value = find(
        key, [](const Json& v) { return v.is_boolean(); }, "true or false");
    if (value != nullptr) target = value->get<bool>();
  }
  template <typename T>
  void integer(const char* key, T& target, int64_t low, int64_t high) {
    const Json* value = find(
        key, [](const Json& v) { return v.is_number_integer(); }, "an integer");
    if (value == nullptr) return;
    // An unsigned one beyond int64 would wrap.
    const double size = value->get<double>();
    if (size < static_cast<double>(low) || size > static_cast<double>(high)) {
      return fail(fmt::format("'{}' is not between {} and {}", key, low, high));
    }
    target = static_cast<T>(value->get<int64_t>());
  }
  void number(const char* key, double& target, double low = 0) {
    const Json* value = find(
        key, [](const Json& v) { return v.is_number(); }, "a number");
    if (value == nullptr) return;
    target = value->get<double>();
    if (!(target >= low && target <= kLargest)) fail(fmt::format("'{}' is out of range", key));
  }
  void numbers(const char* key, std::vector<double>& target) {
    const Json* value = find(
        key, [](const Json& v) { return v.is_array(); }, "a list");
    if (value == nullptr) return;
    for (const Json& item : *value) {
      if (!item.is_number()) return fail(fmt::format("'{}' holds what is no number", key));
      target.push_back(item.get<double>());
      if (!(target.back() >= 0 && target.back() <= kLargest)) {
        return fail(fmt::format("'{}' holds a number out of range", key));
      }
    }
  }
  // [name, seconds, seconds] each.
  void layers(const char* key, std::vector<LayerTimes>& target) {
    const Json* value = find(
        key, [](const Json& v) { return v.is_array(); }, "a list");
    if (value == nullptr) return;
    for (const Json& item : *value) {
      const bool good = item.is_array() && item.size() == 3 && item[0].is_string() &&
                        item[1].is_number() && item[2].is_number();
      if (!good) return fail(fmt::format("'{}' holds what is no layer", key));
      target.push_back({item[0], item[1], item[2]});
      if (!(target.back().forward_s >= 0 && target.back().forward_s <= kLargest &&
            target.back().backward_s >= 0 && target.back().backward_s <= kLargest)) {
        return fail(fmt::format("'{}' holds a time out of range", key));
      }
    }
  }
  void fail(std::string message) {
    if (problem_.empty()) problem_ = std::move(message);
  }
  Status finish() {
    for (const auto& [key, value] : object_.items()) {
      if (!known_.contains(key)) fail(fmt::format("key '{}' is not known", key));
    }
    if (problem_.empty()) return Ok{};
    return invalid_input(problem_);
  }

 private:
  template <typename Test>
  const Json* find(const char* key, Test test, const char* kind) {
    known_.insert(key);
    const auto found = object_.find(key);
    if (found == object_.end()) {
      fail(fmt::format("key '{}' is missing", key));
      return nullptr;
    }
    if (test(*found)) return &*found;
    fail(fmt::format("'{}' is not {}", key, kind));
    return nullptr;
  }

  const Json& object_;
  std::set<std::string> known_ = {"schema"};
  std::string problem_;
};

Result<Json> parse_object(std::string_view line, std::string_view schema) {
  if (line.size() > kLongestLine) return invalid_input("the line is too long");
  Json object = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return invalid_input("not a JSON object");
  const auto found = object.find("schema");
  if (found == object.end() || *found != schema) {
    return invalid_input(fmt::format("the schema is not '{}'", schema));
  }
  return object;
}

std::string line_of(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string_view to_string(Optimizer optimizer) {
  return kOptimizers[static_cast<std::size_t>(optimizer)];
}

Result<Optimizer> parse_optimizer(std::string_view name) {
  for (std::size_t i = 0; i < kOptimizers.size(); ++i) {
    if (kOptimizers[i] == name) return static_cast<Optimizer>(i);
  }
  return invalid_input(fmt::format("optimizer '{}' is not known", name),
                       "one of sgd, momentum, adam, adamw");
}

int64_t state_tensors(Optimizer optimizer) {
  switch (optimizer) {
    case Optimizer::kSgd: return 0;
    case Optimizer::kMomentum: return 1;
    case Optimizer::kAdam:
    case Optimizer::kAdamW: break;
  }
  return 2;
}

std::string_view to_string(TrainingDevice device) {
  return kDevices[static_cast<std::size_t>(device)];
}

std::string_view to_string(StepStatus status) {
  return kStatuses[static_cast<std::size_t>(status)];
}

std::string to_json_line(const TrainingJob& job) {
  return line_of({{"schema", kJobSchema},
                  {"network", job.network},
                  {"batch", job.step.batch},
                  {"inference", job.step.inference},
                  {"optimizer", to_string(job.step.optimizer)},
                  {"weight_decay", job.step.weight_decay},
                  {"threads", job.step.threads},
                  {"device", to_string(job.device)},
                  {"learning_rate", job.learning_rate},
                  {"warmup", job.warmup},
                  {"steps", job.steps},
                  {"limit_bytes", job.limit_bytes},
                  {"seed", job.seed},
                  {"data", job.data},
                  {"labels", job.labels},
                  {"trace", job.trace},
                  {"time_layers", job.time_layers}});
}

Result<TrainingJob> parse_training_job(std::string_view line) {
  KERNWISE_ASSIGN(const Json object, parse_object(line, kJobSchema));
  Members members(object);
  TrainingJob job;
  std::string optimizer, device;
  members.text("network", job.network);
  members.integer("batch", job.step.batch, 1, 1 << 20);
  members.flag("inference", job.step.inference);
  members.text("optimizer", optimizer);
  members.number("weight_decay", job.step.weight_decay);
  members.integer("threads", job.step.threads, 1, 1 << 10);
  members.text("device", device);
  members.number("learning_rate", job.learning_rate);
  members.integer("warmup", job.warmup, 0, 1 << 20);
  members.integer("steps", job.steps, 1, 1 << 20);
  members.integer("limit_bytes", job.limit_bytes, 0, int64_t{1} << 50);
  members.integer("seed", job.seed, 0, int64_t{1} << 50);
  members.text("data", job.data);
  members.text("labels", job.labels);
  members.flag("trace", job.trace);
  members.flag("time_layers", job.time_layers);
  KERNWISE_TRY(members.finish());
  KERNWISE_ASSIGN(job.step.optimizer, parse_optimizer(optimizer));
  if (device != kDevices[0] && device != kDevices[1]) {
    return invalid_input(fmt::format("device '{}' is not known", device), "cpu or cuda");
  }
  job.device = device == kDevices[0] ? TrainingDevice::kCpu : TrainingDevice::kCuda;
  return job;
}

std::string to_json_line(const TrainingOutcome& o) {
  Json layers = Json::array();
  for (const LayerTimes& layer : o.layers) {
    layers.push_back(Json::array({layer.layer, layer.forward_s, layer.backward_s}));
  }
  return line_of({{"schema", kOutcomeSchema},
                  {"status", to_string(o.status)},
                  {"reason", o.reason},
                  {"allocated_peak_bytes", o.allocated_peak_bytes},
                  {"reserved_peak_bytes", o.reserved_peak_bytes},
                  {"process_peak_bytes", o.process_peak_bytes},
                  {"process_idle_bytes", o.process_idle_bytes},
                  {"parameter_bytes", o.parameter_bytes},
                  {"forward_peak_bytes", o.phases.forward_bytes},
                  {"backward_peak_bytes", o.phases.backward_bytes},
                  {"update_peak_bytes", o.phases.update_bytes},
                  {"forward_s", o.phases.forward_s},
                  {"backward_s", o.phases.backward_s},
                  {"update_s", o.phases.update_s},
                  {"steps_s", o.steps_s},
                  {"median_s", o.median_s},
                  {"spread_ratio", o.spread},
                  // A diverging loss says nothing about time and memory, and JSON has no NaN.
                  {"loss", std::isfinite(o.loss) && std::abs(o.loss) < kLargest ? o.loss : -1},
                  {"layers", std::move(layers)},
                  {"library", o.library},
                  {"capability", o.capability}});
}

Result<TrainingOutcome> parse_training_outcome(std::string_view line) {
  KERNWISE_ASSIGN(const Json object, parse_object(line, kOutcomeSchema));
  Members members(object);
  TrainingOutcome o;
  std::string status;
  constexpr int64_t kMost = int64_t{1} << 50;
  members.text("status", status);
  members.text("reason", o.reason);
  members.integer("allocated_peak_bytes", o.allocated_peak_bytes, 0, kMost);
  members.integer("reserved_peak_bytes", o.reserved_peak_bytes, 0, kMost);
  members.integer("process_peak_bytes", o.process_peak_bytes, 0, kMost);
  members.integer("process_idle_bytes", o.process_idle_bytes, 0, kMost);
  members.integer("parameter_bytes", o.parameter_bytes, 0, kMost);
  members.integer("forward_peak_bytes", o.phases.forward_bytes, 0, kMost);
  members.integer("backward_peak_bytes", o.phases.backward_bytes, 0, kMost);
  members.integer("update_peak_bytes", o.phases.update_bytes, 0, kMost);
  members.number("forward_s", o.phases.forward_s);
  members.number("backward_s", o.phases.backward_s);
  members.number("update_s", o.phases.update_s);
  members.numbers("steps_s", o.steps_s);
  members.number("median_s", o.median_s);
  members.number("spread_ratio", o.spread);
  members.number("loss", o.loss, -kLargest);
  members.layers("layers", o.layers);
  members.text("library", o.library);
  members.text("capability", o.capability);
  KERNWISE_TRY(members.finish());
  for (std::size_t i = 0; i < kStatuses.size(); ++i) {
    if (kStatuses[i] != status) continue;
    o.status = static_cast<StepStatus>(i);
    return o;
  }
  return invalid_input(fmt::format("status '{}' is not known", status));
}

}  // namespace kernwise
