// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The results of `kernwise version` and `kernwise zoo`: facts without a measurement behind them.
#pragma once

#include <cstdint>
#include <string>

#include "kernwise/base/units.h"
#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"

namespace kernwise {

// Version, build and libraries stand in the envelope's context; the result lists the schemas.
std::string version_json(const Envelope& envelope);
std::string version_text(const Envelope& envelope, const TextStyle& style);

struct WrittenNetwork {
  std::string name;  // "resnet50"
  std::string file;
  int64_t batch = 1;
  uint64_t seed = 1;
  int64_t parameters = 0;
  int64_t nodes = 0;
};
std::string zoo_json(const WrittenNetwork& network, const Envelope& envelope);
std::string zoo_text(const WrittenNetwork& network, const TextStyle& style);

}  // namespace kernwise
