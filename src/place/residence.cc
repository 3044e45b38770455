// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "residence.h"

namespace kernwise::detail {

std::vector<PlacedCopy> copies_of(const Program& program, const PlaceTable& table, int tensor,
                                  int made, ResourceSet wanted) {
  const Bytes bytes = program.tensors[static_cast<std::size_t>(tensor)].bytes();
  const auto resource = [&](int r) -> const PlaceResource& {
    return table.resources[static_cast<std::size_t>(r)];
  };
  std::vector<PlacedCopy> copies;
  const ResourceSet elsewhere = wanted & ~set_of(made);
  if (elsewhere != 0 && made != 0) {
    copies.push_back({tensor, made, 0, bytes, resource(made).out.time_s(bytes)});
  }
  for (int r = 1; r < static_cast<int>(table.resources.size()); ++r) {
    if (!contains(elsewhere, r)) continue;
    copies.push_back({tensor, 0, r, bytes, resource(r).in.time_s(bytes)});
  }
  return copies;
}

double copies_time(const Program& program, const PlaceTable& table, int tensor, int made,
                   ResourceSet wanted) {
  double sum = 0;
  for (const PlacedCopy& copy : copies_of(program, table, tensor, made, wanted)) {
    sum += copy.time_s;
  }
  return sum;
}

std::vector<std::vector<int>> fastest_per_resource(const PlaceTable& table) {
  std::vector<std::vector<int>> fastest;
  for (const std::vector<PlaceOption>& row : table.tasks) {
    std::vector<int> best(table.resources.size(), -1);
    for (std::size_t i = 0; i < row.size(); ++i) {
      int& at = best[static_cast<std::size_t>(row[i].resource)];
      if (at < 0 || row[i].time_s < row[static_cast<std::size_t>(at)].time_s) {
        at = static_cast<int>(i);
      }
    }
    fastest.push_back(std::move(best));
  }
  return fastest;
}

}  // namespace kernwise::detail
