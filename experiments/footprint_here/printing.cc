// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "printing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "kernwise/base/statistics.h"

namespace kernwise::footprint_here {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const std::array<Errors, kTargets>& ours, const std::array<double, kTargets>& compat) {
  Json json, by_compat;
  for (std::size_t t = 0; t < kTargets; ++t) {
    const std::string name = kTargetNames[t];
    json[name + "_mape_percent"] = ours[t].mean;
    json[name + "_worst_percent"] = ours[t].worst;
    json[name + "_covered_percent"] = ours[t].covered;
    by_compat[name + "_mape_percent"] = compat[t];
  }
  json["compat"] = std::move(by_compat);
  return json;
}

Json to_json(const MaxBatchCase& c) {
  return {{"network", c.network},
          {"prune_ratio", c.ratio},
          {"optimizer", c.optimizer},
          {"weight_decay", c.weight_decay},
          {"limit_bytes", c.limit_bytes},
          {"predicted_batch", c.predicted},
          {"ran", c.ran},
          {"largest_batch", c.largest}};
}

Json to_json(const AdaptCase& c) {
  return {{"network", c.network},
          {"batch", c.batch},
          {"limit_bytes", c.limit_bytes},
          {"limit_s", c.limit_s},
          {"found", c.found},
          {"kept_ratio", c.kept},
          {"predicted_bytes", c.predicted_bytes},
          {"predicted_s", c.predicted_s},
          {"measured_bytes", c.bytes},
          {"measured_s", c.step_s},
          {"failed", c.failed},
          {"holds", c.failed       ? Json(false)
                    : c.measured() ? Json(c.holds())
                                   : Json()},
          {"designs", c.evaluated},
          {"profiling_s", c.profiling_s},
          {"search_s", c.search_s}};
}

Json to_json(const TransferErrors& e) {
  return {{"network", e.network},
          {"rows", e.rows},
          {"as_is_mape_percent", e.as_is},
          {"transferred_mape_percent", e.transferred},
          {"scratch_mape_percent", e.scratch},
          {"covered_percent", e.covered}};
}

std::string table(const std::vector<TransferErrors>& all) {
  std::string text = fmt::format("\n{:<18} {:>5} {:>8} {:>12} {:>13} {:>12}\n", "carried over",
                                 "rows", "as it is", "transferred", "those steps", "90 % hold, %");
  TransferErrors mean{"mean of networks"};
  const auto line = [](const TransferErrors& e) {
    return fmt::format("{:<18} {:>5} {:>8.1f} {:>12.1f} {:>13.1f} {:>12.0f}\n", e.network, e.rows,
                       e.as_is, e.transferred, e.scratch, e.covered);
  };
  const auto count = static_cast<double>(all.size());
  for (const TransferErrors& e : all) {
    text += line(e);
    mean.rows += e.rows;
    mean.as_is += e.as_is / count;
    mean.transferred += e.transferred / count;
    mean.scratch += e.scratch / count;
    mean.covered += e.covered / count;
  }
  return text + line(mean);
}

// Six steps of each job: one warm-up and five timed.
double learning_s(const Data& data) {
  double seconds = 0;
  for (const Row& row : data.rows) seconds += 6 * row.record.timed.step_s;
  return seconds;
}

std::string table(const ProtocolResult& p) {
  std::string text =
      fmt::format("\n{}\n{:<18} {:>5}  {:>21}  {:>15}  {:>15}  {:>21}\n", p.name, "network", "rows",
                  "allocated (worst)", "reserved", "used", "latency (worst)");
  const auto line = [](const std::string& name, std::size_t rows,
                       const std::array<Errors, kTargets>& ours,
                       const std::array<double, kTargets>& compat) {
    return fmt::format(
        "{:<18} {:>5}  {:>6.2f} ({:>5.2f}) {:>6.1f}  {:>7.2f} {:>7.1f}  {:>7.2f} {:>7.1f}  "
        "{:>6.2f} ({:>5.1f}) {:>6.1f}\n",
        name, rows, ours[0].mean, ours[0].worst, compat[0], ours[1].mean, compat[1], ours[2].mean,
        compat[2], ours[3].mean, ours[3].worst, compat[3]);
  };
  std::size_t rows = 0;
  for (const NetworkErrors& n : p.networks) {
    text += line(n.network, n.rows, n.ours, n.compat);
    rows += n.rows;
  }
  text += line("mean of networks", rows, p.ours, p.compat);
  return text + fmt::format("{:<18} {:>5}  {:>21.1f}  {:>15.1f}  {:>15.1f}  {:>21.1f}\n",
                            "90 % hold, %", "", p.ours[0].covered, p.ours[1].covered,
                            p.ours[2].covered, p.ours[3].covered);
}

std::string table(const std::vector<MaxBatchCase>& cases) {
  int64_t ran = 0, ran_out = 0, none = 0, over = 0;
  double worst = 0, sum = 0;
  std::string text =
      fmt::format("\n{:<18} {:>6} {:>9} {:>6} {:>10} {:>9} {:>8}\n", "largest batch", "pruned",
                  "optimizer", "decay", "limit MiB", "predicted", "really");
  for (const MaxBatchCase& c : cases) {
    text += fmt::format("{:<18} {:>6.2f} {:>9} {:>6} {:>10.1f} {:>9} {:>8}{}\n", c.network, c.ratio,
                        c.optimizer, c.weight_decay, static_cast<double>(c.limit_bytes) / (1 << 20),
                        c.predicted, c.largest,
                        c.predicted == 0 ? "  none predicted"
                        : c.ran          ? ""
                                         : "  ran out");
    none += c.predicted == 0 ? 1 : 0;
    ran += c.predicted > 0 && c.ran ? 1 : 0;
    ran_out += c.predicted > 0 && !c.ran ? 1 : 0;
    over += c.predicted > c.largest ? 1 : 0;
    const double off = 100 * std::abs(1 - static_cast<double>(c.predicted) /
                                              static_cast<double>(std::max<int64_t>(c.largest, 1)));
    worst = std::max(worst, off);
    sum += off;
  }
  return text +
         fmt::format(
             "of {} cases {} ran, {} ran out of memory, {} were predicted not to fit at all; "
             "{} predictions are above the largest; off by {:.2f} % in the mean, {:.2f} % "
             "at most\n",
             cases.size(), ran, ran_out, none, over, sum / static_cast<double>(cases.size()),
             worst);
}

