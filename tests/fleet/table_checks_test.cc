// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/table_checks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "kernwise/base/rng.h"

namespace kernwise {
namespace {

// 1000 designs with one position, and columns that are made as the check should find them.
LatencyTable suspicious_table() {
  LatencyTable table;
  table.encoding = {{"p"}, {{"0", "1"}}};
  Rng rng(1);
  std::vector<std::vector<double>> columns(7);
  for (int i = 0; i < 1000; ++i) {
    table.index.push_back(i);
    table.choice.push_back(static_cast<uint16_t>(i % 2));
    const double honest = std::exp(rng.normal());
    columns[0].push_back(honest);
    columns[1].push_back(2 * honest * (1 + 1e-4 * rng.normal()));
    columns[2].push_back(1 + std::floor(10 * rng.uniform()));  // coarse
    columns[3].push_back(std::exp(std::sin(static_cast<double>(rng.integer(0, 200)))));
    columns[4].push_back(i % 10 == 0 ? std::numeric_limits<double>::quiet_NaN()
                                     : 1 + rng.uniform());
    columns[5].push_back(3);
    columns[6].push_back(std::round(1e6 * (1 + rng.uniform())) / 1e6);  // honest, six digits
  }
  for (std::size_t d = 0; d < columns.size(); ++d) {
    table.devices.push_back(std::string("d") + static_cast<char>('0' + d));
    table.failed.push_back(d == 4 ? 7 : 0);
    table.cost.insert(table.cost.end(), columns[d].begin(), columns[d].end());
  }
  return table;
}

TEST(TableChecks, EachFaultIsFoundByName) {
  std::multiset<std::string> found;
  for (const TableWarning& warning : check_table(suspicious_table())) {
    found.insert(std::string(to_string(warning.kind)) + " " + warning.device + warning.other);
    EXPECT_NE(warning.message.find("'" + warning.device + "'"), std::string::npos);
  }
  EXPECT_EQ(found, (std::multiset<std::string>{"duplicate-device d0d1", "coarse-rounding d2",
                                               "simulated-device d3", "missing-values d4",
                                               "failed-values d4", "constant-device d5"}));
}

}  // namespace
}  // namespace kernwise
