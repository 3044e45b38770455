// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Designs and what they cost on devices, as published tables hold it: one row per design, some
// columns that say which design it is (its *encoding*: one categorical choice per position), and
// one column per device. Any number of positions, of choices per position and of devices.
//
// Choices are categories whatever they look like: the distinct texts of a column, in order of
// number where all are numbers, else of text, numbered from 0. Costs (latency, energy, memory) are
// positive, in the file's unit; blank, `-1`, `nan` and `NA` are missing, and so is a failed value
// (zero, negative, infinite), which is counted. Missing values are NaN here, never a number.
// Thread-safety: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernwise/base/csv_table.h"
#include "kernwise/base/result.h"

namespace kernwise {

// What a design may choose: `choices[p]` are the names of the choices at position p.
struct DesignEncoding {
  std::vector<std::string> positions;
  std::vector<std::vector<std::string>> choices;

  // Whether all positions choose among the same names, so that choices can be counted over
  // positions.
  bool same_choices() const;
  // Sum of the numbers of choices.
  std::size_t one_hot_width() const;

  friend bool operator==(const DesignEncoding&, const DesignEncoding&) = default;
};

struct LatencyTable {
  DesignEncoding encoding;
  // rows() x positions, row-major: the choice, an index into encoding.choices[p].
  std::vector<uint16_t> choice;
  // The public number of a row, from the column `arch_idx`; -1: it has none.
  std::vector<int64_t> index;
  std::vector<std::string> devices;
  // Device-major, devices.size() x rows(): NaN is missing, all else is positive and finite.
  std::vector<double> cost;
  // Of each device: values that were there and cannot be a cost (0, -3, inf); now missing.
  std::vector<int64_t> failed;
  // Which ones these are: (device, row). What failed there was tried, and is no candidate for it.
  std::vector<std::pair<std::size_t, std::size_t>> failures = {};
  // Of each row, the row of the design that is left without the operations that reach nothing: it
  // costs the same on a device that does not execute them. The row itself where nothing is cut
  // off. Empty: not known.
  std::vector<std::size_t> pruned = {};

  std::size_t rows() const { return index.size(); }
  std::size_t positions() const { return encoding.positions.size(); }
  std::span<const uint16_t> design(std::size_t row) const {
    return std::span(choice).subspan(row * positions(), positions());
  }
  std::span<const double> device_costs(std::size_t device) const {
    return std::span(cost).subspan(device * rows(), rows());
  }
  std::optional<std::size_t> device(std::string_view name) const;
};

// `encoding` names the encoding columns, `devices` the cost columns; without devices, every other
// column but `arch_idx` is one. kInvalidInput, naming column and line: a column that is not there
// (with the near names), a cell that is neither number nor missing, an empty choice, no rows, a
// column that is both, over 4096 choices in all.
Result<LatencyTable> to_latency_table(const CsvTable& csv, std::span<const std::string> encoding,
                                      std::span<const std::string> devices = {});

// The same from a file, CSV or CSV compressed by gzip.
Result<LatencyTable> read_latency_table(const std::filesystem::path& path,
                                        std::span<const std::string> encoding,
                                        std::span<const std::string> devices = {});

// One-hot: out[o_p + design[p]] = 1, all else 0, where o_p is the number of choices of the
// positions before p. `out` has one_hot_width() entries.
void one_hot(const DesignEncoding& encoding, std::span<const uint16_t> design,
             std::span<float> out);

}  // namespace kernwise
