// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Tables of designs and task files come from anybody. Whatever the bytes: a table whose choices and
// costs are what they promise to be, or an error of readable length. The first column is taken as
// the design.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "kernwise/base/check.h"
#include "kernwise/fleet/latency_table.h"
#include "kernwise/fleet/table_checks.h"
#include "kernwise/fleet/task.h"

namespace kernwise {
namespace {

template <typename T>
void check_error(const Result<T>& result) {
  KERNWISE_CHECK(result.error().code == ErrorCode::kInvalidInput);
  KERNWISE_CHECK(to_string(result.error()).size() < 5000);
}

void check_latency_table(const LatencyTable& table) {
  KERNWISE_CHECK(table.choice.size() == table.rows() * table.positions());
  KERNWISE_CHECK(table.cost.size() == table.rows() * table.devices.size());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (std::size_t p = 0; p < table.positions(); ++p) {
      KERNWISE_CHECK(table.design(row)[p] < table.encoding.choices[p].size());
    }
  }
  for (const double cost : table.cost) {
    KERNWISE_CHECK(std::isnan(cost) || (cost > 0 && std::isfinite(std::log(cost))));
  }
  if (table.devices.size() <= 8) {
    for (const TableWarning& warning : check_table(table)) {
      KERNWISE_CHECK(table.device(warning.device).has_value());
    }
  }
}

}  // namespace
}  // namespace kernwise

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace kernwise;  // NOLINT: one function
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Result<FleetTask> task = parse_task(text);
  if (!task.ok()) check_error(task);
  const Result<CsvTable> csv = parse_csv(text);
  if (!csv.ok()) {
    check_error(csv);
    return 0;
  }
  const std::vector<std::string> encoding = {csv->header().front()};
  const Result<LatencyTable> table = to_latency_table(*csv, encoding);
  if (table.ok()) {
    check_latency_table(*table);
  } else {
    check_error(table);
  }
  return 0;
}
