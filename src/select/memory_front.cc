// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/select/memory_front.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include "kernwise/base/format.h"
#include "kernwise/select/pbqp.h"

namespace kernwise {
namespace {

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();
constexpr double kStep = 0.85;       // from one limit on workspaces to the next, at most
constexpr int kSolvesOfALimit = 32;  // while the front is traced
constexpr int kPasses = 4;           // of exchanges
constexpr double kSame = 1e-9;       // relative; times closer than this are equal

struct Found {
  Selection selection;
  int64_t peak = 0;
  int64_t packed = 0;
  int64_t workspace = 0;  // the largest
};

// What is known of all selections whose largest workspace is at least `workspace` and at most the
// limit that was tried: time + price * packed >= value, for each pair.
struct Bounds {
  int64_t workspace = 0;
  std::vector<std::pair<double, double>> price_value;
};

class Explorer {
 public:
  Explorer(const LayerGraph& graph, const CostTable& table, const MemoryModel& memory)
      : graph_(graph), table_(table), memory_(memory) {
    for (const auto& row : table.layers) {
      for (const CostOption& option : row) workspaces_.insert(option.workspace_bytes);
    }
    for (const auto& costs : table.transforms) {
      for (const auto& [layouts, cost] : costs) workspaces_.insert(cost.workspace_bytes);
    }
    workspaces_.insert(0);
  }

  std::vector<Found>& found() { return found_; }

  // Every combination, if they are few.
  Result<bool> enumerate() {
    int64_t combinations = 1;
    for (const auto& row : table_.layers) {
      if (row.empty()) return false;
      combinations *= static_cast<int64_t>(row.size());
      if (combinations > memory_.most_enumerated) return false;
    }
    std::vector<int> option(table_.layers.size(), 0);
    for (int64_t i = 0; i < combinations; ++i) {
      int64_t rest = i;
      for (std::size_t layer = 0; layer < option.size(); ++layer) {
        const auto count = static_cast<int64_t>(table_.layers[layer].size());
        option[layer] = static_cast<int>(rest % count);
        rest /= count;
      }
      KERNWISE_ASSIGN([[maybe_unused]] const std::optional<Found> found, add(option));
    }
    return true;
  }

  // With a cap only what can matter under it is looked for.
  Status explore(std::optional<int64_t> cap) {
    for (int64_t limit = kNoLimit;;) {
      Bounds bounds;
      KERNWISE_ASSIGN(const bool any, explore_limit(limit, cap, bounds));
      if (!any) return Ok{};
      const int64_t largest = *workspaces_.rbegin();
      const auto stepped =
          static_cast<int64_t>(kStep * static_cast<double>(std::min(limit, largest)));
      // The limits between what was used and `limit` admit all that was found: nothing new there.
      const auto next = workspaces_.lower_bound(std::min(used_, stepped + 1));
      const bool last = next == workspaces_.begin();
      bounds.workspace = last ? 0 : *next;
      bounds_.push_back(std::move(bounds));
      if (last) return Ok{};
      limit = *std::prev(next);
    }
  }

  // Exchanges of single options that make `best` faster within the cap.
  Status exchange(int64_t cap, Found& best) {
    for (int pass = 0; pass < kPasses; ++pass) {
      bool changed = false;
      for (std::size_t layer = 0; layer < table_.layers.size(); ++layer) {
        for (std::size_t o = 0; o < table_.layers[layer].size(); ++o) {
          std::vector<int> option = best.selection.option;
          if (option[layer] == static_cast<int>(o)) continue;
          option[layer] = static_cast<int>(o);
          const double time = selection_cost(graph_, table_, option);
          if (!(time < best.selection.total_s * (1 - kSame))) continue;
          KERNWISE_ASSIGN(const std::optional<Found> other, add(std::move(option)));
          if (!other || other->peak > cap) continue;
          best = *other;
          changed = true;
        }
      }
      if (!changed) break;
    }
    return Ok{};
  }

  // No selection with a peak of at most `cap` is faster.
  double bound_s(int64_t cap) const {
    double least = kForbidden;
    for (const Bounds& group : bounds_) {
      const auto room = static_cast<double>(cap - memory_.least_activations - group.workspace);
      double bound = 0;
      for (const auto& [price, value] : group.price_value) {
        bound = std::max(bound, value - price * room);
      }
      least = std::min(least, bound);
    }
    return least == kForbidden ? 0 : least;
  }