// `learned_s`: of the device, for the steps that it was learned from.
std::string table(const std::vector<AdaptCase>& cases, double learned_s) {
  std::string text =
      fmt::format("\n{:<18} {:>6} {:>17} {:>17} {:>8} {:>8} {:>9}\n", "adapted", "kept %",
                  "MiB of limit", "ms of limit", "designs", "search s", "profile s");
  std::size_t found = 0, unmeasured = 0, broken = 0;
  double profiling = 0, steps = 0;
  for (const AdaptCase& c : cases) {
    const auto of = [](double value, double limit, double unit) {
      return limit > 0 ? fmt::format("{:.1f} of {:.1f}", value / unit, limit / unit)
                       : fmt::format("{:.1f}", value / unit);
    };
    text += fmt::format("{:<18} {:>6.1f} {:>17} {:>17} {:>8} {:>8.1f} {:>9.0f}{}\n", c.network,
                        100 * c.kept, of(c.bytes, c.limit_bytes, 1 << 20),
                        of(c.step_s, c.limit_s, 1e-3), c.evaluated, c.search_s, c.profiling_s,
                        !c.found        ? "  none found"
                        : c.failed      ? "  FAILED"
                        : !c.measured() ? "  not measured"
                        : c.holds()     ? ""
                                        : "  VIOLATED");
    found += c.found ? 1 : 0;
    // A design that did not run (it ran out, or its job failed) holds no limit.
    broken += c.found && c.failed ? 1 : 0;
    unmeasured += c.found && !c.measured() && !c.failed ? 1 : 0;
    if (!c.measured()) continue;
    broken += c.holds() ? 0 : 1;
    profiling += c.profiling_s;
    steps += 6 * c.step_s;
  }
  text += fmt::format(
      "a design was found in {} of {} cases; {} of {} violate their limits or failed, {} were not "
      "measured\n",
      found, cases.size(), broken, found - unmeasured, unmeasured);
  const auto times = [&](double s) { return s > 0 ? profiling / s : 0; };
  return text +
         fmt::format(
             "running the searched designs would have taken {:.0f} s of the device (six "
             "predicted steps each); checking those found took {:.1f} s, {:.0f} times less; "
             "with the steps that the device was learned from ({:.0f} s), {:.1f} times less\n",
             profiling, steps, times(steps), learned_s, times(steps + learned_s));
}

}  // namespace

std::string as_text(const Data& data, const Results& results) {
  std::vector<double> spreads;
  for (const Row& row : data.rows) spreads.push_back(row.spread);
  std::string text =
      fmt::format("{} steps of {} networks ran in {}, {} failed, {} not measured", data.rows.size(),
                  data.names.size(), data.library, data.failed, data.unmeasured);
  if (!spreads.empty()) {
    text += fmt::format("; spread of a median {:.1f} % (median), {:.1f} % (95th percentile)",
                        100 * median(spreads), 100 * quantile(spreads, 0.95));
  }
  text += "\nmean errors in %: ours, then perf4sight's method\n";
  for (const ProtocolResult& p : results.protocols) text += table(p);
  if (!results.max_batch.empty()) text += table(results.max_batch);
  if (!results.adapt.empty()) text += table(results.adapt, learning_s(data));
  if (!results.transfer.empty()) text += table(results.transfer);
  return text;
}

std::string as_json(const Data& data, const Results& results, const Options& options) {
  Json result = {{"library", data.library},
                 {"steps", data.rows.size()},
                 {"failed", data.failed},
                 {"unmeasured", data.unmeasured}};
  for (const ProtocolResult& p : results.protocols) {
    Json json = to_json(p.ours, p.compat), networks = Json::array();
    for (const NetworkErrors& n : p.networks) {
      Json of = {{"network", n.network}, {"rows", n.rows}};
      of.update(to_json(n.ours, n.compat));
      networks.push_back(std::move(of));
    }
    json["networks"] = std::move(networks);
    result[p.name] = std::move(json);
  }
  result["max_batch"] = Json::array();
  for (const MaxBatchCase& c : results.max_batch) result["max_batch"].push_back(to_json(c));
  result["adapt"] = Json::array();
  for (const AdaptCase& c : results.adapt) result["adapt"].push_back(to_json(c));
  result["learning_s"] = learning_s(data);
  result["transfer"] = Json::array();
  for (const TransferErrors& e : results.transfer) result["transfer"].push_back(to_json(e));
  return Json({{"schema", "kernwise.experiment.footprint_here/1"},
               {"options",
                {{"networks", options.networks},
                 {"image", options.image},
                 {"prune_ratios", options.ratios},
                 {"batches", options.batches},
                 {"optimizers", options.optimizers},
                 {"trees", options.trees},
                 {"seed", options.seed},
                 {"threads", options.threads}}},
               {"result", std::move(result)}})
             .dump(2) +
         "\n";
}

}  // namespace kernwise::footprint_here
