// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The result of `kernwise plan`: a table of layers with the transforms between them, then the
// total, what is proven about it, what the whole network was measured at, and the memory it takes.
#pragma once

#include <string>
#include <string_view>

#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "kernwise/workflow/plan_network.h"

namespace kernwise {

// Why a layer got its primitive, from the plan alone. `kernwise explain` knows more.
enum class ChoiceReason : uint8_t {
  kOnlyCandidate = 0,       // nothing else was measured
  kFaster = 1,              // than the runner-up, by 5 % or more
  kTie = 2,                 // within 5 % of the runner-up
  kCheaperWithLayouts = 3,  // the runner-up is faster alone, but its transforms cost more
};
ChoiceReason reason_of(const PlannedLayer& layer);
std::string_view to_string(ChoiceReason reason);  // "only-candidate", "faster", ...

// `file`: where the plan was written; empty if nowhere.
std::string plan_json(const PlanOutcome& outcome, const std::string& file,
                      const Envelope& envelope);
std::string plan_text(const PlanOutcome& outcome, const std::string& file, const TextStyle& style);

}  // namespace kernwise
