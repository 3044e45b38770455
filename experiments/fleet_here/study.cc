// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "../kernwise_process.h"
#include "kernwise/base/file.h"
#include "kernwise/base/statistics.h"
#include "kernwise/fleet/constrained_search.h"
#include "kernwise/fleet/device_aware.h"
#include "kernwise/fleet/pareto.h"
#include "kernwise/fleet/ranking.h"
#include "kernwise/fleet/space_table.h"

namespace kernwise::experiments {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
constexpr std::size_t kMostDesigns = 200'000;
constexpr int kRepeated = 40;  // designs measured a second time

struct Public {
  DesignSpace space;
  std::vector<Design> designs;
  LatencyTable table;
  std::vector<double> accuracy;
  std::vector<std::size_t> sources;
  std::vector<int32_t> promising;
};

Result<Public> read_public(const HereOptions& options) {
  Public data;
  KERNWISE_ASSIGN(data.space, load_space(options.space));
  const fs::path file = options.table.empty()
                            ? options.data / "help_nb201/nasbench201_latency_ms.csv.gz"
                            : options.table;
  KERNWISE_ASSIGN(const SpaceTable costs, read_space_table(data.space, file));
  Rng rng(1);
  data.designs = candidate_designs(data.space, costs.designs, kMostDesigns, rng);
  data.table = table_of(data.space, data.designs);
  join_costs(data.space, costs, data.table);
  for (std::size_t i = 0; i < data.table.devices.size(); ++i) data.sources.push_back(i);
  const fs::path scores = options.accuracy.empty()
                              ? options.data / "nb201_accuracy/nb201_accuracy.csv.gz"
                              : options.accuracy;
  KERNWISE_ASSIGN(const SpaceTable accuracy, read_space_table(data.space, scores));
  LatencyTable joined = table_of(data.space, data.designs);
  join_costs(data.space, accuracy, joined);
  const auto column = joined.device(options.accuracy_column);
  if (!column) {
    return invalid_input(
        fmt::format("{} has no column '{}'", scores.string(), options.accuracy_column),
        "name it with --accuracy-column");
  }
  const auto values = joined.device_costs(*column);
  data.accuracy.assign(values.begin(), values.end());
  data.promising = promising_rows(data.table, data.sources, data.accuracy);
  return data;
}

Status write_designs(const Public& data, std::span<const int32_t> rows, const fs::path& file) {
  std::string text = "design\n";
  for (const int32_t row : rows) {
    text += fmt::format("\"{}\"\n",
                        design_string(data.space, data.designs[static_cast<std::size_t>(row)]));
  }
  return write_file(file, text);
}

// This machine held to an instruction set and a number of threads.
class VirtualDevice {
 public:
  VirtualDevice(const HereOptions& options, const Public& data, const std::string& target)
      : options_(options), data_(data) {
    const std::size_t colon = target.find(':');
    isa_ = target.substr(0, colon);
    threads_ = colon == std::string::npos ? "1" : target.substr(colon + 1);
    name_ = fmt::format("{}-{}t", isa_, threads_);
  }
  const std::string& name() const { return name_; }

  // Costs in ms of these rows, NaN where there is none; kept in `file` of the work folder, so that
  // the next call begins with them. Without `file` always measured afresh.
  Result<std::vector<double>> costs(std::span<const int32_t> rows, const std::string& file) const {
    const fs::path asked = options_.work / (name_ + ".ask.csv");
    KERNWISE_TRY(write_designs(data_, rows, asked));
    const fs::path results = options_.work / file;
    std::vector<double> costs(rows.size(), NAN);
    if (options_.measure) {
      std::vector<std::string> words = {"fleet",
                                        "probe",
                                        asked.string(),
                                        "--space",
                                        options_.space,
                                        "--isa",
                                        isa_,
                                        "--threads",
                                        threads_,
                                        "--device",
                                        name_,
                                        "--repeat",
                                        std::to_string(options_.repeat),
                                        "--budget",
                                        options_.budget,
                                        "--store",
                                        (options_.work / (name_ + ".db")).string()};
      if (!file.empty()) words.insert(words.end(), {"-o", results.string()});
      KERNWISE_ASSIGN(const Json answer, kernwise_json(words, /*criterion_may_fail=*/true));
      for (const Json& m : answer.at("measurements")) {
        KERNWISE_ASSIGN(const Design design,
                        parse_design(data_.space, m.at("design").get<std::string>()));
        if (m.at("latency_s").is_number()) {
          place(design, 1e3 * m.at("latency_s").get<double>(), rows, costs);
        }
      }
      return costs;
    }
    if (file.empty() || !fs::exists(results)) return costs;
    KERNWISE_ASSIGN(const SpaceTable table, read_space_table(data_.space, results));
    for (std::size_t row = 0; row < table.designs.size(); ++row) {
      place(table.designs[row], table.table.device_costs(0)[row], rows, costs);
    }
    return costs;
  }

