// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/step_device.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "kernwise/base/file.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "kernwise.step-device/1";
constexpr Bytes kLargestFile{int64_t{256} << 20};

Json to_json(const AroundAllocated& a) {
  return {{"base_bytes", a.base_bytes},
          {"share_ratio", a.share},
          {"error_low", a.error_low},
          {"error_high", a.error_high},
          {"calibrated", a.calibrated}};
}

Json to_json(const LatencyModel::State& s) {
  Json parts = Json::array();
  for (const LatencyModel::Part& part : s.parts) {
    parts.push_back({{"operators", to_string(part.operator_class)},
                     {"backward", part.backward},
                     {"mean", part.mean},
                     {"deviation", part.deviation},
                     {"low", part.low},
                     {"high", part.high},
                     {"regressor", to_string(part.state.kind)},
                     {"numbers", part.state.numbers},
                     {"tensors", part.state.tensors}});
  }
  Json updates = Json::array(), rests = Json::array();
  for (const LatencyModel::Update& u : s.updates) {
    updates.push_back({{"s_per_byte", u.s_per_byte}, {"s_per_tensor", u.s_per_tensor}});
  }
  for (const LatencyModel::Rest& r : s.rests) {
    rests.push_back({{"s", r.s},
                     {"s_per_layer", r.s_per_layer},
                     {"s_per_parameter_byte", r.s_per_parameter_byte},
                     {"s_per_activation_byte", r.s_per_activation_byte},
                     {"measured", r.measured}});
  }
  Json timed = Json::array();
  for (std::size_t c = 0; c < kOperatorClasses; ++c) {
    const auto operators = to_string(static_cast<OperatorClass>(c));
    for (const bool backward : {false, true}) {
      if (s.timed[c][backward ? 1 : 0]) {
        timed.push_back({{"operators", operators}, {"backward", backward}});
      }
    }
  }
  return {{"scale_ratio", s.scale},     {"error_low", s.error_low},
          {"error_high", s.error_high}, {"calibrated", s.calibrated},
          {"timed", std::move(timed)},  {"updates", std::move(updates)},
          {"rests", std::move(rests)},  {"parts", std::move(parts)}};
}

// nlohmann throws on a wrong type or a missing key: caught in one place, parse_step_device().
AroundAllocated around_of(const Json& json) {
  return {json.at("base_bytes").get<double>(), json.at("share_ratio").get<double>(),
          json.at("error_low").get<double>(), json.at("error_high").get<double>(),
          json.value("calibrated", false)};
}

// One too far if there is no such class.
std::size_t class_named(const std::string& name) {
  std::size_t c = 0;
  while (c < kOperatorClasses && to_string(static_cast<OperatorClass>(c)) != name) ++c;
  return c;
}

LatencyModel::State latency_state_of(const Json& json, bool& known) {
  LatencyModel::State state;
  state.scale = json.at("scale_ratio").get<double>();
  state.error_low = json.at("error_low").get<double>();
  state.error_high = json.at("error_high").get<double>();
  state.calibrated = json.value("calibrated", false);
  for (const Json& item : json.value("timed", Json::array())) {
    const std::size_t c = class_named(item.at("operators").get<std::string>());
    const bool backward = item.at("backward").get<bool>();
    known = known && c < kOperatorClasses;
    if (known) state.timed[c][backward ? 1 : 0] = true;
  }
  for (std::size_t k = 0; k < state.updates.size(); ++k) {
    const Json& update = json.at("updates").at(k);
    state.updates[k] = {update.at("s_per_byte").get<double>(),
                        update.at("s_per_tensor").get<double>()};
  }
  for (std::size_t k = 0; k < state.rests.size(); ++k) {
    const Json& rest = json.at("rests").at(k);
    state.rests[k] = {rest.at("s").get<double>(), rest.at("s_per_layer").get<double>(),
                      rest.at("s_per_parameter_byte").get<double>(),
                      rest.at("s_per_activation_byte").get<double>()};
    // Files from before this key say it by a cost.
    const LatencyModel::Rest& r = state.rests[k];
    state.rests[k].measured =
        rest.value("measured", r.s > 0 || r.s_per_layer > 0 || r.s_per_parameter_byte > 0 ||
                                   r.s_per_activation_byte > 0);
  }
  for (const Json& item : json.at("parts")) {
    LatencyModel::Part part;
    part.operator_class =
        static_cast<OperatorClass>(class_named(item.at("operators").get<std::string>()));
    part.backward = item.at("backward").get<bool>();
    part.mean = item.at("mean").get<std::vector<float>>();
    part.deviation = item.at("deviation").get<std::vector<float>>();
    part.low = item.value("low", std::vector<float>{});
    part.high = item.value("high", std::vector<float>{});
    part.state.kind = parse_regressor_kind(item.at("regressor").get<std::string>())
                          .value_or(RegressorKind::kLinear);
    part.state.numbers = item.at("numbers").get<std::vector<int64_t>>();
    part.state.tensors = item.at("tensors").get<std::vector<std::vector<float>>>();
    state.parts.push_back(std::move(part));
  }
  return state;
}

