// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/table.h"

#include <algorithm>

namespace kernwise {
namespace {

constexpr int kGap = 2;

void append_cell(std::string& line, const std::string& text, Ink ink, const Column& column,
                 int width, const TextStyle& style) {
  const std::string shown = shorten(text, width, style);
  const std::string padding(static_cast<std::size_t>(std::max(0, width - display_width(shown))),
                            ' ');
  if (column.align == Align::kRight) line += padding;
  line += paint(shown, ink, style);
  if (column.align == Align::kLeft) line += padding;
}

void end_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line;
  out += '\n';
}

}  // namespace

void Table::add(std::vector<Cell> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::render(const TextStyle& style) const {
  std::vector<int> widths(columns_.size(), 0);
  std::vector<std::vector<Cell>> rows = rows_;
  for (auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i].text = printable(row[i].text, style);
      widths[i] = std::max(widths[i], display_width(row[i].text));
    }
  }
  std::vector<std::size_t> shown;  // columns with text
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (widths[i] == 0 && !rows.empty()) continue;
    widths[i] = std::max(widths[i], display_width(columns_[i].title));
    shown.push_back(i);
  }
  if (shown.empty()) return {};

  if (style.width > 0) {
    int total = kGap * (static_cast<int>(shown.size()) - 1);
    for (const std::size_t i : shown) total += widths[i];
    // Columns are taken from where most would be left, one character at a time.
    while (total > style.width) {
      std::size_t widest = columns_.size();
      for (const std::size_t i : shown) {
        if (columns_[i].min_width == 0 || widths[i] <= columns_[i].min_width) continue;
        if (widest == columns_.size() || widths[i] > widths[widest]) widest = i;
      }
      if (widest == columns_.size()) break;
      --widths[widest];
      --total;
    }
  }

  std::string out;
  std::string line;
  const auto gap = [&] {
    if (!line.empty()) line.append(kGap, ' ');
  };
  for (const std::size_t i : shown) {
    gap();
    append_cell(line, columns_[i].title, Ink::kDim, columns_[i], widths[i], style);
  }
  end_line(out, std::move(line));
  for (const auto& row : rows) {
    line.clear();
    for (const std::size_t i : shown) {
      gap();
      append_cell(line, row[i].text, row[i].ink, columns_[i], widths[i], style);
    }
    end_line(out, std::move(line));
  }
  return out;
}

}  // namespace kernwise
