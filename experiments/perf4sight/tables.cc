// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "../csv_table.h"

namespace kernwise::perf4sight {
namespace {

namespace fs = std::filesystem;
using experiments::Table;

constexpr double kMebi = 1024.0 * 1024.0;
constexpr std::string_view kMemory = "_training_memory.csv", kLatency = "_training_latency.csv";

// A table whose cells are asked for by the header's names.
class Sheet {
 public:
  static Result<Sheet> read(const fs::path& path) {
    Sheet sheet;
    sheet.path_ = fs::exists(path) ? path : fs::path(path.string() + ".gz");
    KERNWISE_ASSIGN(sheet.table_, experiments::read_table(sheet.path_));
    for (std::size_t i = 0; i < sheet.table_[0].size(); ++i) sheet.at_[sheet.table_[0][i]] = i;
    return sheet;
  }
  std::size_t lines() const { return table_.size(); }
  Result<std::string> text(std::size_t line, const std::string& column) const {
    const auto found = at_.find(column);
    if (found == at_.end()) {
      return invalid_input(fmt::format("{}: there is no column '{}'", path_.string(), column));
    }
    return table_[line][found->second];
  }
  // 0 for an empty cell.
  Result<double> value(std::size_t line, const std::string& column) const {
    KERNWISE_ASSIGN(const std::string cell, text(line, column));
    if (cell.empty()) return 0.0;
    return experiments::number(cell, path_, line);
  }
  Result<int64_t> whole(std::size_t line, const std::string& column) const {
    KERNWISE_ASSIGN(const double number, value(line, column));
    if (number != std::floor(number) || number > 1e12) {
      return invalid_input(
          fmt::format("{}: line {}: '{}' is no whole number", path_.string(), line + 1, column));
    }
    return static_cast<int64_t>(number);
  }
  Result<bool> truth(std::size_t line, const std::string& column) const {
    KERNWISE_ASSIGN(const std::string cell, text(line, column));
    if (cell == "True" || cell == "true" || cell == "1") return true;
    if (cell == "False" || cell == "false" || cell == "0") return false;
    return invalid_input(
        fmt::format("{}: line {}: '{}' is neither True nor False", path_.string(), line + 1, cell));
  }

