// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/csv_table.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "kernwise/base/csv.h"
#include "kernwise/base/format.h"

namespace kernwise {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxText = std::size_t{1} << 30;

std::string_view without_blanks(std::string_view cell) {
  while (!cell.empty() && cell.front() == ' ') cell.remove_prefix(1);
  while (!cell.empty() && cell.back() == ' ') cell.remove_suffix(1);
  return cell;
}

}  // namespace

std::string shown_cell(std::string_view text) {
  constexpr std::size_t kMost = 60;
  return fmt::format("'{}{}'", text.substr(0, kMost), text.size() > kMost ? "..." : "");
}

std::optional<std::size_t> CsvTable::column(std::string_view name) const {
  const auto found = std::find(header_.begin(), header_.end(), name);
  if (found == header_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header_.begin());
}

Result<CsvTable> parse_csv(std::string_view text, std::size_t most_cells) {
  if (text.size() > kMaxText) return invalid_input("the table is over 1 GiB");
  CsvTable table;
  std::string kept;  // never longer than the text: quotes and separators go
  std::unordered_set<std::string> names;
  const auto header = [&](const std::vector<std::string>& fields) -> Status {
    for (const std::string& field : fields) {
      table.header_.emplace_back(without_blanks(field));
      if (table.header_.back().empty()) {
        return invalid_input(
            fmt::format("column {} of the header has no name", table.header_.size()));
      }
      if (!names.insert(table.header_.back()).second) {
        return invalid_input(
            fmt::format("two columns are named {}", shown_cell(table.header_.back())));
      }
    }
    return Ok{};
  };
  KERNWISE_TRY(
      for_each_csv_row(text, [&](int64_t line, const std::vector<std::string>& fields) -> Status {
        if (table.header_.empty()) return header(fields);
        if (fields.size() != table.header_.size()) {
          return invalid_input(fmt::format("line {} has {} cells, the header has {}", line,
                                           fields.size(), table.header_.size()));
        }
        if (fields.size() > most_cells - table.cells_.size()) {
          return invalid_input(fmt::format("line {}: more than {} cells", line, most_cells),
                               "split it into several files");
        }
        for (const std::string& field : fields) {
          const std::string_view cell = without_blanks(field);
          table.cells_.push_back(
              {static_cast<uint32_t>(kept.size()), static_cast<uint32_t>(cell.size())});
          kept += cell;
        }
        table.line_.push_back(static_cast<uint32_t>(line));
        return Ok{};
      }));
  if (table.header_.empty()) return invalid_input("the table is empty: there is no header line");
  table.text_ = std::make_shared<const std::string>(std::move(kept));
  return table;
}

Result<std::string> read_file_or_gzip(const fs::path& path, Bytes limit) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return invalid_input("is a folder, not a file").within(path.string());
  }
  struct Close {
    void operator()(gzFile_s* file) const { gzclose(file); }
  };
  const std::unique_ptr<gzFile_s, Close> file(gzopen(path.c_str(), "rb"));
  if (!file) return invalid_input("cannot be opened").within(path.string());
  std::string text;
  std::vector<char> buffer(std::size_t{1} << 16);
  for (;;) {  // zlib reads plain files as they are
    const int count = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()));
    if (count < 0) return invalid_input("is no proper gzip file").within(path.string());
    if (count == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (static_cast<int64_t>(text.size()) > limit.value) {
      return invalid_input("is larger than the limit of " + format_bytes(limit))
          .within(path.string());
    }
  }
  int state = Z_OK;
  gzerror(file.get(), &state);
  if (state != Z_OK || gzeof(file.get()) == 0) {
    return invalid_input("is cut off").within(path.string());
  }
  return text;
}

Result<CsvTable> read_csv(const fs::path& path, Bytes limit) {
  KERNWISE_ASSIGN(const std::string text, read_file_or_gzip(path, limit));
  Result<CsvTable> table = parse_csv(text);
  if (!table.ok()) {
    Error error = table.error();
    return std::move(error).within(path.string());
  }
  return table;
}

}  // namespace kernwise
