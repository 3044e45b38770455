// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "virtual_device.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "../kernwise_process.h"
#include "kernwise/base/file.h"
#include "kernwise/fleet/pareto.h"
#include "kernwise/fleet/space_table.h"

namespace kernwise::experiments {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
constexpr std::size_t kMostDesigns = 200'000;

Status write_designs(const Public& data, std::span<const int32_t> rows, const fs::path& file) {
  std::string text = "design\n";
  for (const int32_t row : rows) {
    text += fmt::format("\"{}\"\n",
                        design_string(data.space, data.designs[static_cast<std::size_t>(row)]));
  }
  return write_file(file, text);
}

}  // namespace

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

VirtualDevice::VirtualDevice(const HereOptions& options, const Public& data,
                             const std::string& target)
    : options_(options), data_(data) {
  const std::size_t colon = target.find(':');
  isa_ = target.substr(0, colon);
  threads_ = colon == std::string::npos ? "1" : target.substr(colon + 1);
  name_ = fmt::format("{}-{}t", isa_, threads_);
}

Result<std::vector<double>> VirtualDevice::costs(std::span<const int32_t> rows,
                                                 const std::string& file) const {
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

void VirtualDevice::place(const Design& design, double cost, std::span<const int32_t> rows,
                          std::vector<double>& costs) const {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (data_.designs[static_cast<std::size_t>(rows[i])] == design) costs[i] = cost;
  }
}

}  // namespace kernwise::experiments
