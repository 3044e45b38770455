// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Tables of text: CSV (csv.h) with one header line. A file may be compressed by gzip. The text of
// the cells is kept once and cells are views into it, so a table takes little more than its file.
// Thread-safety: plain values; reading touches nothing but the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"

namespace kernwise {

class CsvTable {
 public:
  std::size_t rows() const { return line_.size(); }  // without the header
  std::size_t columns() const { return header_.size(); }
  const std::vector<std::string>& header() const { return header_; }
  // The first column of that name.
  std::optional<std::size_t> column(std::string_view name) const;
  // Without quotes and without blanks around it. row < rows(), column < columns().
  std::string_view cell(std::size_t row, std::size_t column) const {
    const Cell& at = cells_[row * header_.size() + column];
    return {text_->data() + at.start, at.length};
  }
  // The line of the file that the row begins at, from 1, for messages.
  std::size_t line(std::size_t row) const { return line_[row]; }

 private:
  friend Result<CsvTable> parse_csv(std::string_view text, std::size_t most_cells);
  struct Cell {
    uint32_t start = 0, length = 0;
  };
  std::shared_ptr<const std::string> text_;  // shared, so that copies keep the views valid
  std::vector<std::string> header_;
  std::vector<Cell> cells_;
  std::vector<uint32_t> line_;
};

// A table of empty cells would take more than its file: beyond this it is refused.
inline constexpr std::size_t kMostCsvCells = std::size_t{1} << 27;

// kInvalidInput, naming the line, if rows differ in length, a quote is left open, a column has no
// name or the same as another, there is no header, the text is over 1 GiB, or there are more cells,
// records or columns than most_cells, kMostCsvRows, kMostCsvFields.
Result<CsvTable> parse_csv(std::string_view text, std::size_t most_cells = kMostCsvCells);

// At most `limit` bytes once uncompressed; what is cut off or no gzip file is kInvalidInput.
Result<CsvTable> read_csv(const std::filesystem::path& path, Bytes limit = {int64_t{1} << 30});

// The whole file, uncompressed if it is a gzip file. Errors as above.
Result<std::string> read_file_or_gzip(const std::filesystem::path& path, Bytes limit);

// For messages: in quotes, and cut after 60 bytes, so that no file makes an error unreadable.
std::string shown_cell(std::string_view text);

}  // namespace kernwise
