// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/store/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <optional>

#include "kernwise/base/csv.h"
#include "kernwise/base/file.h"

namespace kernwise {
namespace {

constexpr Bytes kLargestFile{int64_t{1} << 30};

constexpr std::array<std::string_view, 18> kColumns = {
    "device",   "problem",   "primitive",       "revision",     "threads",         "metric",
    "protocol", "libraries", "status",          "reason",       "runs_s",          "median_s",
    "spread",   "grade",     "workspace_bytes", "packed_bytes", "reference_drift", "session"};
constexpr std::array<std::string_view, 3> kStatusNames = {"ok", "refused", "failed"};

// fmt writes the shortest text that reads back as the same double.
std::string number(double x) { return fmt::format("{}", x); }

template <typename T>
std::optional<T> whole(std::string_view text) {
  T value{};
  const auto [rest, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  if constexpr (std::floating_point<T>) {
    if (!std::isfinite(value)) return std::nullopt;
  }
  return value;
}

// The fields of one record, by the name of their column.
class Record {
 public:
  Record(int64_t line, const std::array<std::size_t, kColumns.size()>& places,
         const std::vector<std::string>& fields)
      : line_(line), places_(places), fields_(fields) {}

  const std::string& text(std::string_view column) const {
    const auto at = std::find(kColumns.begin(), kColumns.end(), column) - kColumns.begin();
    return fields_[places_[static_cast<std::size_t>(at)]];
  }
  Error wrong(std::string_view column) const {
    constexpr std::size_t kShown = 60;
    const std::string& field = text(column);
    return invalid_input(fmt::format("line {}: '{}{}' is no {}", line_, field.substr(0, kShown),
                                     field.size() > kShown ? "..." : "", column));
  }
  template <typename T>
  Result<T> read(std::string_view column) const {
    if (const auto value = whole<T>(text(column))) return *value;
    return wrong(column);
  }
  Result<std::vector<double>> runs() const {
    std::vector<double> values;
    std::string_view rest = text("runs_s");
    while (!rest.empty()) {
      const std::string_view word = rest.substr(0, rest.find(' '));
      const auto value = whole<double>(word);
      if (!value) return wrong("runs_s");
      values.push_back(*value);
      rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
    return values;
  }

 private:
  int64_t line_;
  const std::array<std::size_t, kColumns.size()>& places_;
  const std::vector<std::string>& fields_;
};

Result<Measurement> measurement(const Record& record) {
  Measurement m;
  m.key.device = record.text("device");
  m.key.problem = record.text("problem");
  m.key.primitive = record.text("primitive");
  KERNWISE_ASSIGN(m.key.revision, record.read<int>("revision"));
  KERNWISE_ASSIGN(m.key.threads, record.read<int>("threads"));
  m.key.metric = record.text("metric");
  m.key.protocol = record.text("protocol");
  m.key.libraries = record.text("libraries");
  const auto status = std::find(kStatusNames.begin(), kStatusNames.end(), record.text("status"));
  if (status == kStatusNames.end()) return record.wrong("status");
  m.status = static_cast<MeasurementStatus>(status - kStatusNames.begin());
  m.reason = record.text("reason");
  KERNWISE_ASSIGN(m.runs_s, record.runs());
  KERNWISE_ASSIGN(m.median_s, record.read<double>("median_s"));
  KERNWISE_ASSIGN(m.spread, record.read<double>("spread"));
  const std::string& grade = record.text("grade");
  if (grade.size() != 1 || grade[0] < 'A' || grade[0] > 'F') return record.wrong("grade");
  m.grade = grade[0];
  KERNWISE_ASSIGN(m.workspace_bytes, record.read<int64_t>("workspace_bytes"));
  KERNWISE_ASSIGN(m.packed_bytes, record.read<int64_t>("packed_bytes"));
  KERNWISE_ASSIGN(m.reference_drift, record.read<double>("reference_drift"));
  KERNWISE_ASSIGN(m.session, record.read<int64_t>("session"));
  return m;
}

Result<std::array<std::size_t, kColumns.size()>> find_columns(
    const std::vector<std::string>& head) {
  std::array<std::size_t, kColumns.size()> places{};
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    const auto found = std::find(head.begin(), head.end(), kColumns[i]);
    if (found == head.end()) {
      return invalid_input(fmt::format("its first line names no column '{}'", kColumns[i]),
                           "a table of measurements starts with the names of its columns");
    }
    places[i] = static_cast<std::size_t>(found - head.begin());
  }
  return places;
}

}  // namespace

std::string to_csv(std::span<const Measurement> measurements) {
  std::string csv = fmt::format("{}\n", fmt::join(kColumns, ","));
  for (const Measurement& m : measurements) {
    const std::array<std::string, kColumns.size()> fields = {
        m.key.device,
        m.key.problem,
        m.key.primitive,
        std::to_string(m.key.revision),
        std::to_string(m.key.threads),
        m.key.metric,
        m.key.protocol,
        m.key.libraries,
        std::string(kStatusNames[static_cast<std::size_t>(m.status)]),
        m.reason,
        fmt::format("{}", fmt::join(m.runs_s, " ")),
        number(m.median_s),
        number(m.spread),
        std::string(1, m.grade),
        std::to_string(m.workspace_bytes),
        std::to_string(m.packed_bytes),
        number(m.reference_drift),
        std::to_string(m.session)};
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (i > 0) csv += ',';
      append_csv_field(csv, fields[i]);
    }
    csv += '\n';
  }
  return csv;
}

Status write_measurements_csv(std::span<const Measurement> measurements,
                              const std::filesystem::path& path) {
  return write_file(path, to_csv(measurements));
}

Result<std::vector<Measurement>> parse_measurements_csv(std::string_view text) {
  std::vector<Measurement> measurements;
  std::size_t width = 0;  // 0 until the head was read
  std::array<std::size_t, kColumns.size()> places{};
  KERNWISE_TRY(
      for_each_csv_row(text, [&](int64_t line, const std::vector<std::string>& fields) -> Status {
        if (width == 0) {
          KERNWISE_ASSIGN(places, find_columns(fields));
          width = fields.size();
          return Ok{};
        }
        if (fields.size() != width) {
          return invalid_input(fmt::format("line {}: {} fields where the first line has {}", line,
                                           fields.size(), width));
        }
        KERNWISE_ASSIGN(Measurement m, measurement(Record(line, places, fields)));
        measurements.push_back(std::move(m));
        return Ok{};
      }));
  if (width == 0) return invalid_input("is empty: not even the names of the columns");
  return measurements;
}

Result<std::vector<Measurement>> read_measurements_csv(const std::filesystem::path& path) {
  KERNWISE_ASSIGN(const std::string text, read_file(path, kLargestFile));
  auto measurements = parse_measurements_csv(text);
  if (!measurements.ok()) return std::move(measurements).error().within(path.string());
  return measurements;
}

}  // namespace kernwise