bool sound(const AroundAllocated& a) {
  return std::isfinite(a.base_bytes) && a.base_bytes >= 0 && a.share > 0 && a.share < 100 &&
         a.error_low <= 0 && a.error_low > -5 && a.error_high >= 0 && a.error_high < 5;
}

}  // namespace

StepDevice plain_step_device(int64_t vector_floats, int threads) {
  StepDevice device;
  device.name = fmt::format("any processor with vectors of {} floats", vector_floats);
  device.threads = threads;
  device.rules.vector_floats = vector_floats;
  // The zoo's networks, pruned or not, differ by less than 0.1 % where this was compared (AVX-512);
  // kernels for shorter vectors were not there to be compared.
  const double around = vector_floats == 16 ? 0.005 : 0.03;
  device.allocated_low = -around;
  device.allocated_high = around;
  return device;
}

std::string to_json_text(const StepDevice& device) {
  Json json = {{"schema", kSchema},
               {"name", device.name},
               {"library", device.library},
               {"threads", device.threads},
               {"vector_floats", device.rules.vector_floats},
               {"allocated_low", device.allocated_low},
               {"allocated_high", device.allocated_high},
               {"allocated_calibrated", device.allocated_calibrated},
               {"steps", device.steps},
               {"networks", device.networks}};
  json["operators"] = Json::array();
  for (std::size_t c = 0; c < kOperatorClasses; ++c) {
    if (device.ran[c]) json["operators"].push_back(to_string(static_cast<OperatorClass>(c)));
  }
  json["reserved"] = device.reserved ? to_json(*device.reserved) : Json();
  json["used"] = device.used ? to_json(*device.used) : Json();
  json["latency"] = device.latency ? to_json(device.latency->state()) : Json();
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<StepDevice> parse_step_device(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("schema") || json["schema"] != kSchema) {
    return invalid_input(fmt::format("this is no '{}'", kSchema),
                         "'kernwise profile --training' makes such a file");
  }
  StepDevice device;
  LatencyModel::State latency;
  bool known = true;  // the names of operators
  try {
    device.name = json.at("name").get<std::string>();
    device.library = json.at("library").get<std::string>();
    device.threads = json.at("threads").get<int>();
    device.rules.vector_floats = json.at("vector_floats").get<int64_t>();
    device.allocated_low = json.at("allocated_low").get<double>();
    device.allocated_high = json.at("allocated_high").get<double>();
    device.allocated_calibrated = json.value("allocated_calibrated", false);
    for (const Json& name : json.value("operators", Json::array())) {
      const std::size_t c = class_named(name.get<std::string>());
      known = known && c < kOperatorClasses;
      if (known) device.ran[c] = true;
    }
    device.steps = json.at("steps").get<int64_t>();
    device.networks = json.at("networks").get<int64_t>();
    if (!json.at("reserved").is_null()) device.reserved = around_of(json.at("reserved"));
    if (!json.at("used").is_null()) device.used = around_of(json.at("used"));
    if (!json.at("latency").is_null()) {
      latency = latency_state_of(json.at("latency"), known);
    }
  } catch (const Json::exception& error) {
    return invalid_input(fmt::format("a value is missing or of the wrong type ({})", error.what()));
  }
  if (!known) return invalid_input("an operator is not known");
  const bool good =
      device.threads >= 1 && device.threads <= 4096 && device.rules.vector_floats >= 1 &&
      device.rules.vector_floats <= 64 && device.allocated_low <= 0 && device.allocated_low > -5 &&
      device.allocated_high >= 0 && device.allocated_high < 5 &&
      (!device.reserved || sound(*device.reserved)) && (!device.used || sound(*device.used));
  if (!good) return invalid_input("a number is out of range");
  if (!json["latency"].is_null()) {
    KERNWISE_ASSIGN(device.latency, LatencyModel::restore(std::move(latency)));
  }
  return device;
}

Result<StepDevice> read_step_device(const std::filesystem::path& path) {
  KERNWISE_ASSIGN(const std::string text, read_file(path, kLargestFile));
  Result<StepDevice> device = parse_step_device(text);
  if (!device.ok()) return std::move(device).error().within(path.string());
  return device;
}

Status write_step_device(const StepDevice& device, const std::filesystem::path& path) {
  return write_file(path, to_json_text(device));
}

}  // namespace kernwise
