// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "printing.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

namespace kernwise::perf4sight {
namespace {

using Json = nlohmann::ordered_json;

// What whoever reads the figures has to know; they hold whatever the tables are.
constexpr std::array<std::pair<const char*, const char*>, 2> kDisclosures = {
    {{"priors-fitted-elsewhere",
      "our physical forms start from weights that were fitted to a Jetson TX2's tables of four "
      "networks: on those tables no network is entirely unseen"},
     {"margin-chosen-late",
      "the margin below the learnt limit of memory was chosen after false fits of networks left "
      "out "
      "had been seen"}}};

Json networks_json(const Judged& judged) {
  Json networks = Json::array();
  for (const NetworkErrors& one : judged.networks) {
    networks.push_back({{"network", one.network},
                        {"train_rows", one.train_rows},
                        {"test_rows", one.test_rows},
                        {"swapping_rows", one.swapping_rows},
                        {"mape_percent", 100 * one.mean},
                        {"mape_without_swapping_percent", 100 * one.mean_without_swapping},
                        {"median_error_percent", 100 * one.median},
                        {"worst_error_percent", 100 * one.worst},
                        {"interval_coverage_percent", 100 * one.coverage}});
  }
  return networks;
}

Json method_json(const MethodResult& method, const Options& options) {
  Json result;
  for (std::size_t p = 0; p < kProtocols.size(); ++p) {
    Json protocol;
    for (std::size_t t = 0; t < kTargets.size(); ++t) {
      const Judged& judged = method.errors[p][t];
      const std::string name = name_of(kTargets[t]);
      const auto percent = [&](double value) {
        return judged.networks.empty() ? Json() : Json(100 * value);
      };
      protocol[name + "_mape_percent"] = percent(judged.mean);
      protocol[name + "_mape_without_swapping_percent"] = percent(judged.mean_without_swapping);
      protocol[name + "_mape_least_seed_percent"] = percent(judged.least_seed);
      protocol[name + "_mape_most_seed_percent"] = percent(judged.most_seed);
      protocol[name + "_interval_coverage_percent"] = percent(judged.coverage);
      protocol[name + "_networks"] = networks_json(judged);
    }
    result[name_of(kProtocols[p])] = std::move(protocol);
  }
  const FitsJudged& fits = method.fits;
  const auto percent = [&](double value) { return fits.rows == 0 ? Json() : Json(100 * value); };
  result["fits"] = {{"accuracy_percent", percent(fits.accuracy)},
                    {"false_fit_percent", percent(fits.false_fit)},
                    {"false_reject_percent", percent(fits.false_reject)},
                    {"counts_of_seed", options.seed},
                    {"rows", fits.rows},
                    {"failed_rows", fits.failed},
                    {"right", fits.right},
                    {"false_fits", fits.false_fits},
                    {"false_rejects", fits.false_rejects}};
  return result;
}

const char* title_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::kSameNetwork: return "same network, other levels";
    case Protocol::kPooled: return "all networks pooled, other levels";
    case Protocol::kLeaveOneOut: return "one network left out";
    case Protocol::kUnprunedOnly: return "unpruned network only";
    case Protocol::kLargestBatches: break;
  }
  return "largest third of batches held out";
}

}  // namespace

