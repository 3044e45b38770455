// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "split.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>

namespace kernwise::perf4sight {
namespace {

constexpr std::array<int64_t, 5> kTrainLevels = {0, 30, 50, 70, 90};

bool is_train_level(int64_t level) {
  return std::find(kTrainLevels.begin(), kTrainLevels.end(), level) != kTrainLevels.end();
}

// The smallest batch of a variant that is held out as one of the largest third; by variant.
std::map<int, int64_t> first_held_out(const std::vector<Row>& rows) {
  std::map<int, std::set<int64_t>> batches;
  for (const Row& row : rows) {
    if (row.passed) batches[row.variant].insert(row.batch);
  }
  std::map<int, int64_t> first;
  for (const auto& [variant, sizes] : batches) {
    const std::size_t kept = sizes.size() - sizes.size() / 3;
    auto at = sizes.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(kept));
    first[variant] = at == sizes.end() ? INT64_MAX : *at;
  }
  return first;
}

}  // namespace

const std::vector<Row>& rows_of(const Tables& tables, FootprintTarget target) {
  return target == FootprintTarget::kLatency ? tables.latency : tables.memory;
}

Parts split(const std::vector<Row>& rows, Protocol protocol, int network) {
  Parts parts;
  const auto first = first_held_out(rows);
  for (const Row& row : rows) {
    const bool own = row.network == network;
    bool train = false, test = false;
    switch (protocol) {
      case Protocol::kSameNetwork:
      case Protocol::kPooled:
        train = is_train_level(row.level) && (own || protocol == Protocol::kPooled);
        test = own && !is_train_level(row.level);
        break;
      case Protocol::kLeaveOneOut:
        train = !own;
        test = own;
        break;
      case Protocol::kUnprunedOnly:
        train = own && row.level == 0;
        test = own && row.level != 0;
        break;
      case Protocol::kLargestBatches: {
        const auto found = first.find(row.variant);
        const bool large = found == first.end() || row.batch >= found->second;
        train = own && !large;  // failed runs are the largest of all
        test = own && large;
        break;
      }
    }
    if (train) parts.train.push_back(&row);
    if (test && row.passed) parts.test.push_back(&row);
  }
  return parts;
}

bool any_passed(const Rows& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const Row* row) { return row->passed; });
}

}  // namespace kernwise::perf4sight
