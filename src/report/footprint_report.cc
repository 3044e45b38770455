// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/footprint_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "json.h"
#include "kernwise/base/format.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

constexpr std::size_t kHoldersShown = 8;
// What bounds hold: of memory every error that was seen, of time 90 % of those on networks held
// out.
constexpr const char* kSeen = "extremes-seen";
constexpr const char* kAssumed = "assumed";

Json bytes_json(const Interval& i) {
  const auto whole = [](double bytes) { return static_cast<int64_t>(bytes + 0.5); };
  return {{"median", whole(i.median)},
          {"low", whole(i.low)},
          {"high", whole(i.high)},
          {"coverage", i.calibrated ? Json(kSeen) : Json(kAssumed)},
          {"calibrated", i.calibrated}};
}

Json phase_json(const PhaseMemory& phase) {
  Json classes;
  for (std::size_t c = 0; c < kTensorClasses; ++c) {
    std::string key(to_string(static_cast<TensorClass>(c)));
    std::replace(key.begin(), key.end(), '-', '_');
    classes[key + "_bytes"] = phase.classes[c];
  }
  return {
      {"peak_bytes", phase.peak_bytes}, {"layer", phase.layer}, {"classes", std::move(classes)}};
}

std::string bytes_text(double bytes) {
  return format_bytes(Bytes{static_cast<int64_t>(bytes + 0.5)});
}

// "1.2 GiB", or with its bounds where these say more.
std::string interval_text(const Interval& i) {
  if (i.low == i.high) return bytes_text(i.median);
  return fmt::format("{} ({} to {}, {})", bytes_text(i.median), bytes_text(i.low),
                     bytes_text(i.high), i.calibrated ? "extremes seen" : "assumed");
}

Cell bytes_cell(int64_t bytes) { return {bytes == 0 ? "" : format_bytes({bytes}), Ink::kPlain}; }

std::string phases_table(const StepMemory& m, bool inference, const TextStyle& style) {
  Table table({{"", Align::kLeft, 0},
               {"forward", Align::kRight, 0},
               {"backward", Align::kRight, 0},
               {"update", Align::kRight, 0}});
  const auto row = [&](std::string name, int64_t f, int64_t b, int64_t u) {
    if (inference) {
      table.add({{std::move(name)}, bytes_cell(f)});
    } else {
      table.add({{std::move(name)}, bytes_cell(f), bytes_cell(b), bytes_cell(u)});
    }
  };
  for (std::size_t c = 0; c < kTensorClasses; ++c) {
    row(std::string(to_string(static_cast<TensorClass>(c))), m.forward.classes[c],
        m.backward.classes[c], m.update.classes[c]);
  }
  row("peak", m.forward.peak_bytes, m.backward.peak_bytes, m.update.peak_bytes);
  return table.render(style);
}

std::string holders_text(const StepMemory& m, const TextStyle& style) {
  if (m.holders.empty()) return "";
  Table table({{"held at the peak by", Align::kLeft, 12}, {"", Align::kRight, 0}});
  for (std::size_t i = 0; i < std::min(kHoldersShown, m.holders.size()); ++i) {
    table.add({{m.holders[i].layer}, bytes_cell(m.holders[i].bytes)});
  }
  int64_t rest = 0;
  for (std::size_t i = kHoldersShown; i < m.holders.size(); ++i) rest += m.holders[i].bytes;
  if (rest > 0) {
    table.add(
        {{detail::plural(static_cast<int64_t>(m.holders.size() - kHoldersShown), "further layer"),
          Ink::kDim},
         bytes_cell(rest)});
  }
  return fmt::format("\n{}", table.render(style));
}

// "90 %" of errors on networks held out, or of what is assumed.
std::string_view coverage_text(const LatencyEstimate& e) {
  return e.calibrated ? "90 %" : "90 % assumed";
}

std::string latency_text(const LatencyEstimate& e, const TextStyle& style) {
  std::string text = fmt::format(
      "{} a step ({} to {}, {}): forward {}, backward {}, update {}, rest {}\n",
      paint(format_seconds({e.median_s}), Ink::kBold, style), format_seconds({e.low_s}),
      format_seconds({e.high_s}), coverage_text(e), format_seconds({e.forward_s}),
      format_seconds({e.backward_s}), format_seconds({e.update_s}), format_seconds({e.rest_s}));
  if (!e.missing.empty()) {
    text += fmt::format("{}: never timed on this device, not in the time: {} ({} of the layers)\n",
                        paint("incomplete", Ink::kBad, style), fmt::join(e.missing, ", "),
                        format_percent(e.unmodelled));
  }
  if (e.outside > 0) {
    text +=
        fmt::format("{} of the time is of layers beyond the sizes and batches that were learned\n",
                    format_percent(e.outside));
  }
  return text;
}

