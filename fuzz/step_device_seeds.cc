// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Writes the corpus of step_device_fuzz: a device of which nothing was measured, and one learned
// from a few steps of three layers each.
#include <filesystem>
#include <string>

#include "kernwise/footprint/step_device.h"

int main(int argc, char** argv) {
  using namespace kernwise;
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  const StepDevice plain = plain_step_device(16, 1);
  if (!write_step_device(plain, folder / "plain.json").ok()) return 1;
  std::vector<StepRecord> records;
  for (int i = 0; i < 6; ++i) {
    StepRecord record;
    record.timed.network = i < 3 ? "one" : "two";
    record.timed.step.batch = 2 + i;
    for (const OperatorClass kind :
         {OperatorClass::kConv, OperatorClass::kNormalisation, OperatorClass::kMatrix}) {
      TimedLayer layer{kind};
      for (std::size_t k = 0; k < kLatencyFeatures; ++k) {
        layer.features[k] = 1 + 0.3 * i + 0.1 * static_cast<double>(k);
      }
      layer.forward_s = 1e-4 * (i + 1);
      layer.backward_s = 2e-4 * (i + 1);
      record.timed.layers.push_back(layer);
    }
    record.timed.parameter_bytes = 1000 + 100 * i;
    record.timed.parameter_tensors = 4;
    record.timed.update_s = 1e-5;
    record.timed.step_s = 1e-3 * (i + 1);
    record.predicted_bytes = 100000 + 1000 * i;
    record.allocated_bytes = record.predicted_bytes + 10 * i;
    record.reserved_bytes = 2 * record.predicted_bytes;
    record.used_bytes = 3 * record.predicted_bytes;
    records.push_back(record);
  }
  Rng rng(1);
  const Result<StepDevice> learned = learn_step_device(plain, records, rng);
  return learned.ok() && write_step_device(*learned, folder / "learned.json").ok() ? 0 : 1;
}
