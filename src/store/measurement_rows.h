// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The rows of the measurements table, in and out. Reading goes through SQLite's own functions: a
// plan reads ten thousand rows of eighteen columns, and SQLiteCpp makes an object of each field.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/store/store.h"

struct sqlite3_stmt;

namespace kernwise::detail {

// Everything below throws SQLite::Exception; the caller holds the transaction.

// kInternal on what the file would refuse or could not give back as it was.
Status check_storable(const Measurement& m);
void insert_rows(SQLite::Database& database, std::span<const Measurement> measurements);

class RowReader {
 public:
  // `filter` must outlive the reader.
  RowReader(SQLite::Database& database, const MeasurementFilter& filter);
  // All rows the filter lets through, in order of insertion. kInvalidInput on rows that cannot be.
  Result<std::vector<Measurement>> read();

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  void bind_text(const std::string& text);
  void bind_fixed();
  Status collect();
  Result<Measurement> row() const;
  std::string text(int column) const;
  void check(int code) const;

  SQLite::Database& database_;
  const MeasurementFilter& filter_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int next_ = 1;  // parameter to bind
  std::vector<Measurement> rows_;
  std::vector<int64_t> ids_;  // of rows_
};

}  // namespace kernwise::detail
