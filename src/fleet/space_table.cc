// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/space_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <unordered_map>

#include "kernwise/base/csv_table.h"
#include "kernwise/fleet/pareto.h"

namespace kernwise {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

struct HashDesign {
  std::size_t operator()(const Design& design) const {
    std::size_t hash = 1469598103934665603U;  // FNV-1a
    for (const uint16_t choice : design) hash = (hash ^ choice) * 1099511628211U;
    return hash;
  }
};

std::optional<uint16_t> choice_of(const SpacePosition& position, const std::string& text) {
  const auto label = std::find(position.choices.begin(), position.choices.end(), text);
  if (label != position.choices.end()) {
    return static_cast<uint16_t>(label - position.choices.begin());
  }
  // A number of a choice; of a numeric position a number is always a label.
  if (position.kind != PositionKind::kOperation) return std::nullopt;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (number >= position.choices.size()) return std::nullopt;
  return static_cast<uint16_t>(number);
}

}  // namespace

DesignEncoding encoding_of(const DesignSpace& space) {
  DesignEncoding encoding;
  for (const SpacePosition& position : space.positions) {
    encoding.positions.push_back(position.name);
    encoding.choices.push_back(position.choices);
  }
  return encoding;
}

Result<std::vector<Design>> designs_of(const DesignSpace& space, const LatencyTable& table) {
  const std::size_t positions = space.positions.size();
  std::vector<std::size_t> column(positions);
  std::vector<std::vector<uint16_t>> meaning(positions);
  for (std::size_t p = 0; p < positions; ++p) {
    const auto& names = table.encoding.positions;
    const auto at = std::find(names.begin(), names.end(), space.positions[p].name);
    if (at == names.end()) {
      return invalid_input(
          fmt::format("the table has no column '{}'", space.positions[p].name),
          fmt::format("a table of {} has a column for each of its positions", space.name));
    }
    column[p] = static_cast<std::size_t>(at - names.begin());
    for (const std::string& text : table.encoding.choices[column[p]]) {
      const auto choice = choice_of(space.positions[p], text);
      if (!choice) {
        return invalid_input(
            fmt::format("'{}' is no choice at {}", text.substr(0, 80), space.positions[p].name),
            "write a label of the space, or the number of a choice from 0");
      }
      meaning[p].push_back(*choice);
    }
  }
  std::vector<Design> designs(table.rows(), Design(positions));
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto written = table.design(row);
    for (std::size_t p = 0; p < positions; ++p) designs[row][p] = meaning[p][written[column[p]]];
  }
  return designs;
}

Result<std::vector<Design>> designs_in(const DesignSpace& space, const CsvTable& csv) {
  std::vector<Design> designs;
  const auto by_text = csv.column("design");
  std::vector<std::size_t> columns;
  for (const SpacePosition& position : space.positions) {
    const auto column = csv.column(position.name);
    if (column) columns.push_back(*column);
  }
  const bool by_position = columns.size() == space.positions.size();
  if (!by_position && !by_text) {
    return invalid_input(
        "it names no designs",
        fmt::format("give a column for each position of {}, or a column 'design'", space.name));
  }
  for (std::size_t row = 0; row < csv.rows(); ++row) {
    const auto within = [&](Error error) {
      return std::move(error).within(fmt::format("line {}", csv.line(row)));
    };
    Design design;
    if (by_position) {
      for (std::size_t p = 0; p < columns.size(); ++p) {
        const std::string text(csv.cell(row, columns[p]));
        const auto choice = choice_of(space.positions[p], text);
        if (!choice) {
          return within(invalid_input(
              fmt::format("'{}' is no choice at {}", text.substr(0, 80), space.positions[p].name)));
        }
        design.push_back(*choice);
      }
    } else {
      Result<Design> parsed = parse_design(space, csv.cell(row, *by_text));
      if (!parsed.ok()) return within(std::move(parsed).error());
      design = std::move(parsed).value();
    }
    if (const std::string why = objection(space, design); !why.empty()) {
      return within(invalid_input("no such design: " + why));
    }
    designs.push_back(canonical(space, std::move(design)));
  }
  return designs;
}

