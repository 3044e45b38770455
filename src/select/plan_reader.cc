// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Plan files come from other machines and from editors: every value is checked before it is used.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "kernwise/base/format.h"
#include "kernwise/base/json_text.h"
#include "kernwise/select/plan.h"
#include "plan_json.h"

namespace kernwise {
namespace {

using Json = nlohmann::json;

constexpr double kMaxSeconds = 1e9;              // a plan of 30 years
constexpr int64_t kMaxBytes = int64_t{1} << 50;  // 1 PiB
constexpr double kMaxRelativeError = 1e9;
constexpr double kMaxValue = 1e30;  // of a tensor: far from where floats end

// Reads the members of one object. The first mistake is kept and everything after it is passed
// over, so that reading a record is one line per key.
class ObjectReader {
 public:
  ObjectReader(const Json& object, std::string path) : object_(object), path_(std::move(path)) {
    if (!object_.is_object()) fail("", "must be an object");
  }

  void read(const char* key, std::string& value) {
    const Json* json = find(key);
    if (json == nullptr) return;
    if (!json->is_string()) return fail(key, "must be a string");
    value = json->get<std::string>();
  }
  void read_name(const char* key, std::string& value) {
    read(key, value);
    if (!error_ && value.empty()) fail(key, "must not be empty");
  }
  void read(const char* key, bool& value) {
    const Json* json = find(key);
    if (json == nullptr) return;
    if (!json->is_boolean()) return fail(key, "must be true or false");
    value = json->get<bool>();
  }
  void read(const char* key, double& value, double low, double high) {
    const Json* json = find(key);
    if (json == nullptr) return;
    if (!json->is_number()) return fail(key, "must be a number");
    value = json->get<double>();
    if (!(value >= low && value <= high)) {
      fail(key, fmt::format("must be from {} to {}, not {}", low, high, value));
    }
  }
  void read_seconds(const char* key, double& value) { read(key, value, 0, kMaxSeconds); }
  template <typename Integer>
  void read_integer(const char* key, Integer& value, int64_t low, int64_t high) {
    const Json* json = find(key);
    if (json == nullptr) return;
    if (!json->is_number_integer()) return fail(key, "must be a whole number");
    const bool beyond = json->is_number_unsigned() &&
                        json->get<uint64_t>() > uint64_t{std::numeric_limits<int64_t>::max()};
    const int64_t number = beyond ? 0 : json->get<int64_t>();
    if (beyond || number < low || number > high) {
      return fail(key, fmt::format("must be from {} to {}, not {}", low, high, json->dump()));
    }
    value = static_cast<Integer>(number);
  }
  void read(const char* key, Layout& value) {
    std::string text;
    read(key, text);
    if (error_) return;
    const std::optional<Layout> layout = parse_layout(text);
    if (!layout) {
      return fail(key, fmt::format("must be a layout such as nchw or nhwc, not '{}'", shown(text)));
    }
    value = *layout;
  }
  void read_grade(const char* key, char& value) {
    std::string text;
    read(key, text);
    if (error_) return;
    if (text.size() != 1 || text[0] < 'A' || text[0] > 'F') {
      return fail(key, fmt::format("must be a grade from A to F, not '{}'", shown(text)));
    }
    value = text[0];
  }
  void read(const char* key, Precision& value) {
    std::string text;
    read(key, text);
    if (error_) return;
    const auto precision = parse_precision(text);
    if (!precision) return fail(key, fmt::format("must be fp32 or int8, not '{}'", shown(text)));
    value = *precision;
  }
  bool has(const char* key) const { return !error_ && object_.contains(key); }
  // `read_object` takes the object's reader and the value to fill. Without the key nothing is read.
  template <typename T, typename ReadObject>
  void read_if_there(const char* key, T& value, const ReadObject& read_object) {
    if (error_ || !object_.contains(key)) return;
    ObjectReader object(object_[key], place(key));
    if (!object.error_) read_object(object, value);
    error_ = std::move(object.error_);
  }
  // `read_entry` takes the entry's reader and the value to fill.
  template <typename T, typename ReadEntry>
  void read(const char* key, std::vector<T>& values, const ReadEntry& read_entry) {
    const Json* json = find(key);
    if (json == nullptr) return;
    if (!json->is_array()) return fail(key, "must be a list");
    for (std::size_t i = 0; i < json->size() && !error_; ++i) {
      ObjectReader entry((*json)[i], fmt::format("{}[{}]", place(key), i));
      T value;
      if (!entry.error_) read_entry(entry, value);
      error_ = std::move(entry.error_);
      values.push_back(std::move(value));
    }
  }

  void fail(const std::string& key, const std::string& what) {
    if (error_) return;
    const std::string where = key.empty() && path_.empty() ? "the document" : place(key);
    error_ = invalid_input(where + " " + what,
                           "make the plan again with `kernwise plan`, or mend this key");
  }
  // Long or hostile text in messages helps nobody.
  static std::string shown(const std::string& text) {
    return text.size() <= 40 ? text : text.substr(0, 40) + "...";
  }
  std::optional<Error>& error() { return error_; }

 private:
  std::string place(const std::string& key) const {
    if (key.empty()) return path_;
    return path_.empty() ? key : path_ + "." + key;
  }
  const Json* find(const char* key) {
    if (error_) return nullptr;
    const auto it = object_.find(key);
    if (it != object_.end()) return &*it;
    fail(key, "is missing");
    return nullptr;
  }

