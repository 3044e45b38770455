// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "place/random_table.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace kernwise::test {

Program random_program(int tasks, Rng& rng) {
  std::vector<std::string> names = {"A"};
  std::string text = "A = input(8, 8)\n";
  const auto any = [&] {
    return names[static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(names.size()) - 1))];
  };
  // The first reads the input, so that it is read.
  for (int i = 0; i < tasks; ++i) {
    const std::string first = i == 0 ? "A" : any(), second = any(), name = fmt::format("T{}", i);
    text += name + " = matmul(" + first + ", " + second + ")\n";
    if (rng.integer(0, 4) == 0) text += "output " + name + "\n";
    names.push_back(name);
  }
  return parse_program(text).value();
}

PlaceTable random_table(const Program& program, int resources, int options, Rng& rng) {
  PlaceTable table;
  for (int r = 0; r < resources; ++r) {
    const auto cost = [&] { return CopyCost{rng.uniform(0, 2), rng.uniform(100, 1000)}; };
    table.resources.push_back({r == 0 ? "cpu" : fmt::format("gpu{}", r), cost(), cost()});
  }
  for (std::size_t i = 0; i < program.tasks.size(); ++i) {
    std::vector<PlaceOption> row;
    const int64_t count = rng.integer(1, options);
    for (int64_t k = 0; k < count; ++k) {
      const double time = rng.uniform(0, 4);
      row.push_back({fmt::format("p{}", k), static_cast<int>(rng.integer(0, resources - 1)), 1,
                     time, 0.9 * time, 1.2 * time, "given"});
    }
    table.tasks.push_back(std::move(row));
  }
  return table;
}

}  // namespace kernwise::test
