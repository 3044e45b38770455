// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/model_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "json.h"
#include "kernwise/base/format.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

Json card_json(const DeviceModelCard& card) {
  return {{"device", card.device},
          {"label", card.label},
          {"isa", detail::text_or_null(card.isa)},
          {"threads", card.threads},
          {"protocol", card.protocol},
          {"libraries", card.libraries},
          {"created", card.created},
          {"build", card.build},
          {"source", detail::text_or_null(card.source)}};
}

std::string heading(const DeviceModelCard& card, const TextStyle& style) {
  std::string text = fmt::format("model of {}, {}, protocol {}\nmeasured with {}\n",
                                 paint(printable(card.label, style), Ink::kBold, style),
                                 detail::plural(card.threads, "thread"),
                                 printable(card.protocol, style), printable(card.libraries, style));
  if (!card.source.empty()) {
    text += fmt::format("carried over from {}\n", printable(card.source, style));
  }
  return text;
}

std::string saved(const std::string& file, const TextStyle& style) {
  return file.empty() ? "" : fmt::format("wrote {}\n", printable(file, style));
}

// Nothing was held out of too few problems.
std::string share_or_dash(double share, int64_t held_out) {
  return held_out > 0 ? format_percent(share) : "-";
}

}  // namespace

std::string fit_json(const DeviceFit& fit, const std::string& file, const Envelope& envelope) {
  Json kinds = Json::array();
  for (const FitReport& r : fit.reports) {
    const bool judged = r.held_out > 0;
    kinds.push_back(
        {{"kind", to_string(r.kind)},
         {"problems", r.problems},
         {"measurements", r.measurements},
         {"outputs", r.outputs},
         {"held_out_problems", r.held_out},
         {"mdrae_percent", judged ? detail::number(100 * r.mdrae) : Json(nullptr)},
         {"regret_total_percent", judged ? detail::number(100 * r.regret_total) : Json(nullptr)},
         {"coverage_percent", r.coverage > 0 ? detail::number(100 * r.coverage) : Json(nullptr)}});
  }
  return detail::envelope_text("fit", envelope,
                               {{"file", detail::text_or_null(file)},
                                {"device_model", card_json(fit.model.card)},
                                {"bytes", fit.model.to_bytes().size()},
                                {"kinds", std::move(kinds)}});
}

std::string fit_text(const DeviceFit& fit, const std::string& file, const TextStyle& style) {
  Table table({{"problems", Align::kLeft, 0},
               {"measured", Align::kRight, 0},
               {"primitives", Align::kRight, 0},
               {"times", Align::kRight, 0},
               {"held out", Align::kRight, 0},
               {"median error", Align::kRight, 0},
               {"regret", Align::kRight, 0},
               {"in the 90 % interval", Align::kRight, 0}});
  for (const FitReport& r : fit.reports) {
    table.add({{std::string(to_string(r.kind))},
               {std::to_string(r.problems)},
               {std::to_string(r.outputs)},
               {std::to_string(r.measurements)},
               {std::to_string(r.held_out)},
               {share_or_dash(r.mdrae, r.held_out)},
               {share_or_dash(r.regret_total, r.held_out)},
               {r.coverage > 0 ? format_percent(r.coverage) : "-"}});
  }
  return heading(fit.model.card, style) + "\n" + table.render(style) +
         "\nErrors are of problems held out; regret: what choosing by the model costs there.\n" +
         saved(file, style);
}

std::string transfer_json(const TransferOutcome& outcome, const std::string& file,
                          const Envelope& envelope) {
  Json kinds = Json::array();
  for (const TransferReport& r : outcome.transfer.reports) {
    kinds.push_back({{"kind", to_string(r.kind)},
                     {"samples", r.samples},
                     {"measurements", r.measurements},
                     {"expected_error_percent", detail::number(100 * r.expected_error)}});
  }
  return detail::envelope_text("transfer", envelope,
                               {{"file", detail::text_or_null(file)},
                                {"source", outcome.source},
                                {"source_device", outcome.source_label},
                                {"device_model", card_json(outcome.transfer.model.card)},
                                {"method", to_string(outcome.method)},
                                {"samples", outcome.samples},
                                {"measurements", outcome.measurements},
                                {"spent_s", detail::number(outcome.spent_s)},
                                {"kinds", std::move(kinds)}});
}

std::string transfer_text(const TransferOutcome& outcome, const std::string& file,
                          const TextStyle& style) {
  Table table({{"problems", Align::kLeft, 0},
               {"samples", Align::kRight, 0},
               {"times", Align::kRight, 0},
               {"expected error", Align::kRight, 0}});
  for (const TransferReport& r : outcome.transfer.reports) {
    table.add({{std::string(to_string(r.kind))},
               {std::to_string(r.samples)},
               {std::to_string(r.measurements)},
               {std::isfinite(r.expected_error) ? format_percent(r.expected_error) : "unknown"}});
  }
  return heading(outcome.transfer.model.card, style) +
         fmt::format("method {}, {} with {} in {}\n\n", to_string(outcome.method),
                     detail::plural(outcome.samples, "sample"),
                     detail::plural(outcome.measurements, "time"),
                     format_seconds({outcome.spent_s})) +
         table.render(style) +
         "\nThe expected error is the median over samples held out of the transfer in turn.\n" +
         saved(file, style);
}

