// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The results of `kernwise fit`, `transfer` and `inspect MODEL.kwm`.
#pragma once

#include <string>

#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "kernwise/workflow/device_models.h"

namespace kernwise {

// `file`: where the model was written; empty if nowhere.
std::string fit_json(const DeviceFit& fit, const std::string& file, const Envelope& envelope);
std::string fit_text(const DeviceFit& fit, const std::string& file, const TextStyle& style);

std::string transfer_json(const TransferOutcome& outcome, const std::string& file,
                          const Envelope& envelope);
std::string transfer_text(const TransferOutcome& outcome, const std::string& file,
                          const TextStyle& style);

// `outputs`: with the error of each primitive.
std::string model_card_json(const DeviceModel& model, const std::string& path, bool outputs,
                            const Envelope& envelope);
std::string model_card_text(const DeviceModel& model, const std::string& path, bool outputs,
                            const TextStyle& style);

}  // namespace kernwise
