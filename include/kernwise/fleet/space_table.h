// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Tables seen through a design space: rows become designs, several files become one table with a
// row for each candidate. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "kernwise/base/csv_table.h"
#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/fleet/latency_table.h"
#include "kernwise/fleet/space.h"

namespace kernwise {

// The space's positions and labels as an encoding.
DesignEncoding encoding_of(const DesignSpace& space);

// The design of each row. The encoding names positions of the space, in any order; a cell holds a
// label of the position, or the number of a choice from 0. kInvalidInput names what does not fit.
Result<std::vector<Design>> designs_of(const DesignSpace& space, const LatencyTable& table);

// The designs that the rows of a CSV name: by a column for each position, or by a column `design`
// with design strings. Other columns are passed over. kInvalidInput names the line.
Result<std::vector<Design>> designs_in(const DesignSpace& space, const CsvTable& csv);

// All valid canonical designs of a space of at most `limit` combinations, in order of index_of();
// of a larger one: `known` and random ones, up to `limit` in all.
std::vector<Design> candidate_designs(const DesignSpace& space, std::span<const Design> known,
                                      std::size_t limit, Rng& rng);

// An empty table over these designs: no device yet, no number.
LatencyTable table_of(const DesignSpace& space, std::span<const Design> designs);

// One file of costs, accuracies or both: the encoding is all columns that are called as positions
// of the space, every other column but arch_idx is a cost.
struct SpaceTable {
  LatencyTable table;           // as the file has it
  std::vector<Design> designs;  // of its rows, canonical
};
// `columns`: cost columns to read; empty: all.
Result<SpaceTable> read_space_table(const DesignSpace& space, const std::filesystem::path& path,
                                    std::span<const std::string> columns = {});

// Adds the devices of `from` to `to`, joined by design: a device that is there already is
// completed, later values replace earlier ones. Designs that `to` lacks are counted and left out.
// With arch_idx in `from`, rows of `to` take it over.
int64_t join_costs(const DesignSpace& space, const SpaceTable& from, LatencyTable& to);

}  // namespace kernwise