  // No selection has a smaller peak.
  int64_t least_peak_bound() const {
    int64_t workspace = 0, packed = 0;
    for (const auto& row : table_.layers) {
      int64_t least_workspace = kNoLimit, least_packed = kNoLimit;
      for (const CostOption& option : row) {
        least_workspace = std::min(least_workspace, option.workspace_bytes);
        least_packed = std::min(least_packed, option.packed_bytes);
      }
      workspace = std::max(workspace, least_workspace);
      packed += least_packed;
    }
    return memory_.least_activations + workspace + packed;
  }

 private:
  Result<std::optional<Found>> add(std::vector<int> option) {
    auto selection = selection_of(graph_, table_, std::move(option));
    if (!selection.ok()) return std::optional<Found>();
    return add(std::move(*selection));
  }

  Result<std::optional<Found>> add(Selection selection) {
    Found found{std::move(selection), 0, 0, 0};
    KERNWISE_ASSIGN(found.peak, memory_.peak_of(found.selection));
    for (std::size_t i = 0; i < table_.layers.size(); ++i) {
      const CostOption& option =
          table_.layers[i][static_cast<std::size_t>(found.selection.option[i])];
      found.packed += option.packed_bytes;
      found.workspace = std::max(found.workspace, option.workspace_bytes);
    }
    for (const SelectedTransform& t : found.selection.transforms) {
      const auto& costs = table_.transforms[static_cast<std::size_t>(t.value)];
      found.workspace = std::max(found.workspace, costs.at({t.from, t.to}).workspace_bytes);
    }
    found_.push_back(found);
    return std::optional<Found>(std::move(found));
  }

  // The cheapest selection where no workspace is over `limit` and a packed byte costs `price`.
  // Nothing if there is none.
  Result<std::optional<Found>> solve(int64_t limit, double price, Bounds& bounds) {
    CostTable priced = table_;
    std::vector<std::vector<int>> index(priced.layers.size());
    for (std::size_t i = 0; i < priced.layers.size(); ++i) {
      std::vector<CostOption>& row = priced.layers[i];
      row.clear();
      for (std::size_t o = 0; o < table_.layers[i].size(); ++o) {
        CostOption option = table_.layers[i][o];
        if (option.workspace_bytes > limit) continue;
        option.time_s += price * static_cast<double>(option.packed_bytes);
        row.push_back(std::move(option));
        index[i].push_back(static_cast<int>(o));
      }
      if (row.empty()) return std::optional<Found>();
    }
    for (auto& costs : priced.transforms) {
      std::erase_if(costs, [&](const auto& entry) { return entry.second.workspace_bytes > limit; });
    }
    auto solved = select_primitives(graph_, priced);
    if (!solved.ok()) {
      if (solved.error().code == ErrorCode::kUnsupported && limit != kNoLimit) {
        return std::optional<Found>();
      }
      return std::move(solved).error();
    }
    bounds.price_value.emplace_back(price, solved->total_s * (1 - solved->gap_ratio));
    std::vector<int> option = std::move(solved->option);
    for (std::size_t i = 0; i < option.size(); ++i) {
      option[i] = index[i][static_cast<std::size_t>(option[i])];
    }
    KERNWISE_ASSIGN(std::optional<Found> found, add(std::move(option)));
    if (found) used_ = std::max(used_, found->workspace);
    return found;
  }

  // False where nothing is left: no selection under this limit, or none that is faster than one
  // that keeps the cap.
  Result<bool> explore_limit(int64_t limit, std::optional<int64_t> cap, Bounds& bounds) {
    used_ = 0;
    KERNWISE_ASSIGN(const std::optional<Found> fast, solve(limit, 0, bounds));
    if (!fast) return false;
    if (cap && fast->selection.total_s >= best_s_) {
      bounds_.push_back(std::move(bounds));  // holds for all lower limits too
      return false;
    }
    if (cap && fast->peak <= *cap) {
      best_s_ = fast->selection.total_s;
      return true;
    }
    // A packed kilobyte costs as much as the whole run: packed bytes first, then time.
    const double dear = std::max(fast->selection.total_s, 1e-9) / 1024;
    KERNWISE_ASSIGN(const std::optional<Found> small, solve(limit, dear, bounds));
    if (!small) return false;
    note(*small, cap);
    int solves = 0;
    KERNWISE_TRY(hull(limit, *fast, *small, cap, bounds, solves));
    return true;
  }

  void note(const Found& found, std::optional<int64_t> cap) {
    if (cap && found.peak <= *cap) best_s_ = std::min(best_s_, found.selection.total_s);
  }