// By which ends of which intervals a verdict is.
std::string confidence_text(const FootprintSummary& s) {
  std::vector<std::string> bases;
  if (s.limits.memory.value > 0) {
    const StepPrediction& p = s.prediction;
    const bool calibrated = s.limits.target == MemoryTarget::kUsed
                                ? p.used_bytes && p.used_bytes->calibrated
                            : s.limits.target == MemoryTarget::kReserved
                                ? p.reserved_bytes && p.reserved_bytes->calibrated
                                : p.allocated_bytes.calibrated;
    bases.push_back(fmt::format("memory: {}", calibrated ? "extremes seen" : "assumed"));
  }
  if (s.limits.step.value > 0 && s.prediction.latency) {
    bases.push_back(fmt::format("time: {}", coverage_text(*s.prediction.latency)));
  }
  return fmt::format("by the upper ends ({})", fmt::join(bases, ", "));
}

std::string_view target_text(MemoryTarget target) {
  switch (target) {
    case MemoryTarget::kAllocated: return "tensors";
    case MemoryTarget::kReserved: return "the allocator";
    case MemoryTarget::kUsed: break;
  }
  return "the process";
}

}  // namespace

std::string footprint_json(const FootprintSummary& s, const Envelope& envelope) {
  const StepPrediction& p = s.prediction;
  Json result = {{"network", s.network},          {"device", s.device},
                 {"batch", s.step.batch},         {"optimizer", to_string(s.step.optimizer)},
                 {"inference", s.step.inference}, {"peak_bytes", bytes_json(p.allocated_bytes)}};
  result["reserved_bytes"] = p.reserved_bytes ? bytes_json(*p.reserved_bytes) : Json();
  result["used_bytes"] = p.used_bytes ? bytes_json(*p.used_bytes) : Json();
  result["step_s"] = Json();
  if (p.latency) {
    result["step_s"] = {{"median", detail::number(p.latency->median_s)},
                        {"low", detail::number(p.latency->low_s)},
                        {"high", detail::number(p.latency->high_s)},
                        {"coverage_ratio", detail::number(kStepCoverage)},
                        {"calibrated", p.latency->calibrated}};
    result["forward_s"] = detail::number(p.latency->forward_s);
    result["backward_s"] = detail::number(p.latency->backward_s);
    result["update_s"] = detail::number(p.latency->update_s);
    result["rest_s"] = detail::number(p.latency->rest_s);
    result["unmodelled_share_ratio"] = detail::number(p.latency->unmodelled);
    result["never_timed"] = p.latency->missing;
    result["outside_learned_ratio"] = detail::number(p.latency->outside);
  }
  result["fits"] = s.fits ? Json(*s.fits) : Json();
  result["largest_batch"] = s.largest_batch ? Json(*s.largest_batch) : Json();
  // Larger ones were not looked at.
  result["largest_batch_is_cap"] = s.largest_batch ? Json(s.largest_is_cap) : Json();
  result["parameter_bytes"] = p.memory.parameter_bytes;
  result["phases"] = {{"forward", phase_json(p.memory.forward)}};
  if (!s.step.inference) {
    result["phases"]["backward"] = phase_json(p.memory.backward);
    result["phases"]["update"] = phase_json(p.memory.update);
  }
  Json holders = Json::array();
  for (const HeldBytes& held : p.memory.holders) {
    holders.push_back({{"layer", held.layer}, {"bytes", held.bytes}});
  }
  result["holders"] = std::move(holders);
  return detail::envelope_text("footprint", envelope, std::move(result));
}

std::string footprint_text(const FootprintSummary& s, const TextStyle& style) {
  const StepPrediction& p = s.prediction;
  std::string text =
      phases_table(p.memory, s.step.inference, style) + holders_text(p.memory, style);
  text += fmt::format("\n{} of tensors at the peak",
                      paint(interval_text(p.allocated_bytes), Ink::kBold, style));
  const std::string& layer = p.memory.peak().layer;
  if (!layer.empty()) text += fmt::format(", in '{}'", printable(layer, style));
  text.push_back('\n');
  if (p.reserved_bytes) {
    text += fmt::format("{} held by the allocator\n", interval_text(*p.reserved_bytes));
  }
  if (p.used_bytes) text += fmt::format("{} taken by the process\n", interval_text(*p.used_bytes));
  if (p.latency) text += latency_text(*p.latency, style);
  if (s.largest_batch) {
    text += *s.largest_batch > 0
                ? fmt::format("the largest batch that fits is {}{}, {}\n",
                              s.largest_is_cap ? "at least " : "",
                              paint(fmt::format("{}", *s.largest_batch), Ink::kBold, style),
                              confidence_text(s))
                : std::string("not even one image fits\n");
  } else if (s.fits) {
    std::vector<std::string> limits;
    if (s.limits.memory.value > 0) {
      limits.push_back(
          fmt::format("{} for {}", format_bytes(s.limits.memory), target_text(s.limits.target)));
    }
    if (s.limits.step.value > 0) {
      limits.push_back(fmt::format("{} a step", format_seconds(s.limits.step)));
    }
    text += fmt::format(
        "{}: {}, {}\n",
        *s.fits ? paint("it fits", Ink::kGood, style) : paint("it does not fit", Ink::kBad, style),
        fmt::join(limits, ", "), confidence_text(s));
  }
  return text + fmt::format("device: {}\n", printable(s.device, style));
}

}  // namespace kernwise
