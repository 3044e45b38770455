// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "kernwise/learn/device_model.h"

namespace kernwise {

struct RecordedModels {
  std::map<std::pair<int, int>, DeviceModel> of;  // (resource, threads)
  std::set<std::string> held_out;                 // canonical problems that they have not seen
};

}  // namespace kernwise
