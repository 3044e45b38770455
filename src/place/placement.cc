// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/place/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "kernwise/base/check.h"
#include "kernwise/select/pbqp.h"
#include "residence.h"

namespace kernwise {
namespace {

using detail::contains;
using detail::ResourceSet;
using detail::set_of;

bool usable_time(double time_s) { return time_s >= 0 && time_s <= kMaxPbqpCost; }
bool usable(const CopyCost& cost) { return usable_time(cost.latency_s) && cost.bytes_per_s > 0; }

// A tensor node's option: where the tensor is made, and all memories in which it lies then.
struct Residence {
  int made = 0;
  ResourceSet memories = 0;
};

class Builder {
 public:
  Builder(const Program& program, const PlaceTable& table)
      : program_(program), table_(table), fastest_(detail::fastest_per_resource(table)) {}

  // Nodes in execution order: the solver's bound moves costs along it.
  void build() {
    task_node_.resize(program_.tasks.size());
    for (std::size_t i = 0; i < program_.tensors.size(); ++i) {
      const Tensor& tensor = program_.tensors[i];
      if (tensor.maker >= 0) add_task(static_cast<std::size_t>(tensor.maker));
      add_tensor(static_cast<int>(i));
    }
  }
  const PbqpProblem& problem() const { return problem_; }

  std::vector<int> options_of(const std::vector<int>& choice) const {
    std::vector<int> option;
    for (const TaskNode& task : task_node_) {
      const auto at = static_cast<std::size_t>(choice[static_cast<std::size_t>(task.node)]);
      option.push_back(task.option[at]);
    }
    return option;
  }

 private:
  struct TaskNode {
    int node = -1;
    std::vector<int> option;    // of the table's row
    std::vector<int> resource;  // of each
  };

  int add_node(std::vector<double> cost) {
    problem_.nodes.push_back(std::move(cost));
    return static_cast<int>(problem_.nodes.size()) - 1;
  }

  void add_task(std::size_t task) {
    TaskNode& to = task_node_[task];
    std::vector<double> cost;
    for (std::size_t r = 0; r < table_.resources.size(); ++r) {
      const int option = fastest_[task][r];
      if (option < 0) continue;
      to.option.push_back(option);
      to.resource.push_back(static_cast<int>(r));
      cost.push_back(table_.tasks[task][static_cast<std::size_t>(option)].time_s);
    }
    to.node = add_node(std::move(cost));
    new_tasks_.push_back(task);
  }

  void add_tensor(int id) {
    const Tensor& tensor = program_.tensors[static_cast<std::size_t>(id)];
    const std::vector<int> makers =
        tensor.maker < 0 ? std::vector<int>{0}
                         : task_node_[static_cast<std::size_t>(tensor.maker)].resource;
    const ResourceSet all = (ResourceSet{1} << table_.resources.size()) - 1;
    std::vector<Residence> residences;
    std::vector<double> cost;
    for (const int made : makers) {
      // On the way to any other memory a tensor comes to the host.
      for (ResourceSet set = 1; set <= all; ++set) {
        const bool through_host = contains(set, 0) || set == set_of(made);
        if (!contains(set, made) || !through_host || (tensor.output && !contains(set, 0))) continue;
        residences.push_back({made, set});
        cost.push_back(detail::copies_time(program_, table_, id, made, set));
      }
    }
    const int node = add_node(std::move(cost));
    if (tensor.maker >= 0) {
      join(node, residences, static_cast<std::size_t>(tensor.maker),
           [](const Residence& r, int resource) { return r.made == resource; });
    }
    pending_.push_back({node, std::move(residences)});
    join_readers();
  }

  // Readers become nodes later than what they read, so edges wait for them.
  void join_readers() {
    for (const std::size_t task : std::exchange(new_tasks_, {})) {
      std::vector<int> read = program_.tasks[task].inputs;
      std::sort(read.begin(), read.end());
      read.erase(std::unique(read.begin(), read.end()), read.end());
      for (const int tensor : read) {
        const auto& [node, residences] = pending_[static_cast<std::size_t>(tensor)];
        join(node, residences, task,
             [](const Residence& r, int resource) { return contains(r.memories, resource); });
      }
    }
  }

  template <typename Fits>
  void join(int node, const std::vector<Residence>& residences, std::size_t task, Fits fits) {
    PbqpEdge edge{.a = node, .b = task_node_[task].node, .cost = {}};
    for (const Residence& r : residences) {
      for (const int resource : task_node_[task].resource) {
        edge.cost.push_back(fits(r, resource) ? 0.0 : kForbidden);
      }
    }
    problem_.edges.push_back(std::move(edge));
  }