std::vector<Design> candidate_designs(const DesignSpace& space, std::span<const Design> known,
                                      std::size_t limit, Rng& rng) {
  std::vector<Design> all;
  const auto count = combinations(space);
  if (count && *count <= static_cast<int64_t>(limit)) {
    for (int64_t i = 0; i < *count; ++i) {
      Design design = design_at(space, i);
      if (objection(space, design).empty() && canonical(space, design) == design) {
        all.push_back(std::move(design));
      }
    }
    return all;
  }
  std::set<Design> seen;
  const auto add = [&](Design design) {
    if (all.size() >= limit || !seen.insert(design).second) return;
    all.push_back(std::move(design));
  };
  for (const Design& design : known) add(canonical(space, design));
  for (std::size_t i = 0; i < 2 * limit && all.size() < limit; ++i) {
    Design design = random_design(space, rng);
    if (design.empty()) break;
    add(std::move(design));
  }
  return all;
}

LatencyTable table_of(const DesignSpace& space, std::span<const Design> designs) {
  LatencyTable table;
  table.encoding = encoding_of(space);
  for (std::size_t row = 0; row < designs.size(); ++row) {
    table.choice.insert(table.choice.end(), designs[row].begin(), designs[row].end());
    table.index.push_back(-1);
  }
  if (!space.graph) return table;
  std::unordered_map<Design, std::size_t, HashDesign> row_of;
  for (std::size_t row = 0; row < designs.size(); ++row) row_of.emplace(designs[row], row);
  for (std::size_t row = 0; row < designs.size(); ++row) {
    const auto found = row_of.find(without_dead_edges(space, designs[row]));
    table.pruned.push_back(found == row_of.end() ? row : found->second);
  }
  return table;
}

Result<SpaceTable> read_space_table(const DesignSpace& space, const std::filesystem::path& path,
                                    std::span<const std::string> columns) {
  KERNWISE_ASSIGN(const CsvTable csv, read_csv(path));
  std::vector<std::string> encoding;
  for (const SpacePosition& position : space.positions) encoding.push_back(position.name);
  Result<LatencyTable> table = to_latency_table(csv, encoding, columns);
  if (!table.ok()) return std::move(table).error().within(path.string());
  Result<std::vector<Design>> designs = designs_of(space, *table);
  if (!designs.ok()) return std::move(designs).error().within(path.string());
  for (std::size_t row = 0; row < designs->size(); ++row) {
    Design& design = (*designs)[row];
    if (const std::string why = objection(space, design); !why.empty()) {
      return invalid_input(fmt::format("row {} is no design of {}: {}", row + 1, space.name, why))
          .within(path.string());
    }
    design = canonical(space, std::move(design));
  }
  return SpaceTable{std::move(table).value(), std::move(designs).value()};
}

int64_t join_costs(const DesignSpace&, const SpaceTable& from, LatencyTable& to) {
  std::unordered_map<Design, std::size_t, HashDesign> row_of;
  row_of.reserve(to.rows());
  for (std::size_t row = 0; row < to.rows(); ++row) {
    const auto design = to.design(row);
    row_of.emplace(Design(design.begin(), design.end()), row);
  }
  std::vector<int64_t> target(from.designs.size(), -1);
  int64_t unknown = 0;
  for (std::size_t row = 0; row < target.size(); ++row) {
    const auto found = row_of.find(from.designs[row]);
    if (found == row_of.end()) {
      ++unknown;
    } else {
      target[row] = static_cast<int64_t>(found->second);
      if (from.table.index[row] >= 0) to.index[found->second] = from.table.index[row];
    }
  }
  std::vector<std::size_t> places;
  for (std::size_t device = 0; device < from.table.devices.size(); ++device) {
    std::size_t place = to.devices.size();
    if (const auto there = to.device(from.table.devices[device])) {
      place = *there;
    } else {
      to.devices.push_back(from.table.devices[device]);
      to.failed.push_back(0);
      to.cost.resize(to.cost.size() + to.rows(), kMissing);
    }
    to.failed[place] += from.table.failed[device];
    places.push_back(place);
    const auto costs = from.table.device_costs(device);
    double* into = to.cost.data() + place * to.rows();
    for (std::size_t row = 0; row < target.size(); ++row) {
      if (target[row] < 0 || std::isnan(costs[row])) continue;
      into[target[row]] = costs[row];
    }
  }
  for (const auto& [device, row] : from.table.failures) {
    if (target[row] < 0) continue;
    to.failures.emplace_back(places[device], static_cast<std::size_t>(target[row]));
  }
  return unknown;
}

}  // namespace kernwise