 private:
  void place(const Design& design, double cost, std::span<const int32_t> rows,
             std::vector<double>& costs) const {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (data_.designs[static_cast<std::size_t>(rows[i])] == design) costs[i] = cost;
    }
  }

  const HereOptions& options_;
  const Public& data_;
  std::string isa_, threads_, name_;
};

struct Measured {
  std::vector<int32_t> rows;
  std::vector<double> costs;
};

// Spearman on the designs that are not samples.
double rank_others(const DeviceAwareModel& model, const Measured& all,
                   const std::vector<std::size_t>& sampled, double* within) {
  std::vector<MeasuredRow> samples;
  for (const std::size_t i : sampled) samples.push_back({all.rows[i], all.costs[i]});
  const CostBelief belief = model.believe(samples);
  std::vector<double> predicted, truth;
  for (std::size_t i = 0; i < all.rows.size(); ++i) {
    if (std::find(sampled.begin(), sampled.end(), i) != sampled.end()) continue;
    predicted.push_back(
        std::exp(static_cast<double>(belief.mean[static_cast<std::size_t>(all.rows[i])])));
    truth.push_back(all.costs[i]);
  }
  if (within != nullptr) *within = share_within(predicted, truth, 0.1);
  return spearman(predicted, truth);
}

void judge_ranking(const HereOptions& options, const DeviceAwareModel& model, const Measured& all,
                   HereTarget& target) {
  target.spearman_least = 1;
  for (int draw = 0; draw < options.draws; ++draw) {
    Rng rng(options.seed + 1000 + static_cast<uint64_t>(draw));
    std::vector<std::size_t> order(all.rows.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    for (int i = 0; i < options.samples; ++i) {
      const auto at = rng.integer(i, static_cast<int64_t>(order.size()) - 1);
      std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(at)]);
    }
    order.resize(static_cast<std::size_t>(options.samples));
    double within = 0;
    const double correlation = rank_others(model, all, order, &within);
    target.spearman_mean += correlation / options.draws;
    target.within_ten_percent += within / options.draws;
    target.spearman_least = std::min(target.spearman_least, correlation);
  }
  std::vector<std::size_t> chosen;
  for (const int32_t row : model.reference_rows(options.samples, all.rows)) {
    chosen.push_back(static_cast<std::size_t>(std::find(all.rows.begin(), all.rows.end(), row) -
                                              all.rows.begin()));
  }
  target.spearman_references = rank_others(model, all, chosen, nullptr);
}

