// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Building blocks of the JSON results. The one place that knows how values look in JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "kernwise/base/units.h"
#include "kernwise/device/device.h"
#include "kernwise/graph/layout.h"
#include "kernwise/report/envelope.h"
#include "kernwise/runtime/executor.h"
#include "kernwise/select/plan.h"

namespace kernwise::detail {

using Json = nlohmann::ordered_json;

Json number(double value);    // null unless finite
Json positive(double value);  // null unless finite and > 0: "not known"
Json text_or_null(std::string_view text);
Json numbers(std::span<const double> values);
Json to_json(const Shape4& shape);  // [n, c, h, w]
Json to_json(const Device& device);
Json to_json(const MachineContext& context);
Json to_json(const MemoryUse& memory);
Json to_json(const StepBytes& bytes);
Json to_json(const PlannedTransform& transform);

// The whole document, two spaces of indentation, ending in a newline. Broken UTF-8 in names is
// replaced by U+FFFD.
std::string envelope_text(std::string_view verb, const Envelope& envelope, Json result);
std::string dump(const Json& document);

}  // namespace kernwise::detail
