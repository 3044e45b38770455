// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "printing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace kernwise::halide {
namespace {

using Json = nlohmann::ordered_json;

Json finite(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
Json positive(double value) {
  return std::isfinite(value) && value > 0 ? Json(value) : Json(nullptr);
}

std::string ms(double seconds) {
  return seconds > 0 ? fmt::format("{:.3f}", 1e3 * seconds) : std::string("-");
}
std::string ratio(double value) {
  return value > 0 ? fmt::format("{:.2f}x", value) : std::string("-");
}

double least_correlation(const std::vector<WorkloadResult>& workloads) {
  double least = 1;
  for (const WorkloadResult& w : workloads) {
    for (const Cell& c : w.cells) {
      // Not a number stays: std::min would hide it.
      least = c.rank_correlation >= least ? least : c.rank_correlation;
    }
  }
  return least;
}

double mean_correlation(const std::vector<WorkloadResult>& workloads) {
  double sum = 0, cells = 0;
  for (const WorkloadResult& w : workloads) {
    for (const Cell& c : w.cells) {
      sum += c.rank_correlation;
      ++cells;
    }
  }
  return cells > 0 ? sum / cells : 0;
}

void workload_text(std::string& text, const WorkloadResult& w) {
  text += fmt::format(
      "{}: {}\n  {} schedules looked at; measured {} to learn, {} held out, {} predicted best; "
      "{} refused{}\n",
      w.name, w.describes, w.pool, w.training, w.held_out, w.top_measured, w.failed,
      w.complete ? "" : "; cut by --budget");
  std::string networks;
  for (const std::vector<int64_t>& counts : w.parameters) {
    networks += fmt::format("{}{} of at most {} parameters", networks.empty() ? "" : ", ",
                            counts.size(), *std::max_element(counts.begin(), counts.end()));
  }
  text += fmt::format("  networks for each number of threads: {}\n", networks);
  text += fmt::format(
      "  {:>5} {:>3} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>7} {:>7} {:>7} {:>8} {:>9}\n",
      "side", "thr", "plain ms", "Mulla. ms", "Li ms", "Adams ms", "ours ms", "top-n ms", "gain",
      "top-n", "Spearm.", "MdRAE %", "regret %");
  for (const Cell& c : w.cells) {
    const auto time = [&](int entry) {
      return entry < 0 ? std::string("-") : ms(c.entries[static_cast<std::size_t>(entry)].median_s);
    };
    text += fmt::format(
        "  {:>5} {:>3} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>7} {:>7} {:>7.3f} {:>8.1f} "
        "{:>9.1f}\n",
        c.n, c.threads, time(0), time(1), time(2), time(3), time(c.first_predicted),
        time(c.verified), ratio(c.gain), ratio(c.verified_gain), c.rank_correlation, 100 * c.mdrae,
        100 * c.held_out_regret);
  }
  for (const Cell& c : w.cells) {
    text += fmt::format("  {:>5} {:>3}  {}\n", c.n, c.threads,
                        c.entries[static_cast<std::size_t>(c.first_predicted)].schedule);
    for (const Entry& e : c.entries) {
      if (!e.failure.empty()) text += fmt::format("             {}: {}\n", e.name, e.failure);
    }
  }
  text += "\n";
}

Json cell_json(const Cell& c) {
  Json entries = Json::array();
  for (const Entry& e : c.entries) {
    entries.push_back({{"name", e.name},
                       {"schedule", e.schedule.empty() ? Json(nullptr) : Json(e.schedule)},
                       {"median_s", positive(e.median_s)},
                       {"runs", e.runs},
                       {"compile_s", positive(e.compile_s)},
                       {"predicted_s", positive(e.predicted_s)},
                       {"failure", e.failure.empty() ? Json(nullptr) : Json(e.failure)}});
  }
  const auto name = [&](int entry) {
    return entry < 0 ? Json(nullptr) : Json(c.entries[static_cast<std::size_t>(entry)].name);
  };
  return {{"n", c.n},
          {"threads", c.threads},
          {"held_out_schedules", c.held_out},
          {"ranked_schedules", c.ranked},
          {"spearman", finite(c.rank_correlation)},
          {"mdrae_percent", finite(100 * c.mdrae)},
          {"held_out_regret_percent", finite(100 * c.held_out_regret)},
          {"best_autoscheduler", name(c.best_auto)},
          {"best_of_top_measured", name(c.verified)},
          {"gain_ratio", positive(c.gain)},
          {"best_of_top_gain_ratio", positive(c.verified_gain)},
          {"entries", std::move(entries)}};
}

Json workload_json(const WorkloadResult& w) {
  Json cells = Json::array();
  for (const Cell& c : w.cells) cells.push_back(cell_json(c));
  return {{"name", w.name},
          {"describes", w.describes},
          {"pool_schedules", w.pool},
          {"training_schedules", w.training},
          {"training_times", w.training_times},
          {"held_out_schedules", w.held_out},
          {"predicted_best_schedules", w.top_measured},
          {"refused_schedules", w.failed},
          {"complete", w.complete},
          {"network_parameters", w.parameters},
          {"compile_s", w.compile_s},
          {"timed_runs_s", w.run_s},
          {"cells", std::move(cells)}};
}

Json options_json(const Report& r) {
  const Options& o = r.options;
  return {{"sides", o.sides},
          {"threads", o.threads},
          {"pool", o.pool},
          {"first", o.first},
          {"rounds", o.rounds},
          {"round_size", o.round_size},
          {"held_out", o.held_out},
          {"held_out_largest", o.held_out_largest},
          {"largest_every", o.largest_every},
          {"top", o.top},
          {"seed", o.seed},
          {"budget_s", r.budget_s}};
}

}  // namespace

std::string as_text(const Report& r) {
  std::string text = fmt::format(
      "Schedules of Halide pipelines, {}, seed {}, {:.0f} s\n{}\ntarget {}\nimage {}\n\n",
      r.context.timestamp, r.options.seed, r.took_s, r.device.cpu, r.target, r.picture);
  for (const WorkloadResult& w : r.workloads) workload_text(text, w);
  const Gains g = gains_of(r.workloads);
  text += fmt::format(
      "Best autoscheduler's time over ours, {} cells\n"
      "  predicted best:       geometric mean {:.2f}x, most {:.2f}x, least {:.2f}x\n"
      "  best of top measured: geometric mean {:.2f}x, most {:.2f}x\n"
      "Unscheduled time over ours: geometric mean {:.2f}x\n"
      "Spearman on held-out schedules: mean {:.3f}, least {:.3f}\n",
      g.cells, g.geomean, g.most, g.least, g.verified_geomean, g.verified_most,
      g.over_unscheduled_geomean, mean_correlation(r.workloads), least_correlation(r.workloads));
  if (g.missing > 0) {
    text += fmt::format("{} cells are in no mean: our first schedule or all of theirs failed\n",
                        g.missing);
  }
  return text;
}

std::string as_json(const Report& r) {
  const Gains g = gains_of(r.workloads);
  Json workloads = Json::array(), warnings = Json::array();
  for (const WorkloadResult& w : r.workloads) {
    workloads.push_back(workload_json(w));
    if (w.complete) continue;
    warnings.push_back({{"code", "budget-ended"},
                        {"message", fmt::format("{}: fewer schedules than asked for", w.name)},
                        {"hint", "raise --budget, or run again with the same --cache"}});
  }
  const Json document = {
      {"schema", "kernwise.experiment.halide_schedules/2"},
      {"context",
       {{"device", r.device.fingerprint},
        {"cpu", r.device.cpu},
        {"isa", to_string(r.device.isa)},
        {"cores", r.device.cores},
        {"l3_bytes", r.device.l3.value},
        {"halide_target", r.target},
        {"image", r.picture},
        {"build", r.context.build},
        {"load_average", r.context.load_average},
        {"timestamp", r.context.timestamp}}},
      {"options", options_json(r)},
      {"result",
       {{"workloads", std::move(workloads)},
        {"cells", g.cells},
        {"gain_geomean_ratio", positive(g.geomean)},
        {"gain_max_ratio", positive(g.most)},
        {"gain_min_ratio", positive(g.least)},
        {"best_of_top_gain_geomean_ratio", positive(g.verified_geomean)},
        {"best_of_top_gain_max_ratio", positive(g.verified_most)},
        {"unscheduled_over_ours_geomean_ratio", positive(g.over_unscheduled_geomean)},
        {"cells_missing", g.missing},
        {"spearman_mean", finite(mean_correlation(r.workloads))},
        {"spearman_min", finite(least_correlation(r.workloads))},
        {"took_s", r.took_s}}},
      {"warnings", std::move(warnings)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace kernwise::halide