// Searches with measurements on the spot, then runs the pick again.
Result<HerePick> search(const HereOptions& options, const Public& data,
                        const DeviceAwareModel& model, const VirtualDevice& device, double quantile,
                        double bound) {
  const std::string file = device.name() + ".search.csv";
  const std::vector<int32_t> references = model.reference_rows(options.references, data.promising);
  KERNWISE_ASSIGN(const std::vector<double> costs, device.costs(references, file));
  std::vector<MeasuredRow> start;
  for (std::size_t i = 0; i < references.size(); ++i) start.push_back({references[i], costs[i]});
  std::optional<Error> failed;
  const Measure measure = [&](int32_t row) {
    Result<std::vector<double>> cost = device.costs(std::span(&row, 1), file);
    if (!cost.ok()) {
      failed = std::move(cost).error();
      return static_cast<double>(NAN);
    }
    return cost->front();
  };
  const ConstrainedChoice choice = constrained_search(
      {data.accuracy, {}}, {}, std::move(start),
      [&](std::span<const MeasuredRow> measured) { return model.believe(measured); }, measure,
      {.bound = bound, .budget = options.samples, .margin = 1.645});
  if (failed) return *std::move(failed);
  HerePick pick{.quantile = quantile, .bound_ms = bound};
  if (choice.row < 0) return pick;
  pick.design = design_string(data.space, data.designs[static_cast<std::size_t>(choice.row)]);
  pick.accuracy = data.accuracy[static_cast<std::size_t>(choice.row)];
  pick.found_ms = choice.cost;
  pick.measurements = static_cast<int>(choice.measurements.size());
  KERNWISE_ASSIGN(const std::vector<double> again, device.costs(std::span(&choice.row, 1), ""));
  pick.run_ms = again[0];
  return pick;
}

Result<HereTarget> meet(const HereOptions& options, const Public& data,
                        const DeviceAwareModel& model, std::span<const int32_t> rows,
                        const std::string& name, const Say& say) {
  const VirtualDevice device(options, data, name);
  HereTarget target{.name = device.name()};
  say(fmt::format("{}: {} designs", device.name(), rows.size()));
  KERNWISE_ASSIGN(const std::vector<double> costs, device.costs(rows, device.name() + ".csv"));
  Measured all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::isnan(costs[i])) continue;
    all.rows.push_back(rows[i]);
    all.costs.push_back(costs[i]);
  }
  target.designs = static_cast<int64_t>(all.rows.size());
  if (target.designs < 4 * options.samples) {
    say(fmt::format("{}: too few designs are measured", device.name()));
    return target;
  }
  const auto twice = static_cast<std::size_t>(std::min<int64_t>(kRepeated, target.designs));
  KERNWISE_ASSIGN(const std::vector<double> second,
                  device.costs(std::span(all.rows).first(twice), device.name() + ".again.csv"));
  target.repeat_spearman = spearman(std::span(all.costs).first(twice), second);
  target.repeated = static_cast<int>(twice);
  judge_ranking(options, model, all, target);
  say(fmt::format("{}: mean Spearman {:.3f}", device.name(), target.spearman_mean));
  if (!options.measure) return target;
  for (const double share : {0.25, 0.5, 0.75}) {
    KERNWISE_ASSIGN(HerePick pick,
                    search(options, data, model, device, share, quantile(all.costs, share)));
    target.picks.push_back(std::move(pick));
  }
  return target;
}

}  // namespace

Result<HereResult> run_here(const HereOptions& options, const Say& say) {
  HereResult result;
  std::error_code failed;
  fs::create_directories(options.work, failed);
  if (failed) {
    return invalid_input("cannot make the folder: " + failed.message(), "name another with --work")
        .within(options.work.string());
  }
  KERNWISE_ASSIGN(const Public data, read_public(options));
  result.sources = data.table.devices;
  KERNWISE_ASSIGN(const DeviceAwareModel model, fit_device_aware(data.table, data.sources));
  Rng rng(options.seed);
  std::vector<int32_t> rows(data.designs.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<int32_t>(i);
  const auto wanted = std::min(rows.size(), static_cast<std::size_t>(options.designs));
  for (std::size_t i = 0; i < wanted; ++i) {
    const auto at = rng.integer(static_cast<int64_t>(i), static_cast<int64_t>(rows.size()) - 1);
    std::swap(rows[i], rows[static_cast<std::size_t>(at)]);
  }
  rows.resize(wanted);
  for (const std::string& name : options.targets) {
    KERNWISE_ASSIGN(HereTarget target, meet(options, data, model, rows, name, say));
    result.spearman_mean += target.spearman_mean / static_cast<double>(options.targets.size());
    result.targets.push_back(std::move(target));
  }
  return result;
}

}  // namespace kernwise::experiments
