// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "csv_table.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <string_view>

namespace kernwise::experiments {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = std::size_t{1} << 30;

// zlib reads plain files as they are.
Result<std::string> read_maybe_compressed(const fs::path& path) {
  struct Close {
    void operator()(gzFile_s* file) const { gzclose(file); }
  };
  const std::unique_ptr<gzFile_s, Close> file(gzopen(path.c_str(), "rb"));
  if (!file) return invalid_input(fmt::format("cannot open {}", path.string()));
  std::string text;
  std::vector<char> buffer(1 << 16);
  for (;;) {
    const int count = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()));
    if (count < 0) return invalid_input(fmt::format("{} is no proper gzip file", path.string()));
    if (count == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > kMaxBytes) return invalid_input(path.string() + " is over 1 GiB");
  }
  if (gzeof(file.get()) == 0) return invalid_input(path.string() + " is cut off");
  return text;
}

}  // namespace

Result<Table> read_table(const std::filesystem::path& path) {
  KERNWISE_ASSIGN(const std::string text, read_maybe_compressed(path));
  Table table;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line(text.data() + at, end - at);
    at = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    std::vector<std::string> cells;
    for (;;) {
      const std::size_t comma = line.find(',');
      cells.emplace_back(line.substr(0, comma));
      if (comma == std::string_view::npos) break;
      line.remove_prefix(comma + 1);
    }
    if (!table.empty() && cells.size() != table[0].size()) {
      return invalid_input(fmt::format("{}: line {} has {} cells, the header has {}", path.string(),
                                       table.size() + 1, cells.size(), table[0].size()));
    }
    table.push_back(std::move(cells));
  }
  if (table.empty()) return invalid_input(path.string() + " is empty");
  return table;
}

Result<double> number(const std::string& cell, const std::filesystem::path& path,
                      std::size_t line) {
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size() || !(value >= 0) ||
      !std::isfinite(value)) {
    return invalid_input(
        fmt::format("{}: line {}: '{}' is no number >= 0", path.string(), line + 1, cell));
  }
  return value;
}

}  // namespace kernwise::experiments
