// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/place/recorded_costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "kernwise/base/csv.h"

namespace kernwise {
namespace {

enum Column : std::size_t {
  kDevice,
  kResource,
  kThreads,
  kProblem,
  kPrimitive,
  kTime,
  kLow,
  kHigh,
  kLatency,
  kRate,
  kColumns
};
constexpr std::array<std::string_view, kColumns> kNames = {
    "device", "resource", "threads", "problem",   "primitive",
    "time_s", "low_s",    "high_s",  "latency_s", "bytes_per_s"};
constexpr std::array<bool, kColumns> kOptional = {true,  false, false, false, false,
                                                  false, true,  true,  false, false};
constexpr std::string_view kCopyIn = "copy-in", kCopyOut = "copy-out";
constexpr int64_t kMostThreads = 65536;
constexpr double kLongest = 1e9;  // seconds

template <typename T>
std::optional<T> number(const std::string& text) {
  T value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

class Reader {
 public:
  Status row(int64_t line, const std::vector<std::string>& fields) {
    line_ = line;
    if (width_ == 0) return head(fields);
    if (fields.size() != width_) {
      return wrong(fmt::format("{} fields where the first line has {}", fields.size(), width_));
    }
    fields_ = &fields;
    KERNWISE_ASSIGN(const int resource, find_resource());
    const std::string& problem = text(kProblem);
    if (problem == kCopyIn || problem == kCopyOut) return copy(resource, problem == kCopyIn);
    return time(resource);
  }

  Result<RecordedCosts> finish() {
    if (width_ == 0) return invalid_input("is empty: not even the names of the columns");
    for (std::size_t r = 1; r < costs_.resources.size(); ++r) {
      const std::string& name = costs_.resources[r].name;
      for (const bool in : {true, false}) {
        if (copies_.contains({static_cast<int>(r), in})) continue;
        return invalid_input(
            fmt::format("resource {} has no row '{}'", name, in ? kCopyIn : kCopyOut),
            "what it costs to copy to and from a resource is part of its record");
      }
    }
    return std::move(costs_);
  }

 private:
  Error wrong(std::string message) const {
    return invalid_input(fmt::format("line {}: {}", line_, message));
  }
  bool there(Column column) const { return place_[column] != kMissing; }
  const std::string& text(Column column) const {
    static const std::string kNone;
    return there(column) ? (*fields_)[place_[column]] : kNone;
  }
  Error bad(Column column) const {
    const std::string shown = text(column).substr(0, 60);
    return wrong(fmt::format("'{}' cannot be {}", shown, kNames[column]));
  }

  Status head(const std::vector<std::string>& fields) {
    for (std::size_t i = 0; i < kColumns; ++i) {
      const auto found = std::find(fields.begin(), fields.end(), kNames[i]);
      if (found == fields.end() && !kOptional[i]) {
        return invalid_input(fmt::format("its first line names no column '{}'", kNames[i]),
                             "docs/formats/recorded_costs.md lists the columns");
      }
      place_[i] =
          found == fields.end() ? kMissing : static_cast<std::size_t>(found - fields.begin());
    }
    width_ = fields.size();
    costs_.resources.push_back({"cpu", {}, {}});
    costs_.devices.emplace_back();
    return Ok{};
  }

  Result<int> find_resource() {
    const std::string& name = text(kResource);
    if (name.empty() || name.size() > 100) return bad(kResource);
    auto found = std::find_if(costs_.resources.begin(), costs_.resources.end(),
                              [&](const PlaceResource& r) { return r.name == name; });
    if (found == costs_.resources.end()) {
      if (costs_.resources.size() == kMostResources) {
        return wrong(fmt::format("more than {} resources", kMostResources));
      }
      costs_.resources.push_back({name, {}, {}});
      costs_.devices.emplace_back();
      found = costs_.resources.end() - 1;
    }
    const auto at = found - costs_.resources.begin();
    std::string& device = costs_.devices[static_cast<std::size_t>(at)];
    if (device.empty()) device = text(kDevice);
    return static_cast<int>(at);
  }

  Result<double> seconds(Column column) const {
    const auto value = number<double>(text(column));
    if (!value || !(*value >= 0 && *value <= kLongest)) return bad(column);
    return *value;
  }

  Status copy(int resource, bool in) {
    if (resource == 0) return wrong("cpu is the host: nothing is copied to it or from it");
    CopyCost cost;
    KERNWISE_ASSIGN(cost.latency_s, seconds(kLatency));
    const auto rate = number<double>(text(kRate));
    if (!rate || !(*rate > 0) || !std::isfinite(*rate)) return bad(kRate);
    cost.bytes_per_s = *rate;
    if (!copies_.insert({resource, in}).second) return wrong("this copy cost stands there twice");
    PlaceResource& to = costs_.resources[static_cast<std::size_t>(resource)];
    (in ? to.in : to.out) = cost;
    return Ok{};
  }

  Status time(int resource) {
    RecordedTime t;
    t.resource = resource;
    const auto threads = number<int64_t>(text(kThreads));
    if (!threads || *threads < 1 || *threads > kMostThreads) return bad(kThreads);
    t.threads = static_cast<int>(*threads);
    const Result<Problem> problem = parse_problem(text(kProblem));
    if (!problem.ok()) return wrong(problem.error().message);
    t.problem = to_string(*problem);
    t.primitive = text(kPrimitive);
    if (t.primitive.empty()) return bad(kPrimitive);
    KERNWISE_ASSIGN(t.time_s, seconds(kTime));
    if (t.time_s == 0) return bad(kTime);
    t.low_s = t.high_s = t.time_s;
    if (!text(kLow).empty()) {
      KERNWISE_ASSIGN(t.low_s, seconds(kLow));
    }
    if (!text(kHigh).empty()) {
      KERNWISE_ASSIGN(t.high_s, seconds(kHigh));
    }
    if (t.low_s > t.time_s) return bad(kLow);
    if (t.high_s < t.time_s) return bad(kHigh);
    if (!keys_.insert({t.resource, t.threads, t.problem, t.primitive}).second) {
      return wrong("this cost stands there twice");
    }
    costs_.times.push_back(std::move(t));
    return Ok{};
  }

  static constexpr std::size_t kMissing = static_cast<std::size_t>(-1);
  std::array<std::size_t, kColumns> place_{};
  std::size_t width_ = 0;
  int64_t line_ = 0;
  const std::vector<std::string>* fields_ = nullptr;
  std::set<std::pair<int, bool>> copies_;
  std::set<std::tuple<int, int, std::string, std::string>> keys_;
  RecordedCosts costs_;
};

void add_line(std::string& csv, const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) csv += ',';
    append_csv_field(csv, fields[i]);
  }
  csv += '\n';
}

// fmt writes the shortest text that reads back as the same double.
std::string text_of(double value) { return fmt::format("{}", value); }

}  // namespace

