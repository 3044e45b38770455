// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/csv.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "kernwise/base/format.h"

namespace kernwise {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxText = std::size_t{1} << 30;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Span {
  std::size_t start = 0, length = 0;
};

// Walks over the text cell by cell. Quoted cells are unescaped in place: they only get shorter.
class Cells {
 public:
  explicit Cells(std::string& text) : text_(text) {
    if (std::string_view(text).starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  }
  bool at_end() const { return at_ >= text_.size(); }
  std::size_t line() const { return line_; }

  // The cells of one line into `row`, which is left empty for an empty line.
  Status next_row(std::vector<Span>& row) {
    row.clear();
    const std::size_t begins = line_;
    for (bool more = true; more;) {
      KERNWISE_TRY(next_cell(row, begins));
      more = at_ < text_.size() && text_[at_] == ',';
      if (more) ++at_;
    }
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size()) ++at_;  // the line feed
    ++line_;
    if (row.size() == 1 && row[0].length == 0) row.clear();
    return Ok{};
  }

 private:
  bool ends_cell(std::size_t i) const {
    return i >= text_.size() || text_[i] == ',' || text_[i] == '\n' ||
           (text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] == '\n'));
  }

  Status next_cell(std::vector<Span>& row, std::size_t begins) {
    while (!ends_cell(at_) && text_[at_] == ' ') ++at_;
    if (at_ < text_.size() && text_[at_] == '"') return quoted_cell(row, begins);
    const std::size_t start = at_;
    while (!ends_cell(at_)) ++at_;
    std::size_t end = at_;
    while (end > start && text_[end - 1] == ' ') --end;
    row.push_back({start, end - start});
    return Ok{};
  }

  Status quoted_cell(std::vector<Span>& row, std::size_t begins) {
    const std::size_t start = ++at_;
    std::size_t put = start;
    for (;; ++at_) {
      if (at_ >= text_.size()) {
        return invalid_input(fmt::format("the quote in line {} is never closed", begins));
      }
      if (text_[at_] == '"') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
        ++at_;
      }
      if (text_[at_] == '\n') ++line_;
      text_[put++] = text_[at_];
    }
    ++at_;
    while (!ends_cell(at_) && text_[at_] == ' ') ++at_;
    if (!ends_cell(at_)) {
      return invalid_input(fmt::format("line {} goes on after a closing quote", begins));
    }
    row.push_back({start, put - start});
    return Ok{};
  }

  std::string& text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

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

Result<CsvTable> parse_csv(std::string text) {
  if (text.size() > kMaxText) return invalid_input("the table is over 1 GiB");
  CsvTable table;
  Cells cells(text);
  std::vector<Span> row;
  std::unordered_set<std::string> names;
  while (!cells.at_end()) {
    const std::size_t line = cells.line();
    KERNWISE_TRY(cells.next_row(row));
    if (row.empty()) continue;
    if (table.header_.empty()) {
      for (const Span& cell : row) {
        table.header_.emplace_back(text, cell.start, cell.length);
        if (table.header_.back().empty()) {
          return invalid_input(
              fmt::format("column {} of the header has no name", table.header_.size()));
        }
        if (!names.insert(table.header_.back()).second) {
          return invalid_input(
              fmt::format("two columns are named {}", shown_cell(table.header_.back())));
        }
      }
      continue;
    }
    if (row.size() != table.header_.size()) {
      return invalid_input(fmt::format("line {} has {} cells, the header has {}", line, row.size(),
                                       table.header_.size()));
    }
    for (const Span& cell : row) {
      table.cells_.push_back(
          {static_cast<uint32_t>(cell.start), static_cast<uint32_t>(cell.length)});
    }
    table.line_.push_back(static_cast<uint32_t>(line));
  }
  if (table.header_.empty()) return invalid_input("the table is empty: there is no header line");
  table.text_ = std::make_shared<const std::string>(std::move(text));
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
  KERNWISE_ASSIGN(std::string text, read_file_or_gzip(path, limit));
  Result<CsvTable> table = parse_csv(std::move(text));
  if (!table.ok()) {
    Error error = table.error();
    return std::move(error).within(path.string());
  }
  return table;
}

}  // namespace kernwise
