// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Space files from strangers: any text is a space or an error, a space survives being written, and
// so do its designs.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kernwise/base/check.h"
#include "kernwise/fleet/pareto.h"
#include "kernwise/fleet/space.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace kernwise;
  const Result<DesignSpace> space = parse_space({reinterpret_cast<const char*>(data), size});
  if (!space.ok()) {
    KERNWISE_CHECK(space.error().code == ErrorCode::kInvalidInput);
    return 0;
  }
  const Result<DesignSpace> back = parse_space(space_text(*space));
  KERNWISE_CHECK(back.ok());
  KERNWISE_CHECK(*back == *space);
  Rng rng(1);
  const Design design = random_design(*space, rng);
  if (design.empty()) return 0;
  KERNWISE_CHECK(canonical(*space, design) == design);
  design_features(*space, design);
  if (space->graph) cell_identity(*space, design);
  return 0;
}
