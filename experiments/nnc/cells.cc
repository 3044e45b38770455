// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "cells.h"

#include <optional>
#include <set>

#include "kernwise/primitives/registry.h"

namespace kernwise::nnc {
namespace {

bool exchangeable(const PrimitiveInfo& info) {
  return !info.view && info.in == Layout::kNchw && info.out == Layout::kNchw;
}

// The point's threads, or one if the variant takes no more; nothing if it refuses the problem.
std::optional<Execution> execution_of(const Primitive& primitive, const Point& point,
                                      const std::string& resource) {
  Execution execution{.threads = resource == "cpu" ? point.threads : 1, .resource = resource};
  if (!belongs_to(primitive.info(), execution)) return std::nullopt;
  const auto admitted = [&] {
    return std::holds_alternative<Admitted>(primitive.supports(point.problem, execution));
  };
  if (admitted()) return execution;
  execution.threads = 1;
  return admitted() ? std::optional(execution) : std::nullopt;
}

}  // namespace

Cells list_cells(const std::vector<KindData>& kinds, const std::vector<std::string>& resources,
                 const std::vector<std::string>& primitives) {
  Cells cells;
  const std::set<std::string> wanted(primitives.begin(), primitives.end());
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    for (std::size_t p = 0; p < kinds[k].points.size(); ++p) {
      const Point& point = kinds[k].points[p];
      for (const auto& primitive : all_primitives()) {
        const PrimitiveInfo& info = primitive->info();
        if (info.kind != point.problem.kind() || !exchangeable(info)) continue;
        if (!wanted.empty() && !wanted.contains(info.id)) continue;
        for (const std::string& resource : resources) {
          const auto execution = execution_of(*primitive, point, resource);
          if (execution) {
            cells.list.push_back({k, p, primitive.get(), *execution});
          } else {
            ++cells.refused;
          }
        }
      }
    }
  }
  return cells;
}

}  // namespace kernwise::nnc