std::string model_card_json(const DeviceModel& model, const std::string& path, bool outputs,
                            const Envelope& envelope) {
  Json kinds = Json::array();
  for (const auto& [kind, part] : model.models) {
    const ModelCard& card = part.card();
    Json one = {{"kind", to_string(kind)},
                {"regressor", to_string(part.regressor().kind())},
                {"schema", part.schema().name},
                {"schema_version", part.schema().version},
                {"schema_hash", part.schema().hash()},
                {"outputs", part.outputs().size()},
                {"train_rows", card.train_rows},
                {"data_hash", card.data_hash},
                {"split", card.split},
                {"seed", card.seed},
                {"transfer", detail::text_or_null(card.transfer)},
                {"coverage_percent", detail::number(100 * part.coverage())},
                {"typical_error_percent", detail::number(100 * part.typical_error())},
                {"winner_factor", detail::number(part.winner_factor())}};
    Json inversions = Json::array();
    for (const Inversion& i : card.inversions) {
      inversions.push_back({{"problem", i.problem},
                            {"chosen", i.chosen},
                            {"best", i.best},
                            {"regret_percent", detail::number(100 * i.regret)}});
    }
    one["inversions"] = std::move(inversions);
    if (outputs) {
      Json errors = Json::array();
      for (const OutputError& e : card.errors) {
        errors.push_back({{"output", e.output},
                          {"rows", e.rows},
                          {"mdrae_percent", detail::number(100 * e.mdrae)},
                          {"mape_percent", detail::number(100 * e.mape)}});
      }
      one["errors"] = std::move(errors);
    }
    kinds.push_back(std::move(one));
  }
  return detail::envelope_text("inspect", envelope,
                               {{"kind", "model"},
                                {"path", path},
                                {"device_model", card_json(model.card)},
                                {"kinds", std::move(kinds)}});
}

std::string model_card_text(const DeviceModel& model, const std::string& path, bool outputs,
                            const TextStyle& style) {
  std::string text = fmt::format("{}  ", printable(path, style)) + heading(model.card, style) +
                     fmt::format("made {} by {}\n\n", printable(model.card.created, style),
                                 printable(model.card.build, style));
  Table table({{"problems", Align::kLeft, 0},
               {"model", Align::kLeft, 0},
               {"trained on", Align::kRight, 0},
               {"primitives", Align::kRight, 0},
               {"median error", Align::kRight, 0},
               {"split", Align::kLeft, 12}});
  for (const auto& [kind, part] : model.models) {
    const ModelCard& card = part.card();
    table.add({{std::string(to_string(kind))},
               {std::string(to_string(part.regressor().kind()))},
               {std::to_string(card.train_rows)},
               {std::to_string(part.outputs().size())},
               {part.coverage() > 0 ? format_percent(part.typical_error()) : "unknown"},
               {card.transfer.empty() ? card.split : card.transfer, Ink::kDim}});
  }
  text += table.render(style);
  for (const auto& [kind, part] : model.models) {
    if (part.card().inversions.empty()) continue;
    text += fmt::format("\nworst choices among the {} problems held out:\n", to_string(kind));
    Table worst({{"problem", Align::kLeft, 24},
                 {"predicted best", Align::kLeft, 0},
                 {"was best", Align::kLeft, 0},
                 {"regret", Align::kRight, 0}});
    for (std::size_t i = 0; i < std::min<std::size_t>(3, part.card().inversions.size()); ++i) {
      const Inversion& inversion = part.card().inversions[i];
      worst.add({{detail::short_problem(inversion.problem), Ink::kDim},
                 {inversion.chosen},
                 {inversion.best},
                 {format_percent(inversion.regret)}});
    }
    text += worst.render(style);
  }
  if (!outputs) return text;
  for (const auto& [kind, part] : model.models) {
    if (part.card().errors.empty()) continue;
    text += fmt::format("\nerrors of {} primitives on problems held out:\n", to_string(kind));
    Table errors({{"primitive", Align::kLeft, 0},
                  {"problems", Align::kRight, 0},
                  {"median", Align::kRight, 0},
                  {"mean", Align::kRight, 0}});
    for (const OutputError& e : part.card().errors) {
      errors.add({{e.output},
                  {std::to_string(e.rows)},
                  {format_percent(e.mdrae)},
                  {format_percent(e.mape)}});
    }
    text += errors.render(style);
  }
  return text;
}

}  // namespace kernwise