 private:
  fs::path path_;
  Table table_;
  std::map<std::string, std::size_t> at_;
};

using Key = std::pair<std::string, int64_t>;  // network, level

Result<Key> key_of(const Sheet& sheet, std::size_t line) {
  KERNWISE_ASSIGN(std::string network, sheet.text(line, "network"));
  KERNWISE_ASSIGN(const int64_t level, sheet.whole(line, "pruning_pct"));
  return Key{std::move(network), level};
}

Result<std::map<Key, Design>> read_designs(const fs::path& folder) {
  KERNWISE_ASSIGN(const Sheet layers, Sheet::read(folder / "pruned_model_layers.csv"));
  KERNWISE_ASSIGN(const Sheet summary, Sheet::read(folder / "pruned_model_summary.csv"));
  std::map<Key, std::vector<std::pair<int64_t, DesignLayer>>> found;
  for (std::size_t line = 1; line < layers.lines(); ++line) {
    KERNWISE_ASSIGN(const Key key, key_of(layers, line));
    KERNWISE_ASSIGN(const int64_t place, layers.whole(line, "layer"));
    KERNWISE_ASSIGN(const std::string type, layers.text(line, "type"));
    if (type != "conv" && type != "fc") {
      return invalid_input(
          fmt::format("pruned_model_layers.csv: line {}: type '{}' is unknown", line + 1, type),
          "known are conv and fc");
    }
    DesignLayer l;
    l.fully_connected = type == "fc";
    for (const auto& [column, to] :
         std::initializer_list<std::pair<const char*, int64_t*>>{{"in_c", &l.in_c},
                                                                 {"out_c", &l.out_c},
                                                                 {"in_h", &l.in_h},
                                                                 {"in_w", &l.in_w},
                                                                 {"out_h", &l.out_h},
                                                                 {"out_w", &l.out_w},
                                                                 {"k_h", &l.k_h},
                                                                 {"k_w", &l.k_w},
                                                                 {"stride", &l.stride},
                                                                 {"pad_h", &l.pad_h},
                                                                 {"pad_w", &l.pad_w},
                                                                 {"groups", &l.groups}}) {
      KERNWISE_ASSIGN(*to, layers.whole(line, column));
    }
    found[key].emplace_back(place, l);
  }
  std::map<Key, Design> designs;
  for (std::size_t line = 1; line < summary.lines(); ++line) {
    KERNWISE_ASSIGN(const Key key, key_of(summary, line));
    const auto layer_list = found.find(key);
    if (layer_list == found.end()) continue;
    std::stable_sort(layer_list->second.begin(), layer_list->second.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    Design design;
    KERNWISE_ASSIGN(design.parameters, summary.whole(line, "params"));
    for (const auto& [place, layer] : layer_list->second) design.layers.push_back(layer);
    const Status checked = check_design(design);
    if (!checked.ok()) {
      Error error = checked.error();
      return std::move(error).within(
          fmt::format("pruned_model_layers.csv: {} at {} %", key.first, key.second));
    }
    designs[key] = std::move(design);
  }
  return designs;
}

Result<std::string> find_device(const fs::path& folder, const std::string& asked) {
  std::error_code problem;
  std::set<std::string> there;
  for (const auto& entry : fs::directory_iterator(folder, problem)) {
    std::string name = entry.path().filename().string();
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    if (name.ends_with(kMemory)) there.insert(name.substr(0, name.size() - kMemory.size()));
  }
  if (problem) {
    return invalid_input(fmt::format("cannot read {}: {}", folder.string(), problem.message()));
  }
  if (!asked.empty() && there.contains(asked)) return asked;
  if (asked.empty() && there.size() == 1) return *there.begin();
  return invalid_input(
      asked.empty() ? fmt::format("{} holds tables of {} devices", folder.string(), there.size())
                    : fmt::format("there is no device '{}' in {}", asked, folder.string()),
      there.empty() ? "a device's tables are DEVICE_training_memory.csv and "
                      "DEVICE_training_latency.csv"
                    : fmt::format("choose by --device: {}", fmt::join(there, ", ")));
}

void mark_swapping(Tables& tables) {
  std::map<std::pair<int, int64_t>, double> per_image;  // best of a variant's batch
  for (const Row& row : tables.latency) {
    if (!row.passed) continue;
    double& best = per_image.try_emplace({row.variant, row.batch}, INFINITY).first->second;
    best = std::min(best, row.latency / static_cast<double>(row.batch));
  }
  for (Row& row : tables.latency) {
    if (!row.passed) continue;
    double best = INFINITY;
    for (auto it = per_image.lower_bound({row.variant, 0});
         it != per_image.end() && it->first.first == row.variant && it->first.second < row.batch;
         ++it) {
      best = std::min(best, it->second);
    }
    row.swapping = row.latency > kSwappingFactor * best * static_cast<double>(row.batch);
    tables.swapping += row.swapping ? 1 : 0;
  }
}

// The part that both tables of measurements have.
Result<Row> read_row(const Sheet& sheet, std::size_t line, const Key& key,
                     const std::map<Key, int>& variant_of, const Tables& tables) {
  Row row;
  row.variant = variant_of.at(key);
  row.network = tables.variants[static_cast<std::size_t>(row.variant)].network;
  row.level = key.second;
  KERNWISE_ASSIGN(row.batch, sheet.whole(line, "batch_size"));
  KERNWISE_ASSIGN(row.passed, sheet.truth(line, "passed"));
  if (row.batch < 1) return invalid_input(fmt::format("line {}: a batch below 1", line + 1));
  return row;
}

}  // namespace

Result<Tables> read_tables(const fs::path& folder, const std::string& device) {
  Tables tables;
  KERNWISE_ASSIGN(tables.device, find_device(folder, device));
  KERNWISE_ASSIGN(const auto designs, read_designs(folder));
  KERNWISE_ASSIGN(const Sheet memory, Sheet::read(folder / (tables.device + std::string(kMemory))));
  KERNWISE_ASSIGN(const Sheet latency,
                  Sheet::read(folder / (tables.device + std::string(kLatency))));
  std::map<std::string, int> network_of;
  std::map<Key, int> variant_of;
  for (const Sheet* sheet : {&memory, &latency}) {
    for (std::size_t line = 1; line < sheet->lines(); ++line) {
      KERNWISE_ASSIGN(const Key key, key_of(*sheet, line));
      const auto design = designs.find(key);
      if (design == designs.end() || variant_of.contains(key)) continue;
      const auto [network, fresh] =
          network_of.try_emplace(key.first, static_cast<int>(tables.networks.size()));
      if (fresh) tables.networks.push_back(key.first);
      variant_of[key] = static_cast<int>(tables.variants.size());
      tables.variants.push_back(
          {network->second, key.second, design->second, step_quantities(design->second)});
    }
  }
  for (std::size_t line = 1; line < memory.lines(); ++line) {
    KERNWISE_ASSIGN(const Key key, key_of(memory, line));
    if (!variant_of.contains(key)) {
      ++tables.without_layers;
      continue;
    }
    KERNWISE_ASSIGN(Row row, read_row(memory, line, key, variant_of, tables));
    // Of a failed run only what the allocator held means something: the rest is read after the end.
    const auto read = [&](const char* column, double& to) -> Status {
      KERNWISE_ASSIGN(const double mebi, memory.value(line, column));
      to = mebi * kMebi;
      return Ok{};
    };
    KERNWISE_TRY(read("mem_reserved_MiB", row.reserved));
    if (row.passed) {
      KERNWISE_TRY(read("mem_alloc_MiB", row.allocated));
      KERNWISE_TRY(read("mem_used_MiB", row.used));
    }
    KERNWISE_ASSIGN(const double capacity, memory.value(line, "capacity_MiB"));
    tables.capacity = std::max(tables.capacity, capacity * kMebi);
    if (row.passed && (row.allocated <= 0 || row.reserved <= 0 || row.used <= 0)) {
      ++tables.without_figure;
    } else {
      tables.memory.push_back(row);
    }
  }
  for (std::size_t line = 1; line < latency.lines(); ++line) {
    KERNWISE_ASSIGN(const Key key, key_of(latency, line));
    if (!variant_of.contains(key)) {
      ++tables.without_layers;
      continue;
    }
    KERNWISE_ASSIGN(Row row, read_row(latency, line, key, variant_of, tables));
    KERNWISE_ASSIGN(const double milliseconds, latency.value(line, "latency_ms"));
    row.latency = milliseconds / 1e3;
    if (row.passed && row.latency <= 0) {
      ++tables.without_figure;
    } else if (row.passed && row.latency > kLongest) {
      ++tables.too_long;
    } else {
      tables.latency.push_back(row);
    }
  }
  mark_swapping(tables);
  if (tables.networks.empty()) {
    return invalid_input("no network has both layers and measurements",
                         "names and levels must agree between the tables");
  }
  return tables;
}

}  // namespace kernwise::perf4sight
