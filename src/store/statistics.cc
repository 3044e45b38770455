// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "kernwise/store/compare.h"

namespace kernwise {
namespace {

using GroupKey = std::tuple<std::string, int, std::string, std::string>;
// To look up without making texts of the row's views.
using GroupView = std::tuple<std::string_view, int, std::string_view, std::string_view>;

struct Collected {
  StoreGroup group;
  std::set<std::string, std::less<>> problems, primitives;
};

void remember(std::set<std::string, std::less<>>& set, std::string_view text) {
  if (!set.contains(text)) set.emplace(text);
}

}  // namespace

Result<StoreStatistics> store_statistics(const Store& store) {
  StoreStatistics out;
  out.location = store.location();
  KERNWISE_ASSIGN(const std::vector<Device> devices, store.devices());
  KERNWISE_ASSIGN(const std::vector<StoredSession> sessions, store.sessions());
  out.devices = static_cast<int64_t>(devices.size());
  out.sessions = static_cast<int64_t>(sessions.size());
  std::map<GroupKey, Collected, std::less<>> groups;
  KERNWISE_TRY(store.visit([&](const RecordView& r) -> Status {
    auto found = groups.find(GroupView(r.device, r.threads, r.protocol, r.libraries));
    if (found == groups.end()) {
      GroupKey key(r.device, r.threads, r.protocol, r.libraries);
      StoreGroup group;
      std::tie(group.device, group.threads, group.protocol, group.libraries) = key;
      found = groups.emplace(std::move(key), Collected{std::move(group), {}, {}}).first;
    }
    Collected& at = found->second;
    ++out.records;
    ++at.group.records;
    at.group.runs += static_cast<int64_t>(r.runs.size() / 8);
    switch (r.status) {
      case MeasurementStatus::kOk: ++at.group.measured; break;
      case MeasurementStatus::kRefused: ++at.group.refused; break;
      case MeasurementStatus::kFailed: ++at.group.failed; break;
    }
    remember(at.problems, r.problem);
    remember(at.primitives, r.primitive);
    return Ok{};
  }));
  for (auto& [key, at] : groups) {
    at.group.problems = static_cast<int64_t>(at.problems.size());
    at.group.primitives = static_cast<int64_t>(at.primitives.size());
    out.groups.push_back(std::move(at.group));
  }
  return out;
}

}  // namespace kernwise
