// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Device files of 'kernwise footprint' come from anybody. Whatever the bytes: a device that
// predicts finite figures in order and is written as it was read, or an error of readable length.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "kernwise/base/check.h"
#include "kernwise/footprint/predict_step.h"
#include "kernwise/graph/zoo.h"

namespace kernwise {
namespace {

const LayerGraph& small_graph() {
  static const LayerGraph graph = [] {
    constexpr Bytes kMost{int64_t{1} << 40};
    const Result<Network> network = build_zoo_network("squeezenet1_1");
    KERNWISE_CHECK(network.ok());
    Result<LayerGraph> lowered = unfolded_graph(*network, 2, kMost);
    KERNWISE_CHECK(lowered.ok());
    return std::move(lowered).value();
  }();
  return graph;
}

void check_interval(double low, double median, double high) {
  KERNWISE_CHECK(!std::isnan(median) && low <= median && median <= high);
}

void check_predictions(const StepDevice& device) {
  for (const bool inference : {false, true}) {
    const StepPrediction p =
        predict_step(small_graph(), {.batch = 2, .inference = inference}, device);
    check_interval(p.allocated_bytes.low, p.allocated_bytes.median, p.allocated_bytes.high);
    for (const auto& bytes : {p.reserved_bytes, p.used_bytes}) {
      if (bytes) check_interval(bytes->low, bytes->median, bytes->high);
    }
    if (p.latency) check_interval(p.latency->low_s, p.latency->median_s, p.latency->high_s);
  }
}

}  // namespace
}  // namespace kernwise

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace kernwise;  // NOLINT: one function
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Result<StepDevice> device = parse_step_device(text);
  if (!device.ok()) {
    KERNWISE_CHECK(device.error().code == ErrorCode::kInvalidInput);
    KERNWISE_CHECK(to_string(device.error()).size() < 5000);
    return 0;
  }
  check_predictions(*device);
  const std::string written = to_json_text(*device);
  const Result<StepDevice> again = parse_step_device(written);
  KERNWISE_CHECK(again.ok() && to_json_text(*again) == written);
  return 0;
}
