// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The results of `kernwise list ...`: what there is to choose from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/device/device.h"
#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"

namespace kernwise {

enum class Listing : uint8_t {
  kPrimitives = 0,  // the registry, in its order
  kLayouts = 1,
  kOperators = 2,  // ONNX operators
  kZoo = 3,
};

std::string list_json(Listing listing, const Envelope& envelope);
std::string list_text(Listing listing, const TextStyle& style);

// A device that a store has measurements of.
struct KnownDevice {
  std::string fingerprint;
  int64_t measurements = 0;
  int64_t problems = 0;  // distinct
};

// `here` is this machine; `known` may contain it.
std::string devices_json(const Device& here, const std::vector<KnownDevice>& known,
                         const Envelope& envelope);
std::string devices_text(const Device& here, const std::vector<KnownDevice>& known,
                         const TextStyle& style);

// What this machine can run primitives on (primitives/resource.h).
struct KnownResource {
  std::string name, description;
  std::string refusal;  // why it cannot be used; empty if it can
  bool shares_processors = false;
  Bytes memory;  // 0 = unknown
};
std::string resources_json(const std::vector<KnownResource>& resources, const Envelope& envelope);
std::string resources_text(const std::vector<KnownResource>& resources, const TextStyle& style);

}  // namespace kernwise
