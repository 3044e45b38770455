// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <set>

#include "compare_rows.h"

namespace kernwise {
namespace {

// Every output that the model knows, with its error where the card states one.
std::vector<detail::NamedEntry> entries_of(const DeviceModel& model) {
  std::vector<detail::NamedEntry> list;
  for (const auto& [kind, of_kind] : model.models) {
    for (std::size_t i = 0; i < of_kind.outputs().size(); ++i) {
      if (!of_kind.knows(i)) continue;
      ComparedEntry entry;
      entry.primitive = of_kind.outputs()[i];
      for (const OutputError& error : of_kind.card().errors) {
        if (error.output == entry.primitive) entry.error = error.mdrae;
      }
      // By both, so that primitives are never matched with others.
      list.emplace_back(fmt::format("{} {}", to_string(kind), entry.primitive), std::move(entry));
    }
  }
  return list;
}

}  // namespace

Comparison compare_models(const DeviceModel& a, const DeviceModel& b) {
  Comparison out;
  out.kind = ComparedKind::kModels;
  out.facts = {{"device", a.card.label, b.card.label},
               {"device_fingerprint", a.card.device, b.card.device},
               {"resource", a.card.resource, b.card.resource},
               {"isa", a.card.isa, b.card.isa},
               {"threads", std::to_string(a.card.threads), std::to_string(b.card.threads)},
               {"protocol", a.card.protocol, b.card.protocol},
               {"libraries", a.card.libraries, b.card.libraries},
               {"source", a.card.source, b.card.source},
               {"created", a.card.created, b.card.created},
               {"build", a.card.build, b.card.build}};
  std::set<ProblemKind> kinds;
  for (const auto& [kind, model] : a.models) kinds.insert(kind);
  for (const auto& [kind, model] : b.models) kinds.insert(kind);
  for (const ProblemKind kind : kinds) {
    const auto side = [kind](const DeviceModel& model) -> const PerformanceModel* {
      const auto found = model.models.find(kind);
      return found == model.models.end() ? nullptr : &found->second;
    };
    const PerformanceModel *left = side(a), *right = side(b);
    const auto add = [&](const char* what, ComparedUnit unit, const auto& value_of) {
      ComparedTotal total{fmt::format("{}_{}", to_string(kind), what), unit, {}, {}};
      if (left != nullptr) total.a = value_of(*left);
      if (right != nullptr) total.b = value_of(*right);
      out.totals.push_back(std::move(total));
    };
    add("train_rows", ComparedUnit::kCount,
        [](const PerformanceModel& m) { return static_cast<double>(m.card().train_rows); });
    add("typical_error", ComparedUnit::kRatio,
        [](const PerformanceModel& m) { return m.typical_error(); });
    add("coverage", ComparedUnit::kRatio, [](const PerformanceModel& m) { return m.coverage(); });
    const auto regressor = [](const PerformanceModel* m) {
      return m == nullptr ? std::string() : std::string(to_string(m->regressor().kind()));
    };
    out.facts.push_back(
        {fmt::format("{}_regressor", to_string(kind)), regressor(left), regressor(right)});
  }
  out.rows = detail::matched(entries_of(a), entries_of(b));
  out.slowdown_of = "models have errors, no time of their own";
  return out;
}

}  // namespace kernwise