Result<RecordedCosts> parse_recorded_costs(std::string_view csv) {
  Reader reader;
  KERNWISE_TRY(for_each_csv_row(csv, [&](int64_t line, const std::vector<std::string>& fields) {
    return reader.row(line, fields);
  }));
  return reader.finish();
}

std::string to_csv(const RecordedCosts& costs) {
  std::string csv = fmt::format("{}\n", fmt::join(kNames, ","));
  for (std::size_t r = 1; r < costs.resources.size(); ++r) {
    const PlaceResource& resource = costs.resources[r];
    for (const bool in : {true, false}) {
      const CopyCost& cost = in ? resource.in : resource.out;
      add_line(csv, {costs.devices[r], resource.name, "", std::string(in ? kCopyIn : kCopyOut), "",
                     "", "", "", text_of(cost.latency_s), text_of(cost.bytes_per_s)});
    }
  }
  for (const RecordedTime& t : costs.times) {
    const auto r = static_cast<std::size_t>(t.resource);
    add_line(csv, {costs.devices[r], costs.resources[r].name, std::to_string(t.threads), t.problem,
                   t.primitive, text_of(t.time_s), text_of(t.low_s), text_of(t.high_s), "", ""});
  }
  return csv;
}

PlaceTable recorded_table(const Program& program, const RecordedCosts& costs) {
  std::map<std::string_view, std::vector<const RecordedTime*>> by_problem;
  for (const RecordedTime& t : costs.times) by_problem[t.problem].push_back(&t);
  PlaceTable table{costs.resources, {}};
  for (const Task& task : program.tasks) {
    std::vector<PlaceOption> row;
    const auto found = by_problem.find(to_string(task.problem));
    if (found != by_problem.end()) {
      for (const RecordedTime* t : found->second) {
        row.push_back(
            {t->primitive, t->resource, t->threads, t->time_s, t->low_s, t->high_s, "recorded"});
      }
    }
    table.tasks.push_back(std::move(row));
  }
  return table;
}

}  // namespace kernwise
