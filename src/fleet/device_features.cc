// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/device_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "kernwise/base/csv_table.h"

namespace kernwise {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t kMostFeatures = 256, kMostDevices = 100'000;
constexpr std::size_t kMostCells = 4'000'000;  // of one file
// Numbers of a report that are names, or about the moment it was made.
constexpr std::array<std::string_view, 5> kSayLittle = {"family", "model", "stepping",
                                                        "noise_ratio", "steal_ratio"};
constexpr Bytes kMaxReport{int64_t{4} << 20};
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

using Named = std::map<std::string, std::map<std::string, double>>;  // device -> feature -> value

Status read_table(const fs::path& file, Named& named) {
  KERNWISE_ASSIGN(const CsvTable csv, read_csv(file));
  const auto names = csv.column("device");
  if (!names) {
    return invalid_input("there is no column 'device'",
                         "a table of features has a column 'device' and a column for each feature");
  }
  if (csv.columns() > kMostFeatures + 1) {
    return invalid_input(fmt::format("over {} features", kMostFeatures), "leave some out");
  }
  if (csv.rows() > kMostDevices || csv.rows() * csv.columns() > kMostCells) {
    return invalid_input(fmt::format("over {} devices or {} cells", kMostDevices, kMostCells),
                         "leave some out");
  }
  for (std::size_t row = 0; row < csv.rows(); ++row) {
    const std::string device(csv.cell(row, *names));
    if (device.empty()) {
      return invalid_input(fmt::format("line {}: a device has no name", csv.line(row)));
    }
    if (named.contains(device)) {
      return invalid_input(
          fmt::format("line {}: {} was described before", csv.line(row), shown_cell(device)),
          "describe a device once, in one row of one file");
    }
    std::map<std::string, double>& values = named[device];
    for (std::size_t column = 0; column < csv.columns(); ++column) {
      if (column == *names) continue;
      const std::string text(csv.cell(row, column));
      double value = kMissing;
      if (!text.empty() && text != "NA" && text != "nan") {
        char* end = nullptr;
        value = std::strtod(text.c_str(), &end);
        if (*end != 0 || !std::isfinite(value)) {
          return invalid_input(fmt::format("line {}: {} of {} is no number", csv.line(row),
                                           shown_cell(text), shown_cell(csv.header()[column])),
                               "features are numbers; blank is missing");
        }
      }
      values[csv.header()[column]] = value;
    }
  }
  return Ok{};
}

Status read_report(const fs::path& file, Named& named) {
  KERNWISE_ASSIGN(const std::string text, read_file_or_gzip(file, kMaxReport));
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto part = [](const Json& object, const char* key) -> const Json* {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
  };
  const Json* schema = json.is_discarded() ? nullptr : part(json, "schema");
  const Json* context = schema == nullptr ? nullptr : part(json, "context");
  const Json* device = context == nullptr ? nullptr : part(*context, "device");
  const Json* result = schema == nullptr ? nullptr : part(json, "result");
  if (device == nullptr || !device->is_object() || result == nullptr || !result->is_object() ||
      !schema->is_string() || !schema->get<std::string>().starts_with("kernwise.doctor/")) {
    return invalid_input("it is no report of 'kernwise doctor --json'",
                         "kernwise doctor --json > phone.json");
  }
  if (named.contains(file.stem().string())) {
    return invalid_input("a device of this name was described before",
                         "reports are told apart by the names of their files");
  }
  std::map<std::string, double>& values = named[file.stem().string()];
  for (const Json* object : {device, result}) {
    for (const auto& [key, value] : object->items()) {
      const bool says_little =
          std::find(kSayLittle.begin(), kSayLittle.end(), key) != kSayLittle.end();
      if (value.is_number() && !says_little) values[key] = value.get<double>();
    }
  }
  return Ok{};
}

}  // namespace

std::optional<std::size_t> DeviceFeatures::device(std::string_view name) const {
  const auto found = std::find(devices.begin(), devices.end(), name);
  if (found == devices.end()) return std::nullopt;
  return static_cast<std::size_t>(found - devices.begin());
}

Result<DeviceFeatures> read_device_features(std::span<const fs::path> files) {
  Named named;
  for (const fs::path& file : files) {
    Status read = file.extension() == ".json" ? read_report(file, named) : read_table(file, named);
    if (!read.ok()) return std::move(read).error().within(file.string());
  }
  DeviceFeatures features;
  for (const auto& [device, values] : named) {
    for (const auto& [name, value] : values) features.names.push_back(name);
  }
  std::sort(features.names.begin(), features.names.end());
  features.names.erase(std::unique(features.names.begin(), features.names.end()),
                       features.names.end());
  if (features.names.empty()) return invalid_input("there is no feature of any device");
  if (features.names.size() > kMostFeatures) {
    return invalid_input(fmt::format("over {} features", kMostFeatures), "leave some out");
  }
  for (const auto& [device, values] : named) {
    features.devices.push_back(device);
    for (const std::string& name : features.names) {
      const auto found = values.find(name);
      features.values.push_back(found == values.end() ? kMissing : found->second);
    }
  }
  return features;
}

}  // namespace kernwise
