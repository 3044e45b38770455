// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What stands around every JSON result (docs/formats/json.md):
//
//   {"schema": "kernwise.<verb>/1", "context": {...}, "options": {...}, "result": {...},
//    "warnings": [{"code", "message", "hint"}]}
//
// Units stand in the keys (_s, _bytes, _macs, _ratio); there is no NaN or infinity: what has no
// finite value is null. The order of keys is fixed, and within a major version keys are only added.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/device/device.h"

namespace kernwise {

// One effective option of the command, defaults included. `key` in snake_case, with its unit.
struct ReportOption {
  std::string key;
  std::variant<bool, int64_t, double, std::string, std::vector<std::string>> value;
};

struct ReportWarning {
  std::string code;  // kebab-case; "notice" where nothing finer is known
  std::string message;
  std::string hint;  // may be empty
};

struct Envelope {
  Device device;
  MachineContext context;
  std::vector<ReportOption> options;
  std::vector<ReportWarning> warnings;
};

// {"schema": "kernwise.error/1", "error": {"code", "exit_code", "message", "context", "hint"}}
std::string error_json(const Error& error);

// "invalid-input", "unsupported", ...
std::string_view to_string(ErrorCode code);

}  // namespace kernwise
