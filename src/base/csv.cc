// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/csv.h"

#include <fmt/format.h>

namespace kernwise {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  }

  bool done() const { return at_ == text_.size(); }
  int64_t line() const { return line_; }

  // One record and the line end behind it.
  Status record(std::vector<std::string>& fields) {
    fields.clear();
    for (;;) {
      if (fields.size() == kMostCsvFields) {
        return invalid_input(
            fmt::format("line {}: more than {} cells in one record", line_, kMostCsvFields));
      }
      fields.emplace_back();
      KERNWISE_TRY(!done() && text_[at_] == '"' ? quoted(fields.back()) : bare(fields.back()));
      if (done()) return Ok{};
      if (text_[at_] == ',') {
        ++at_;
        continue;
      }
      skip_line_end();
      return Ok{};
    }
  }

 private:
  bool at_line_end() const {
    return text_[at_] == '\n' ||
           (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
  }
  void skip_line_end() {
    at_ += text_[at_] == '\r' ? 2 : 1;
    ++line_;
  }
  Error wrong(const char* what) const {
    return invalid_input(fmt::format("line {}: {}", line_, what));
  }

  Status bare(std::string& field) {
    const std::size_t start = at_;
    while (!done() && text_[at_] != ',' && !at_line_end()) {
      if (text_[at_] == '"') return wrong("a quote inside a field that is not quoted");
      ++at_;
    }
    field = text_.substr(start, at_ - start);
    return Ok{};
  }

  Status quoted(std::string& field) {
    const int64_t opened = line_;
    for (++at_; !done(); ++at_) {
      const char c = text_[at_];
      if (c != '"') {
        if (c == '\n') ++line_;
        field += c;
        continue;
      }
      ++at_;
      if (done() || text_[at_] == ',' || at_line_end()) return Ok{};
      if (text_[at_] != '"') return wrong("text behind a closing quote");
      field += '"';
    }
    return invalid_input(fmt::format("line {}: a quote is never closed", opened));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int64_t line_ = 1;
};

}  // namespace

void append_csv_field(std::string& line, std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
    line += field;
    return;
  }
  line += '"';
  for (const char c : field) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

Status for_each_csv_row(
    std::string_view text,
    const std::function<Status(int64_t, const std::vector<std::string>&)>& row) {
  Reader reader(text);
  std::vector<std::string> fields;
  int64_t rows = 0;
  while (!reader.done()) {
    const int64_t line = reader.line();
    KERNWISE_TRY(reader.record(fields));
    if (fields.size() == 1 && fields[0].empty()) continue;
    if (++rows > kMostCsvRows) {
      return invalid_input(fmt::format("line {}: more than {} records", line, kMostCsvRows));
    }
    KERNWISE_TRY(row(line, fields));
  }
  return Ok{};
}

}  // namespace kernwise
