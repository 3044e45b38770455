// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The result of `kernwise explain`: every candidate of a layer, chosen, beaten or refused, and why.
#pragma once

#include <string>
#include <vector>

#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "kernwise/workflow/explain_layer.h"

namespace kernwise {

std::string explain_json(const std::vector<ExplainedLayer>& layers, const Envelope& envelope);
std::string explain_text(const std::vector<ExplainedLayer>& layers, const TextStyle& style);

}  // namespace kernwise
