// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The flags of every command that reads an ONNX file.
#pragma once

#include <vector>

#include "arguments.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/report/envelope.h"

namespace kernwise::cli {

void declare_model_flags(Arguments& arguments, OnnxOptions& options);
void list_model_options(const OnnxOptions& options, std::vector<ReportOption>& list);

// `value`, or an error that says what is missing.
Result<std::string> required(const std::string& value, const std::string& command,
                             const std::string& what, const std::string& hint);

}  // namespace kernwise::cli