  // `a` is the faster, `b` the smaller of two points of the hull.
  Status hull(int64_t limit, const Found& a, const Found& b, std::optional<int64_t> cap,
              Bounds& bounds, int& solves) {
    if (a.packed <= b.packed || ++solves > kSolvesOfALimit) return Ok{};
    const double price =
        (b.selection.total_s - a.selection.total_s) / static_cast<double>(a.packed - b.packed);
    if (!(price > 0)) return Ok{};
    KERNWISE_ASSIGN(const std::optional<Found> c, solve(limit, price, bounds));
    if (!c) return Ok{};
    note(*c, cap);
    const auto value = [&](const Found& f) {
      return f.selection.total_s + price * static_cast<double>(f.packed);
    };
    if (value(*c) >= value(a) * (1 - kSame)) return Ok{};
    if (!cap || c->peak <= *cap) KERNWISE_TRY(hull(limit, a, *c, cap, bounds, solves));
    if (!cap || c->peak > *cap) KERNWISE_TRY(hull(limit, *c, b, cap, bounds, solves));
    return Ok{};
  }

  const LayerGraph& graph_;
  const CostTable& table_;
  const MemoryModel& memory_;
  std::set<int64_t> workspaces_;
  std::vector<Found> found_;
  std::vector<Bounds> bounds_;
  double best_s_ = kForbidden;  // under the cap
  int64_t used_ = 0;            // largest workspace of what was found under the current limit
};

// Sorted by peak, the dominated left out.
std::vector<Found> front_of(std::vector<Found> found) {
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return a.peak != b.peak ? a.peak < b.peak : a.selection.total_s < b.selection.total_s;
  });
  std::vector<Found> front;
  for (Found& f : found) {
    if (front.empty() || f.selection.total_s < front.back().selection.total_s * (1 - kSame)) {
      front.push_back(std::move(f));
    }
  }
  return front;
}

double gap(double time_s, double bound_s) {
  return time_s > 0 ? std::clamp((time_s - bound_s) / time_s, 0.0, 1.0) : 0;
}

MemoryPoint point_of(Found found, double gap_ratio) {
  constexpr double kRounding = 1e-7;
  found.selection.gap_ratio = gap_ratio < kRounding ? 0 : gap_ratio;
  found.selection.optimal = found.selection.gap_ratio == 0;
  return {std::move(found.selection), found.peak, found.selection.gap_ratio};
}

}  // namespace

Result<MemoryFront> memory_front(const LayerGraph& graph, const CostTable& table,
                                 const MemoryModel& memory) {
  KERNWISE_ASSIGN([[maybe_unused]] const Selection any, select_primitives(graph, table));
  Explorer explorer(graph, table, memory);
  MemoryFront front;
  KERNWISE_ASSIGN(front.exact, explorer.enumerate());
  if (!front.exact) KERNWISE_TRY(explorer.explore({}));
  for (Found& found : front_of(std::move(explorer.found()))) {
    const double ratio =
        front.exact ? 0 : gap(found.selection.total_s, explorer.bound_s(found.peak));
    front.points.push_back(point_of(std::move(found), ratio));
  }
  front.least_peak_bound =
      front.exact ? front.points.front().peak_bytes : explorer.least_peak_bound();
  return front;
}

Result<MemoryPoint> select_within(const LayerGraph& graph, const CostTable& table, Bytes cap,
                                  const MemoryModel& memory) {
  KERNWISE_ASSIGN([[maybe_unused]] const Selection any, select_primitives(graph, table));
  Explorer explorer(graph, table, memory);
  KERNWISE_ASSIGN(const bool exact, explorer.enumerate());
  if (!exact) KERNWISE_TRY(explorer.explore(cap.value));
  std::optional<Found> best;
  for (const Found& found : front_of(explorer.found())) {
    if (found.peak <= cap.value) best = found;
  }
  if (!best) {
    const auto smallest =
        std::min_element(explorer.found().begin(), explorer.found().end(),
                         [](const Found& a, const Found& b) { return a.peak < b.peak; });
    const std::string bound =
        exact ? "" : ", and none is below " + format_bytes({explorer.least_peak_bound()});
    return Error{
        ErrorCode::kCriterionFailed,
        fmt::format("no selection of primitives was found within {}: the smallest takes "
                    "{} ({} bytes){}",
                    format_bytes(cap), format_bytes({smallest->peak}), smallest->peak, bound),
        {},
        "allow more memory, a smaller batch, or more primitives"};
  }
  if (!exact) KERNWISE_TRY(explorer.exchange(cap.value, *best));
  const double ratio = exact ? 0 : gap(best->selection.total_s, explorer.bound_s(cap.value));
  return point_of(std::move(*best), ratio);
}

}  // namespace kernwise
