// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Aligned columns for people. Cells are made printable (text_style.h); columns that allow it are
// shortened until a row fits the terminal. A table wider than that even so is left to wrap.
#pragma once

#include <string>
#include <vector>

#include "kernwise/report/text_style.h"

namespace kernwise {

enum class Align : uint8_t { kLeft = 0, kRight = 1 };

struct Column {
  std::string title;
  Align align = Align::kLeft;
  int min_width = 0;  // may be shortened down to this; 0: never
};

struct Cell {
  std::string text;
  Ink ink = Ink::kPlain;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // One cell per column; missing ones at the end are empty.
  void add(std::vector<Cell> cells);
  bool empty() const { return rows_.empty(); }
  // Title line and rows, each ending in a newline, without trailing blanks. A column without any
  // text is left out.
  std::string render(const TextStyle& style) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace kernwise
