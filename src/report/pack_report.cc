// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/pack_report.h"

#include <fmt/format.h>

#include "json.h"
#include "kernwise/base/format.h"
#include "words.h"

namespace kernwise {

std::string pack_json(const PackOutcome& outcome, const Envelope& envelope) {
  return detail::envelope_text("pack", envelope,
                               {{"file", outcome.file},
                                {"network", outcome.network},
                                {"planned_device", outcome.device},
                                {"layers", outcome.layers},
                                {"threads", outcome.threads},
                                {"file_bytes", outcome.bytes.value},
                                {"weights_bytes", outcome.weights.value}});
}

std::string pack_text(const PackOutcome& outcome, const TextStyle& style) {
  return fmt::format("{} layers of {}, {} of weights, for {} with {} thread{}\nwrote {} ({})\n",
                     outcome.layers, printable(outcome.network, style),
                     format_bytes(outcome.weights), printable(outcome.device, style),
                     outcome.threads, outcome.threads == 1 ? "" : "s",
                     printable(outcome.file, style), format_bytes(outcome.bytes));
}

}  // namespace kernwise
