// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "cache.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "kernwise/base/file.h"

namespace kernwise::halide {
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* kFormat = "kernwise.halide_schedules.cache/1";
constexpr Bytes kLargest{int64_t{256} << 20};

Json to_json(const Record& r) {
  return {{"workload", r.workload}, {"schedule", r.schedule},   {"threads", r.threads}, {"n", r.n},
          {"runs_s", r.runs_s},     {"compile_s", r.compile_s}, {"failure", r.failure}};
}

bool read(const Json& json, Record& r) {
  try {
    r.workload = json.at("workload");
    r.schedule = json.at("schedule");
    r.threads = json.at("threads");
    r.n = json.at("n");
    r.runs_s = json.at("runs_s").get<std::vector<double>>();
    r.compile_s = json.at("compile_s");
    r.failure = json.at("failure");
  } catch (const Json::exception&) {
    return false;
  }
  for (const double run : r.runs_s) {
    if (!std::isfinite(run) || run <= 0) return false;
  }
  return !r.runs_s.empty() || !r.failure.empty();
}

Error damaged(const std::filesystem::path& path, int line) {
  return invalid_input(fmt::format("line {} is no measured schedule", line),
                       "delete the file, or name another one with --cache")
      .within(path.string());
}

}  // namespace

Result<Cache> Cache::open(const std::filesystem::path& path, const std::string& device,
                          const std::string& target) {
  Cache cache;
  cache.path_ = path;
  if (path.empty()) return cache;
  const Json header = {{"format", kFormat}, {"device", device}, {"target", target}};
  std::error_code ignored;
  const bool there = std::filesystem::file_size(path, ignored) > 0 && !ignored;
  if (there) {
    KERNWISE_ASSIGN(const std::string text, read_file(path, kLargest));
    std::istringstream lines(text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      const Json json = Json::parse(line, nullptr, false);
      if (number == 1) {
        if (json == header) continue;
        return invalid_input("these schedules were measured on another device or target",
                             "name another file with --cache")
            .within(path.string());
      }
      Record record;
      const bool whole = !json.is_discarded() && read(json, record);
      if (!whole && !lines.eof()) return damaged(path, number);
      if (!whole) continue;
      const Key key{record.workload, record.schedule, record.threads, record.n};
      cache.records_.insert_or_assign(key, std::move(record));
    }
    // What was cut short goes, or the next record would be written behind it.
    const std::size_t whole = text.rfind('\n') + 1;
    if (whole != text.size()) std::filesystem::resize_file(path, whole, ignored);
  }
  cache.file_.open(path, std::ios::app);
  if (!there) cache.file_ << header.dump() << '\n' << std::flush;
  if (!cache.file_) return invalid_input("cannot be written", "--cache").within(path.string());
  return cache;
}

const Record* Cache::find(const std::string& workload, const std::string& schedule, int threads,
                          int64_t n) const {
  const auto found = records_.find({workload, schedule, threads, n});
  return found == records_.end() ? nullptr : &found->second;
}

Status Cache::add(Record record) {
  if (!path_.empty()) {
    file_ << to_json(record).dump(-1, ' ', false, Json::error_handler_t::replace) << '\n'
          << std::flush;
    if (!file_) return invalid_input("cannot be written: is the disk full?").within(path_.string());
  }
  const Key key{record.workload, record.schedule, record.threads, record.n};
  records_.insert_or_assign(key, std::move(record));
  return Ok{};
}

}  // namespace kernwise::halide
