// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Writes the corpus of model_fuzz: a tiny model of every kind, and a transferred one.
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>

#include "kernwise/base/file.h"
#include "kernwise/learn/device_model.h"
#include "kernwise/learn/transfer.h"

int main(int argc, char** argv) {
  using namespace kernwise;
  if (argc != 2) return 2;
  Samples samples;
  samples.schema = {"tiny", 1, {{"a", 0.5}, {"b", 0.5}}};
  samples.outputs = {"p-one", "p-two"};
  for (int i = 0; i < 6; ++i) {
    samples.x.insert(samples.x.end(), {0.3 * i, std::sin(i)});
    samples.y.insert(samples.y.end(), {-5 + 0.2 * i, i == 2 ? std::nan("") : -4.0 + std::cos(i)});
    samples.group.push_back(i);
  }
  FitOptions options;
  options.epochs = 1;
  options.restarts = 1;
  options.trees = 2;
  Rng rng(1);
  const std::filesystem::path folder = argv[1];
  for (int kind = 0; kind < kRegressorKinds; ++kind) {
    const auto k = static_cast<RegressorKind>(kind);
    if (k == RegressorKind::kMlpShared || k == RegressorKind::kMlpEach) continue;  // large
    Result<PerformanceModel> model = PerformanceModel::fit(k, samples, options, rng);
    if (!model.ok()) continue;
    model->calibrate(samples);
    model->card().errors = {{"p-one", 6, 0.1, 0.2}};
    model->card().inversions = {{"problem", "p-one", "p-two", 0.5}};
    if (!model->save(folder / (std::string(to_string(k)) + ".kwm")).ok()) return 1;
    if (k == RegressorKind::kLinear) {
      // A device that knows one kind of problem, untrained but whole.
      Samples softmax = samples;
      softmax.schema = feature_schema(ProblemKind::kSoftmax);
      softmax.x.assign(softmax.schema.features.size() * softmax.group.size(), 0.5);
      DeviceModel device;
      device.card.label = "somewhere";
      const auto part = PerformanceModel::fit(k, softmax, options, rng);
      if (!part.ok()) return 1;
      device.models.emplace(ProblemKind::kSoftmax, *part);
      if (!device.save(folder / "device.kwm").ok()) return 1;
    }
    if (k != RegressorKind::kKernel) continue;
    const auto moved = transfer(*model, subset(samples, {0, 1, 3}), {}, rng);
    if (!moved.ok() || !moved->save(folder / "transferred.kwm").ok()) return 1;
  }
  return 0;
}
