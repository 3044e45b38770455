// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/training_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "json.h"
#include "kernwise/base/format.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

struct MemoryError {
  double mean = 0, worst = 0;
  int64_t steps = 0;
};

MemoryError memory_error(const TrainingProfileOutcome& outcome) {
  MemoryError error;
  for (const TrainingProfileRow& row : outcome.rows) {
    if (row.status != StepStatus::kOk || row.allocated_bytes == 0) continue;
    const double off = std::abs(
        static_cast<double>(row.predicted_bytes) / static_cast<double>(row.allocated_bytes) - 1);
    error.mean += off;
    error.worst = std::max(error.worst, off);
    ++error.steps;
  }
  if (error.steps > 0) error.mean /= static_cast<double>(error.steps);
  return error;
}

std::string optimizer_text(const StepOptions& step) {
  return step.inference ? "inference" : std::string(to_string(step.optimizer));
}

}  // namespace

std::string training_json(const TrainingProfileOutcome& outcome, const std::string& device_file,
                          const Envelope& envelope) {
  Json rows = Json::array();
  for (const TrainingProfileRow& row : outcome.rows) {
    const bool ok = row.status == StepStatus::kOk && row.allocated_bytes > 0;
    const auto bytes = [&](int64_t value) { return ok ? Json(value) : Json(); };
    rows.push_back({{"network", row.network},
                    {"ratio", row.ratio},
                    {"batch", row.step.batch},
                    {"optimizer", optimizer_text(row.step)},
                    {"status", ok ? Json(to_string(row.status))
                                  : Json(row.reason == "not measured" ? "not-measured"
                                                                      : to_string(row.status))},
                    {"reason", detail::text_or_null(row.reason)},
                    {"measured_now", row.measured_now},
                    {"predicted_bytes", row.predicted_bytes},
                    {"allocated_bytes", bytes(row.allocated_bytes)},
                    {"reserved_bytes", bytes(row.reserved_bytes)},
                    {"used_bytes", bytes(row.used_bytes)},
                    {"median_s", ok ? detail::number(row.median_s) : Json()},
                    {"spread_ratio", ok ? detail::number(row.spread) : Json()}});
  }
  const MemoryError error = memory_error(outcome);
  return detail::envelope_text(
      "profile", envelope,
      {{"training", true},
       {"library", outcome.library},
       {"store", outcome.store},
       {"device_file", detail::text_or_null(device_file)},
       {"unmeasured", outcome.unmeasured},
       {"spent_s", detail::number(outcome.spent.value)},
       {"memory_mape_percent", error.steps > 0 ? detail::number(100 * error.mean) : Json()},
       {"memory_worst_percent", error.steps > 0 ? detail::number(100 * error.worst) : Json()},
       {"steps", std::move(rows)}});
}

std::string training_text(const TrainingProfileOutcome& outcome, const std::string& device_file,
                          const TextStyle& style) {
  Table table({{"network", Align::kLeft, 12},
               {"pruned", Align::kRight, 0},
               {"batch", Align::kRight, 0},
               {"optimizer", Align::kLeft, 0},
               {"predicted", Align::kRight, 0},
               {"allocated", Align::kRight, 0},
               {"reserved", Align::kRight, 0},
               {"process", Align::kRight, 0},
               {"step", Align::kRight, 0},
               {"", Align::kLeft, 0}});
  for (const TrainingProfileRow& row : outcome.rows) {
    std::vector<Cell> cells = {{std::filesystem::path(row.network).filename().string()},
                               {format_percent(row.ratio), Ink::kDim},
                               {fmt::format("{}", row.step.batch)},
                               {optimizer_text(row.step)},
                               {format_bytes({row.predicted_bytes})}};
    if (row.status == StepStatus::kOk && row.allocated_bytes > 0) {
      cells.push_back({format_bytes({row.allocated_bytes})});
      cells.push_back({format_bytes({row.reserved_bytes}), Ink::kDim});
      cells.push_back({format_bytes({row.used_bytes}), Ink::kDim});
      cells.push_back({format_seconds({row.median_s})});
      cells.push_back({detail::spread_text(row.spread, style), Ink::kDim});
    } else {
      cells.resize(9);
      cells.push_back({row.reason.substr(0, row.reason.find('\n')), Ink::kWarning});
    }
    table.add(std::move(cells));
  }
  std::string text = table.render(style);
  const MemoryError error = memory_error(outcome);
  if (error.steps > 0) {
    text += fmt::format(
        "\nallocated memory of {} predicted with a mean error of {:.3f} %, at worst {:.3f} %\n",
        detail::plural(error.steps, "step"), 100 * error.mean, 100 * error.worst);
  }
  if (!device_file.empty()) {
    text +=
        fmt::format("wrote {}, for 'kernwise footprint --device'\n", printable(device_file, style));
  }
  return text + fmt::format("{}; store {}\n", printable(outcome.library, style),
                            printable(outcome.store, style));
}

}  // namespace kernwise
