// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/task.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "kernwise/base/csv_table.h"
#include "kernwise/base/file.h"

namespace kernwise {
namespace {

using Json = nlohmann::json;

constexpr Bytes kMaxTask{int64_t{16} << 20};

Result<std::string> text_of(const Json& value, const std::string& what) {
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
    return invalid_input(fmt::format("{} is no text, or empty", what));
  }
  return value.get<std::string>();
}

Result<std::vector<std::string>> names_of(const Json& task, const char* key) {
  if (!task.contains(key)) return invalid_input(fmt::format("the task has no '{}'", key));
  const Json& list = task[key];
  if (!list.is_array() || list.empty()) {
    return invalid_input(fmt::format("'{}' is no list of names, or empty", key));
  }
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const Json& item : list) {
    KERNWISE_ASSIGN(std::string name, text_of(item, fmt::format("an entry of '{}'", key)));
    if (!seen.insert(name).second) {
      return invalid_input(fmt::format("{} stands in '{}' twice", shown_cell(name), key));
    }
    names.push_back(std::move(name));
  }
  return names;
}

Result<std::vector<ProxyPair>> pairs_of(const Json& list) {
  if (!list.is_array() || list.empty()) return invalid_input("'pairs' is no list, or empty");
  std::vector<ProxyPair> pairs;
  for (const Json& item : list) {
    if (!item.is_object() || !item.contains("proxy") || !item.contains("target")) {
      return invalid_input("an entry of 'pairs' has no 'proxy' or no 'target'");
    }
    ProxyPair pair;
    KERNWISE_ASSIGN(pair.proxy, text_of(item["proxy"], "a 'proxy'"));
    KERNWISE_ASSIGN(pair.target, text_of(item["target"], "a 'target'"));
    if (pair.proxy == pair.target) {
      return invalid_input(fmt::format("{} is paired with itself", shown_cell(pair.proxy)));
    }
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

Status check_sides(const FleetTask& task) {
  const std::set<std::string> train(task.train_devices.begin(), task.train_devices.end());
  for (const std::string& name : task.test_devices) {
    if (train.contains(name)) {
      return invalid_input(
          fmt::format("{} stands in 'train_devices' and in 'test_devices'", shown_cell(name)));
    }
  }
  return Ok{};
}

}  // namespace

Result<FleetTask> parse_task(std::string_view json) {
  if (static_cast<int64_t>(json.size()) > kMaxTask.value) {
    return invalid_input("the task is over 16 MiB");
  }
  const Json document = Json::parse(json, nullptr, false);
  if (document.is_discarded() || !document.is_object()) {
    return invalid_input("the task is no JSON object");
  }
  FleetTask task;
  if (!document.contains("table")) return invalid_input("the task has no 'table'");
  KERNWISE_ASSIGN(task.table, text_of(document["table"], "'table'"));
  const std::filesystem::path table(task.table);
  if (table.is_absolute()) {
    return invalid_input("'table' is an absolute path", "name it relative to the data folder");
  }
  KERNWISE_ASSIGN(task.encoding, names_of(document, "encoding"));
  if (document.contains("pairs")) {
    KERNWISE_ASSIGN(task.pairs, pairs_of(document["pairs"]));
    return task;
  }
  KERNWISE_ASSIGN(task.train_devices, names_of(document, "train_devices"));
  KERNWISE_ASSIGN(task.test_devices, names_of(document, "test_devices"));
  KERNWISE_TRY(check_sides(task));
  return task;
}

Result<FleetTask> read_task(const std::filesystem::path& path) {
  KERNWISE_ASSIGN(const std::string text, read_file(path, kMaxTask));
  Result<FleetTask> task = parse_task(text);
  if (!task.ok()) {
    Error error = task.error();
    return std::move(error).within(path.string());
  }
  return task;
}

}  // namespace kernwise
