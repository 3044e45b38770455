// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <tuple>

#include "kernwise/place/placement.h"
#include "residence.h"

namespace kernwise {
namespace {

constexpr std::size_t kKinds = 4;

// A variant of a kind that runs every task of it: its option in each, and its total.
struct FixedVariant {
  std::vector<int> option;  // per task of the program; -1 for those of other kinds
  double time_s = 0;
};

int find_option(const std::vector<PlaceOption>& row, const PlaceOption& variant) {
  const auto found = std::find_if(row.begin(), row.end(), [&](const PlaceOption& o) {
    return o.resource == variant.resource && o.threads == variant.threads &&
           o.primitive == variant.primitive;
  });
  return found == row.end() ? -1 : static_cast<int>(found - row.begin());
}

// The fastest on each resource, nullopt where none runs all of the kind's tasks.
std::vector<std::optional<FixedVariant>> fixed_variants(const Program& program,
                                                        const PlaceTable& table, TaskKind kind) {
  std::vector<std::optional<FixedVariant>> best(table.resources.size());
  std::vector<std::size_t> tasks;
  for (std::size_t i = 0; i < program.tasks.size(); ++i) {
    if (program.tasks[i].kind == kind) tasks.push_back(i);
  }
  for (const PlaceOption& variant : table.tasks[tasks.front()]) {
    FixedVariant all{std::vector<int>(program.tasks.size(), -1), 0};
    const bool runs_all = std::all_of(tasks.begin(), tasks.end(), [&](std::size_t i) {
      all.option[i] = find_option(table.tasks[i], variant);
      if (all.option[i] < 0) return false;
      all.time_s += table.tasks[i][static_cast<std::size_t>(all.option[i])].time_s;
      return true;
    });
    auto& to = best[static_cast<std::size_t>(variant.resource)];
    if (runs_all && (!to || all.time_s < to->time_s)) to = std::move(all);
  }
  return best;
}

// Counts through all combinations of the options of `wheels`; false after the last.
bool advance(std::vector<std::size_t>& at, const std::vector<std::size_t>& wheels) {
  for (std::size_t i = 0; i < at.size(); ++i) {
    if (++at[i] < wheels[i]) return true;
    at[i] = 0;
  }
  return false;
}

}  // namespace

Result<Placement> best_fixed_variants(const Program& program, const PlaceTable& table) {
  KERNWISE_TRY(check_place_table(program, table));
  std::vector<std::vector<FixedVariant>> kinds;
  for (std::size_t k = 0; k < kKinds; ++k) {
    const auto kind = static_cast<TaskKind>(k);
    const bool there = std::any_of(program.tasks.begin(), program.tasks.end(),
                                   [&](const Task& task) { return task.kind == kind; });
    if (!there) continue;
    std::vector<FixedVariant> choices;
    for (auto& variant : fixed_variants(program, table, kind)) {
      if (variant) choices.push_back(std::move(*variant));
    }
    if (choices.empty()) {
      return unsupported(fmt::format("no variant runs every {} of the program", to_string(kind)));
    }
    kinds.push_back(std::move(choices));
  }
  std::vector<std::size_t> wheels, at(kinds.size(), 0);
  for (const auto& choices : kinds) wheels.push_back(choices.size());
  std::optional<Placement> best;
  do {
    std::vector<int> option(program.tasks.size(), -1);
    for (std::size_t k = 0; k < kinds.size(); ++k) {
      const std::vector<int>& of = kinds[k][at[k]].option;
      for (std::size_t i = 0; i < of.size(); ++i) option[i] = std::max(option[i], of[i]);
    }
    Placement placement = evaluate_placement(program, table, std::move(option));
    if (!best || placement.total_s < best->total_s) best = std::move(placement);
  } while (advance(at, wheels));
  return std::move(*best);
}

Result<Placement> best_on_resource(const Program& program, const PlaceTable& table, int resource) {
  KERNWISE_TRY(check_place_table(program, table));
  const auto fastest = detail::fastest_per_resource(table);
  std::vector<int> option;
  std::vector<std::string> without;
  for (std::size_t i = 0; i < fastest.size(); ++i) {
    option.push_back(fastest[i][static_cast<std::size_t>(resource)]);
    if (option.back() < 0) without.push_back(program.name(program.tasks[i]));
  }
  if (!without.empty()) {
    return unsupported(fmt::format("{} runs no primitive for {}",
                                   table.resources[static_cast<std::size_t>(resource)].name,
                                   fmt::join(without, ", ")));
  }
  return evaluate_placement(program, table, std::move(option));
}

Result<Placement> enumerate_placements(const Program& program, const PlaceTable& table,
                                       int64_t most) {
  KERNWISE_TRY(check_place_table(program, table));
  std::vector<std::vector<int>> open;  // per task, an option for each resource that has one
  std::vector<std::size_t> wheels;
  double ways = 1;
  for (std::vector<int>& row : detail::fastest_per_resource(table)) {
    std::erase(row, -1);
    wheels.push_back(row.size());
    ways *= static_cast<double>(row.size());
    open.push_back(std::move(row));
  }
  // Each way is evaluated over all tasks and tensors; `most` is for programs of a few.
  constexpr double kFew = 64;
  const auto size = static_cast<double>(program.tasks.size() + program.tensors.size());
  if (ways * std::max(1.0, size / kFew) > static_cast<double>(most)) {
    return unsupported(
        fmt::format("there are {:.3g} ways to place {} kernels, over the limit of {}", ways,
                    program.tasks.size(), most));
  }
  std::vector<std::size_t> at(wheels.size(), 0);
  std::optional<Placement> best;
  do {
    std::vector<int> option;
    for (std::size_t i = 0; i < at.size(); ++i) option.push_back(open[i][at[i]]);
    Placement placement = evaluate_placement(program, table, std::move(option));
    if (!best || placement.total_s < best->total_s) best = std::move(placement);
  } while (advance(at, wheels));
  best->optimal = true;
  return std::move(*best);
}

}  // namespace kernwise