std::string as_text(const StudyResult& result, const Tables& tables, const Options& options,
                    double took_s) {
  std::string text;
  auto out = std::back_inserter(text);
  fmt::format_to(out, "{}: {} networks, {} variants, {} memory rows, {} latency rows\n",
                 tables.device, tables.networks.size(), tables.variants.size(),
                 tables.memory.size(), tables.latency.size());
  fmt::format_to(
      out,
      "left out: {} rows without published layers, {} without a figure, {} steps over "
      "{} s; {} steps look like swapping (kept in tests; ours does not train on them, perf4sight's "
      "method does)\n\n",
      tables.without_layers, tables.without_figure, tables.too_long, kLongest, tables.swapping);
  fmt::format_to(
      out,
      "mean error, % (mean over networks and {} seeds from {})\n{:36}{:>18}{:>18}{:>18}{:>18}\n",
      options.seeds, options.seed, "", "used", "reserved", "allocated", "latency");
  for (std::size_t p = 0; p < kProtocols.size(); ++p) {
    for (const bool ours : {true, false}) {
      const MethodResult& method = ours ? result.ours : result.compat;
      fmt::format_to(out, "{:36}", ours ? title_of(kProtocols[p]) : "    perf4sight-compat");
      for (std::size_t t = 0; t < kTargets.size(); ++t) {
        const Judged& judged = method.errors[p][t];
        if (judged.networks.empty()) {
          fmt::format_to(out, "{:>18}", "-");
        } else {
          fmt::format_to(
              out, "{:>18}",
              fmt::format("{:.2f}{}", 100 * judged.mean,
                          ours ? fmt::format(" [{:.0f} % in]", 100 * judged.coverage) : ""));
        }
      }
      fmt::format_to(out, "\n");
    }
    fmt::format_to(out, "{:36}", "    ours by network");
    for (std::size_t t = 0; t < kTargets.size(); ++t) {
      std::string cells;
      for (const NetworkErrors& one : result.ours.errors[p][t].networks) {
        cells += fmt::format(" {:.1f}", 100 * one.mean);
      }
      fmt::format_to(out, "{:>18}", cells);
    }
    fmt::format_to(out, "\n");
  }
  fmt::format_to(
      out,
      "published: same network 5 % (used), 9 % (latency); [x % in]: of the 90 % intervals\n\n");
  for (const bool ours : {true, false}) {
    const FitsJudged& fits = (ours ? result.ours : result.compat).fits;
    if (fits.rows == 0) continue;
    fmt::format_to(
        out,
        "fits or not, one network left out, {}: {:.1f} % right of {} rows; said fits and "
        "did not: {:.1f} % of {} failed; said no and did: {:.1f} % (means over {} seeds)\n",
        ours ? "ours" : "perf4sight-compat", 100 * fits.accuracy, fits.rows, 100 * fits.false_fit,
        fits.failed, 100 * fits.false_reject, options.seeds);
  }
  for (const auto& [code, message] : kDisclosures) fmt::format_to(out, "note: {}\n", message);
  for (const std::string& note : result.notes) fmt::format_to(out, "note: {}\n", note);
  fmt::format_to(out, "took {:.0f} s\n", took_s);
  return text;
}

std::string as_json(const StudyResult& result, const Tables& tables, const Options& options,
                    double took_s) {
  Json body = method_json(result.ours, options);
  body["compat"] = method_json(result.compat, options);
  body["published"] = {
      {"same_network", {{"memory_used_mape_percent", 5}, {"latency_mape_percent", 9}}}};
  body["data"] = {{"device", tables.device},
                  {"networks", tables.networks},
                  {"variants", tables.variants.size()},
                  {"memory_rows", tables.memory.size()},
                  {"latency_rows", tables.latency.size()},
                  {"rows_without_layers", tables.without_layers},
                  {"rows_without_figure", tables.without_figure},
                  {"rows_over_longest", tables.too_long},
                  {"longest_s", kLongest},
                  {"swapping_rows", tables.swapping},
                  {"swapping_rows_trained_on", {{"ours", false}, {"compat", true}}},
                  {"swapping_factor_ratio", kSwappingFactor}};
  body["took_s"] = took_s;
  Json warnings = Json::array();
  for (const auto& [code, message] : kDisclosures) {
    warnings.push_back({{"code", code}, {"message", message}, {"hint", ""}});
  }
  for (const std::string& note : result.notes) {
    warnings.push_back({{"code", "not-judged"}, {"message", note}, {"hint", ""}});
  }
  const Json document = {{"schema", "kernwise.experiment.perf4sight/1"},
                         {"options",
                          {{"device", tables.device},
                           {"seed", options.seed},
                           {"seeds", options.seeds},
                           {"threads", options.threads},
                           {"false_fits_ratio", options.false_fits},
                           {"margin_ratio", options.margin}}},
                         {"result", std::move(body)},
                         {"warnings", std::move(warnings)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace kernwise::perf4sight
