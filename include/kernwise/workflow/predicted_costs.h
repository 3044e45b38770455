// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Costs from a model of the device instead of measurements. What the model cannot know is named,
// never guessed: a primitive or a kind of problem that it was not trained on, and a problem
// outside of the range of its training data.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/device/device.h"
#include "kernwise/graph/problem.h"
#include "kernwise/learn/device_model.h"
#include "kernwise/primitives/primitive.h"
#include "kernwise/workflow/costs.h"

namespace kernwise {

struct PredictedProblem {
  std::string problem;                  // canonical
  std::vector<KnownCost> costs;         // of the admissible primitives that the model knows
  std::vector<std::string> unmodelled;  // ids of the admissible ones that it does not
  std::string reason;                   // why there are no costs; "" if there are
};

// Views are left out: they cost nothing. Every time is multiplied by the winners' factor of the
// model (learn/model.h), so that the total of a plan is not too low for having been chosen; the
// bounds are the model's.
std::vector<PredictedProblem> predict_problems(const std::vector<Problem>& problems,
                                               const DeviceModel& model,
                                               const Execution& execution);

// A bound from the machine's ceilings for every admissible primitive: the longer of computing and
// moving (Williams, Waterman & Patterson 2009), without an interval. A declared fallback, not a
// prediction: it cannot tell primitives apart.
std::vector<KnownCost> roofline_costs(const Problem& problem, const Ceilings& ceilings,
                                      const Execution& execution);

// The card that a model of this machine, with this many threads, has.
DeviceModelCard card_of_this_device(int threads, const std::string& protocol);
// Whether a model was made on this very device, with these threads, libraries and protocol.
bool model_is_of(const DeviceModelCard& model, const DeviceModelCard& device);

// primitive id -> family, for transfer.
std::map<std::string, std::string> primitive_families();

// Folder with the models that come with the program: models/ beside or above it, or
// share/kernwise/models. Empty if there is none.
std::filesystem::path shipped_models();

struct FoundModel {
  std::filesystem::path path;
  DeviceModel model;
};
// `path`, or, if it is empty, the shipped model whose device is most like this one.
Result<FoundModel> find_model(const std::filesystem::path& path, int threads,
                              const std::string& protocol);

}  // namespace kernwise
