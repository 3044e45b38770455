// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/step_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
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
          {"error_high", a.error_high}};
}

Json to_json(const LatencyModel::State& s) {
  Json parts = Json::array();
  for (const LatencyModel::Part& part : s.parts) {
    parts.push_back({{"operators", to_string(part.operator_class)},
                     {"backward", part.backward},
                     {"mean", part.mean},
                     {"deviation", part.deviation},
                     {"regressor", to_string(part.state.kind)},
                     {"numbers", part.state.numbers},
                     {"tensors", part.state.tensors}});
  }
  return {{"scale_ratio", s.scale},
          {"error_low", s.error_low},
          {"error_high", s.error_high},
          {"update_s_per_byte", s.update_s_per_byte},
          {"parts", std::move(parts)}};
}

// nlohmann throws on a wrong type or a missing key: caught in one place, parse_step_device().
AroundAllocated around_of(const Json& json) {
  return {json.at("base_bytes").get<double>(), json.at("share_ratio").get<double>(),
          json.at("error_low").get<double>(), json.at("error_high").get<double>()};
}

LatencyModel::State latency_state_of(const Json& json) {
  LatencyModel::State state;
  state.scale = json.at("scale_ratio").get<double>();
  state.error_low = json.at("error_low").get<double>();
  state.error_high = json.at("error_high").get<double>();
  state.update_s_per_byte = json.at("update_s_per_byte").get<std::vector<double>>();
  for (const Json& item : json.at("parts")) {
    LatencyModel::Part part;
    const auto name = item.at("operators").get<std::string>();
    std::size_t c = 0;
    while (c < kOperatorClasses && to_string(static_cast<OperatorClass>(c)) != name) ++c;
    part.operator_class = static_cast<OperatorClass>(c);  // restore() refuses one too far
    part.backward = item.at("backward").get<bool>();
    part.mean = item.at("mean").get<std::vector<float>>();
    part.deviation = item.at("deviation").get<std::vector<float>>();
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

// Least squares of the relative error over base and share, both kept in what makes sense.
AroundAllocated fit_around(const std::vector<std::pair<double, double>>& points) {
  double a11 = 0, a12 = 0, a22 = 0, b1 = 0, b2 = 0;
  for (const auto& [x, y] : points) {
    const double u = 1 / y, v = x / y;
    a11 += u * u;
    a12 += u * v;
    a22 += v * v;
    b1 += u;
    b2 += v;
  }
  AroundAllocated fitted;
  const double det = a11 * a22 - a12 * a12;
  if (det > 1e-9 * a11 * a22) {
    fitted.base_bytes = (b1 * a22 - b2 * a12) / det;
    fitted.share = (a11 * b2 - a12 * b1) / det;
  }
  if (fitted.base_bytes < 0 || fitted.share <= 0 || det <= 1e-9 * a11 * a22) {
    fitted.base_bytes = 0;
    fitted.share = b2 / a22;
  }
  for (const auto& [x, y] : points) {
    const double error = std::log(y / (fitted.base_bytes + fitted.share * x));
    fitted.error_low = std::min(fitted.error_low, error);
    fitted.error_high = std::max(fitted.error_high, error);
  }
  return fitted;
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
               {"steps", device.steps},
               {"networks", device.networks}};
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
  try {
    device.name = json.at("name").get<std::string>();
    device.library = json.at("library").get<std::string>();
    device.threads = json.at("threads").get<int>();
    device.rules.vector_floats = json.at("vector_floats").get<int64_t>();
    device.allocated_low = json.at("allocated_low").get<double>();
    device.allocated_high = json.at("allocated_high").get<double>();
    device.steps = json.at("steps").get<int64_t>();
    device.networks = json.at("networks").get<int64_t>();
    if (!json.at("reserved").is_null()) device.reserved = around_of(json.at("reserved"));
    if (!json.at("used").is_null()) device.used = around_of(json.at("used"));
    if (!json.at("latency").is_null()) latency = latency_state_of(json.at("latency"));
  } catch (const Json::exception& error) {
    return invalid_input(fmt::format("a value is missing or of the wrong type ({})", error.what()));
  }
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

Result<StepDevice> learn_step_device(StepDevice plain, const std::vector<StepRecord>& records,
                                     Rng& rng) {
  if (records.empty()) return invalid_input("there is no step to learn from");
  StepDevice device = std::move(plain);
  std::vector<std::pair<double, double>> reserved, used;
  std::vector<TimedStep> timed;
  std::set<std::string> networks;
  for (const StepRecord& r : records) {
    const double ratio = std::log(static_cast<double>(r.allocated_bytes) /
                                  static_cast<double>(std::max<int64_t>(r.predicted_bytes, 1)));
    device.allocated_low = std::min(device.allocated_low, ratio);
    device.allocated_high = std::max(device.allocated_high, ratio);
    const auto x = static_cast<double>(r.predicted_bytes);
    if (r.reserved_bytes > 0) reserved.emplace_back(x, static_cast<double>(r.reserved_bytes));
    if (r.used_bytes > 0) used.emplace_back(x, static_cast<double>(r.used_bytes));
    timed.push_back(r.timed);
    networks.insert(r.timed.network);
  }
  if (!reserved.empty()) device.reserved = fit_around(reserved);
  if (!used.empty()) device.used = fit_around(used);
  KERNWISE_ASSIGN(device.latency, LatencyModel::fit(timed, rng));
  device.steps = static_cast<int64_t>(records.size());
  device.networks = static_cast<int64_t>(networks.size());
  return device;
}

}  // namespace kernwise
