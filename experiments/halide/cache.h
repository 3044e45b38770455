// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Measured schedules on disk, so that an interrupted study goes on: JSON lines, appended and
// flushed one by one. The first line names format and device; a file of another device or another
// Halide target is refused, because its times are not this machine's. A broken last line (the
// program was killed while it wrote) is passed over; a broken line elsewhere is an error.
// Thread-safety: none.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "kernwise/base/result.h"

namespace kernwise::halide {

struct Record {
  std::string workload, schedule;
  int threads = 1;
  int64_t n = 0;
  std::vector<double> runs_s;  // empty: failed
  double compile_s = 0;
  std::string failure;
};

class Cache {
 public:
  // An empty path keeps everything in memory.
  static Result<Cache> open(const std::filesystem::path& path, const std::string& device,
                            const std::string& target);

  const Record* find(const std::string& workload, const std::string& schedule, int threads,
                     int64_t n) const;
  Status add(Record record);
  std::size_t size() const { return records_.size(); }

 private:
  using Key = std::tuple<std::string, std::string, int, int64_t>;
  std::filesystem::path path_;
  std::ofstream file_;
  std::map<Key, Record> records_;
};

}  // namespace kernwise::halide