  const Program& program_;
  const PlaceTable& table_;
  std::vector<std::vector<int>> fastest_;
  PbqpProblem problem_;
  std::vector<TaskNode> task_node_;
  std::vector<std::size_t> new_tasks_;                           // since the last tensor
  std::vector<std::pair<int, std::vector<Residence>>> pending_;  // per tensor
};

}  // namespace

Status check_place_table(const Program& program, const PlaceTable& table) {
  if (table.tasks.size() != program.tasks.size()) {
    return invalid_input(fmt::format("the costs are of {} kernels, but the program has {}",
                                     table.tasks.size(), program.tasks.size()));
  }
  const auto resources = static_cast<int>(table.resources.size());
  if (resources < 1 || resources > kMostResources || table.resources[0].name != "cpu") {
    return invalid_input(
        fmt::format("there are 1 to {} resources, the first of them cpu", kMostResources));
  }
  for (int r = 1; r < resources; ++r) {
    const PlaceResource& resource = table.resources[static_cast<std::size_t>(r)];
    if (usable(resource.in) && usable(resource.out)) continue;
    return invalid_input("the copy costs are no latency of zero or more and bytes per second")
        .within(resource.name);
  }
  std::vector<std::string> without;
  for (std::size_t i = 0; i < table.tasks.size(); ++i) {
    const std::string& name = program.name(program.tasks[i]);
    if (table.tasks[i].empty())
      without.push_back(fmt::format("{} ({})", name, to_string(program.tasks[i].problem)));
    for (const PlaceOption& option : table.tasks[i]) {
      if (option.resource < 0 || option.resource >= resources) {
        return invalid_input("an option names a resource that is not in the table").within(name);
      }
      if (usable_time(option.time_s)) continue;
      return invalid_input(fmt::format("the time of primitive '{}' is {} s, not a number of zero "
                                       "or more",
                                       option.primitive, option.time_s))
          .within(name);
    }
  }
  if (!without.empty()) {
    return unsupported(fmt::format("no cost is known for {} of {} kernels: {}", without.size(),
                                   program.tasks.size(), fmt::join(without, ", ")),
                       "measure them with --measure, or give a model that knows them with --model");
  }
  return Ok{};
}

Placement evaluate_placement(const Program& program, const PlaceTable& table,
                             std::vector<int> option) {
  KERNWISE_CHECK(option.size() == program.tasks.size());
  Placement placement;
  const auto chosen = [&](int task) -> const PlaceOption& {
    const auto at = static_cast<std::size_t>(task);
    return table.tasks[at][static_cast<std::size_t>(option[at])];
  };
  for (std::size_t i = 0; i < program.tasks.size(); ++i) {
    const PlaceOption& o = chosen(static_cast<int>(i));
    placement.total_s += o.time_s;
    placement.low_s += o.low_s;
    placement.high_s += o.high_s;
  }
  for (std::size_t i = 0; i < program.tensors.size(); ++i) {
    const Tensor& tensor = program.tensors[i];
    ResourceSet wanted = tensor.output ? set_of(0) : 0;
    for (const int reader : tensor.readers) wanted |= set_of(chosen(reader).resource);
    const int made = tensor.maker < 0 ? 0 : chosen(tensor.maker).resource;
    for (PlacedCopy& copy : detail::copies_of(program, table, static_cast<int>(i), made, wanted)) {
      placement.copies_s += copy.time_s;
      placement.copies.push_back(copy);
    }
  }
  placement.total_s += placement.copies_s;
  placement.low_s += placement.copies_s;
  placement.high_s += placement.copies_s;
  placement.option = std::move(option);
  return placement;
}

Result<Placement> place_program(const Program& program, const PlaceTable& table) {
  KERNWISE_TRY(check_place_table(program, table));
  const auto start = std::chrono::steady_clock::now();
  Builder builder(program, table);
  builder.build();
  KERNWISE_ASSIGN(const PbqpSolution solved, solve_pbqp(builder.problem()));
  Placement placement = evaluate_placement(program, table, builder.options_of(solved.choice));
  placement.optimal = solved.optimal;
  if (!solved.optimal && placement.total_s > 0) {
    placement.gap_ratio =
        std::clamp((placement.total_s - solved.lower_bound) / placement.total_s, 0.0, 1.0);
  }
  placement.solve_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return placement;
}

}  // namespace kernwise
