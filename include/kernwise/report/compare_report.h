// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Result of `kernwise compare` as text and as JSON (docs/formats/json.md).
#pragma once

#include <optional>
#include <string>

#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "kernwise/workflow/comparison.h"

namespace kernwise {

struct CompareReport {
  std::string a, b;  // places, as given
  Comparison comparison;
  // A gate: how much slower B may be, as a share (0.03); empty: no gate.
  std::optional<double> fail_if_slower;
  // The gate holds, or there is none. With a gate there must be a slowdown.
  bool passed() const {
    return !fail_if_slower || comparison.slowdown->ratio - 1 <= *fail_if_slower;
  }
};

std::string compare_json(const CompareReport& report, const Envelope& envelope);
// Rows that changed; `all`: the others too.
std::string compare_text(const CompareReport& report, bool all, const TextStyle& style);

}  // namespace kernwise