  const Json& object_;
  std::string path_;
  std::optional<Error> error_;
};

void read_layer(ObjectReader& reader, PlannedLayer& layer) {
  reader.read_name("layer", layer.layer);
  reader.read_name("problem", layer.problem);
  reader.read_name("primitive", layer.primitive);
  reader.read_integer("revision", layer.revision, 0, 1'000'000);
  reader.read("in", layer.in);
  reader.read("out", layer.out);
  reader.read_seconds("time_s", layer.time_s);
  reader.read_seconds("low_s", layer.low_s);
  reader.read_seconds("high_s", layer.high_s);
  reader.read_integer("workspace_bytes", layer.workspace_bytes, 0, kMaxBytes);
  reader.read_grade("grade", layer.grade);
  reader.read("provenance", layer.provenance);
  reader.read("runner_up", layer.runner_up);
  reader.read_seconds("runner_up_s", layer.runner_up_s);
  if (reader.has("precision")) reader.read("precision", layer.precision);
  if (reader.has("relative_error")) {
    reader.read("relative_error", layer.relative_error, 0, kMaxRelativeError);
  }
}

void read_range(ObjectReader& reader, PlannedRange& range) {
  reader.read_name("value", range.value);
  reader.read("low", range.range.low, -kMaxValue, kMaxValue);
  reader.read("high", range.range.high, -kMaxValue, kMaxValue);
  if (!(range.range.low <= range.range.high)) reader.fail("low", "must not be above 'high'");
}

void read_int8(ObjectReader& reader, PlannedInt8& int8) {
  reader.read("max_relative_error", int8.max_relative_error, 0, kMaxRelativeError);
  reader.read("end_to_end_relative_error", int8.end_to_end_relative_error, 0, kMaxRelativeError);
  reader.read("calibration", int8.calibration);
  reader.read("ranges", int8.ranges, read_range);
}

void read_transform(ObjectReader& reader, PlannedTransform& transform) {
  reader.read_name("value", transform.value);
  reader.read("from", transform.from);
  reader.read("to", transform.to);
  reader.read("primitive", transform.primitive);
  reader.read_seconds("time_s", transform.time_s);
}

void read_machine(ObjectReader& reader, PlanMachine& machine) {
  reader.read("kernel", machine.kernel);
  reader.read("compiler", machine.compiler);
  reader.read("governor", machine.governor);
  reader.read("turbo", machine.turbo);
  reader.read("hypervisor", machine.hypervisor);
  reader.read("huge_pages", machine.huge_pages);
  reader.read_integer("cores", machine.cores, 0, 65536);
  reader.read_integer("l1d_bytes", machine.l1d_bytes, 0, kMaxBytes);
  reader.read_integer("l2_bytes", machine.l2_bytes, 0, kMaxBytes);
  reader.read_integer("l3_bytes", machine.l3_bytes, 0, kMaxBytes);
  reader.read_integer("memory_bytes", machine.memory_bytes, 0, kMaxBytes);
}

Result<Plan> read_plan(const Json& json) {
  ObjectReader reader(json, "");
  std::string schema;
  reader.read("schema", schema);
  if (!reader.error() && schema != detail::kPlanSchema) {
    reader.fail("schema", fmt::format("must be \"{}\", not '{}'", detail::kPlanSchema,
                                      ObjectReader::shown(schema)));
  }
  Plan plan;
  reader.read("network", plan.network);
  reader.read("network_hash", plan.network_hash);
  reader.read("device", plan.device);
  reader.read("device_label", plan.device_label);
  reader.read("libraries", plan.libraries);
  reader.read("build", plan.build);
  reader.read("created", plan.created);
  reader.read_if_there("machine", plan.machine, read_machine);
  reader.read("policy", plan.policy);
  reader.read("protocol", plan.protocol);
  reader.read_integer("threads", plan.threads, 1, 65536);
  reader.read_seconds("predicted_total_s", plan.predicted_total_s);
  reader.read_seconds("predicted_transforms_s", plan.predicted_transforms_s);
  reader.read_integer("peak_bytes", plan.peak_bytes, 0, kMaxBytes);
  reader.read("optimal", plan.optimal);
  reader.read("gap_ratio", plan.gap_ratio, 0, 1);
  reader.read("calibration_ratio", plan.calibration_ratio, 1e-6, 1e6);
  reader.read_seconds("measured_total_s", plan.measured_total_s);
  reader.read("layers", plan.layers, read_layer);
  reader.read("transforms", plan.transforms, read_transform);
  if (reader.has("int8")) {
    plan.int8.emplace();
    reader.read_if_there("int8", *plan.int8, read_int8);
  }
  if (reader.error()) return std::move(*reader.error());
  return plan;
}

}  // namespace

Result<Plan> plan_from_json(std::string_view text) {
  if (static_cast<int64_t>(text.size()) > detail::kMaxPlanFile.value) {
    return invalid_input("is larger than the limit of " + format_bytes(detail::kMaxPlanFile));
  }
  KERNWISE_TRY(check_json_proportions(text, {}));
  // The parser reports by exceptions; they end here.
  try {
    return read_plan(Json::parse(text));
  } catch (const Json::parse_error& error) {
    return invalid_input(fmt::format("is not JSON: mistake at byte {}", error.byte),
                         "a plan is written by `kernwise plan -o plan.json`");
  } catch (const Json::exception&) {
    return invalid_input("is not JSON that can be read: a number is out of range",
                         "a plan is written by `kernwise plan -o plan.json`");
  }
}

}  // namespace kernwise
