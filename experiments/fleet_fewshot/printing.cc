// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "printing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

namespace kernwise::fewshot {
namespace {

using Json = nlohmann::ordered_json;

Json scores_json(const Scores& scores, bool total) {
  Json json = {{"spearman_mean", scores.spearman},
               {"spearman_p10", scores.spearman_low},
               {"spearman_p90", scores.spearman_high}};
  json[total ? "spearman_worst_device" : "spearman_worst_draw"] = scores.spearman_worst;
  json["kendall_mean"] = scores.kendall;
  json["within_5_percent_share"] = scores.within_5;
  json["within_10_percent_share"] = scores.within_10;
  return json;
}

const MethodResult& default_of(const SampleResult& by) {
  for (const MethodResult& method : by.methods) {
    if (method.is_default) return method;
  }
  return by.methods.front();
}

Json devices_json(const StudyResult& result, const MethodResult& method) {
  Json devices = Json::array();
  for (std::size_t d = 0; d < result.devices.size(); ++d) {
    devices.push_back({{"device", result.devices[d]},
                       {"untrimmed", scores_json(method.devices[d].untrimmed, false)},
                       {"trimmed", scores_json(method.devices[d].trimmed, false)},
                       {"noise_ceiling", {{"ties_spearman", result.ceilings[d].ties}}},
                       {"fully_measured_reference_spearman", result.ceilings[d].fully_measured}});
  }
  return devices;
}

Json methods_json(const StudyResult& result, const SampleResult& by) {
  Json methods = Json::array();
  for (const MethodResult& method : by.methods) {
    methods.push_back({{"method", method.method},
                       {"default", method.is_default},
                       {"untrimmed", scores_json(method.total.untrimmed, true)},
                       {"trimmed", scores_json(method.total.trimmed, true)},
                       {"devices", devices_json(result, method)}});
  }
  return methods;
}

}  // namespace

std::string as_text(const StudyResult& result, const Options& options, double took_s) {
  std::string text = fmt::format(
      "{} designs; samples from the first {}, figures from the next {}; known devices on {}\n"
      "seed {}, {} draws, {:.0f} s\n",
      result.designs, result.pool, result.query, result.known, options.seed, options.draws, took_s);
  for (const SampleResult& by : result.by_samples) {
    text +=
        fmt::format("\n{} measurements of each target. Spearman, mean over draws\n", by.samples);
    text += fmt::format("{:<20}", "method");
    for (const std::string& device : result.devices) text += fmt::format(" {:>13.13}", device);
    text += fmt::format(" {:>7} {:>7} {:>8} {:>7} {:>7} {:>7}\n", "mean", "worst", "trimmed", "tau",
                        "5 %", "10 %");
    for (const MethodResult& method : by.methods) {
      text += fmt::format("{:<20}", method.method + (method.is_default ? " *" : ""));
      for (const DeviceScores& device : method.devices) {
        text += fmt::format(" {:>13.3f}", device.untrimmed.spearman);
      }
      const Scores& all = method.total.untrimmed;
      text += fmt::format(" {:>7.3f} {:>7.3f} {:>8.3f} {:>7.3f} {:>6.1f}% {:>6.1f}%\n",
                          all.spearman, all.spearman_worst, method.total.trimmed.spearman,
                          all.kendall, 100 * all.within_5, 100 * all.within_10);
    }
  }
  text += fmt::format("\n{:<20}", "ceiling by ties");
  for (const Ceiling& ceiling : result.ceilings) text += fmt::format(" {:>13.3f}", ceiling.ties);
  text += fmt::format("\n{:<20}", "fully measured ref.");
  for (const Ceiling& ceiling : result.ceilings) {
    text += fmt::format(" {:>13.3f}", ceiling.fully_measured);
  }
  return text + "\n* the default\n";
}

std::string as_json(const StudyResult& result, const FleetTask& task, const Options& options,
                    double took_s) {
  const SampleResult& lead = result.by_samples.front();
  const MethodResult& chosen = default_of(lead);
  Json by_samples = Json::array();
  for (const SampleResult& by : result.by_samples) {
    const MethodResult& method = default_of(by);
    by_samples.push_back({{"samples", by.samples},
                          {"untrimmed", scores_json(method.total.untrimmed, true)},
                          {"trimmed", scores_json(method.total.trimmed, true)},
                          {"methods", methods_json(result, by)}});
  }
  Json warnings = Json::array();
  for (const TableWarning& warning : result.warnings) {
    warnings.push_back(
        {{"code", to_string(warning.kind)}, {"message", warning.message}, {"hint", ""}});
  }
  const Json document = {{"schema", "kernwise.experiment.fleet_fewshot/1"},
                         {"options",
                          {{"table", task.table},
                           {"samples", options.samples},
                           {"draws", options.draws},
                           {"seed", options.seed},
                           {"pool_designs", result.pool},
                           {"query_designs", result.query},
                           {"known_designs", result.known},
                           {"choose_among_designs", options.among}}},
                         {"result",
                          {{"method", chosen.method},
                           {"samples", lead.samples},
                           {"designs", result.designs},
                           {"untrimmed", scores_json(chosen.total.untrimmed, true)},
                           {"trimmed", scores_json(chosen.total.trimmed, true)},
                           {"devices", devices_json(result, chosen)},
                           {"methods", methods_json(result, lead)},
                           {"by_samples", std::move(by_samples)},
                           {"prior", result.prior},
                           {"learn_s", result.learn_s},
                           {"took_s", took_s}}},
                         {"warnings", std::move(warnings)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace kernwise::fewshot
