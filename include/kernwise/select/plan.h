// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A plan: the chosen primitive of every layer and the transforms between them, with what the choice
// rested on. Saved as JSON (schema "kernwise.plan/1", docs/formats/plan.md); replays bit-identical
// on the same machine with the same number of threads.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/layout.h"
#include "kernwise/graph/quantize.h"

namespace kernwise {

struct PlannedLayer {
  std::string layer;    // Layer::name
  std::string problem;  // canonical string: guards against another network
  std::string primitive;
  int revision = 1;
  Layout in = Layout::kNchw, out = Layout::kNchw;
  double time_s = 0, low_s = 0, high_s = 0;
  int64_t workspace_bytes = 0;
  char grade = 'A';
  std::string provenance;
  std::string runner_up;  // primitive id, "" if there was no other
  double runner_up_s = 0;
  Precision precision = Precision::kFp32;
  // Of this layer on its real inputs, against float64, when the plan was made (runtime/verify.h);
  // 0 for layers in fp32, where it was not looked at.
  double relative_error = 0;
  friend bool operator==(const PlannedLayer&, const PlannedLayer&) = default;
};

struct PlannedTransform {
  std::string value;
  Layout from = Layout::kNchw, to = Layout::kNchw;
  std::string primitive;  // "" = same bytes, nothing to do
  double time_s = 0;
  friend bool operator==(const PlannedTransform&, const PlannedTransform&) = default;
};

struct PlannedRange {
  std::string value;
  ValueRange range;
  friend bool operator==(const PlannedRange&, const PlannedRange&) = default;
};

// What a plan with int8 layers rests on besides times.
struct PlannedInt8 {
  double max_relative_error = 0;  // the bound that was asked for, per layer and end to end
  // Worst that was found end to end, on inputs that the ranges were not taken from (if sampled).
  double end_to_end_relative_error = 0;
  std::string calibration;           // for people: "8 random inputs, seed 1", or files
  std::vector<PlannedRange> ranges;  // of every value that lies in int8 somewhere
  friend bool operator==(const PlannedInt8&, const PlannedInt8&) = default;
};

// What else decided the times: the machine's state when the plan was made. For people and for
// comparisons of plans; nothing is refused for it. Text is "" and a size 0 where it is not known.
struct PlanMachine {
  std::string kernel, compiler;  // "Linux 6.1.0"; of the build, with flags
  std::string governor, turbo, hypervisor, huge_pages;
  int cores = 0;  // that the process might run on
  int64_t l1d_bytes = 0, l2_bytes = 0, l3_bytes = 0, memory_bytes = 0;
  friend bool operator==(const PlanMachine&, const PlanMachine&) = default;
};

struct Plan {
  std::string network;       // path as given
  std::string network_hash;  // LayerGraph::content_hash
  std::string device;        // fingerprint
  std::string device_label;  // for people: cpu, isa, virtual or not
  std::string libraries;
  std::string build;    // kernwise version that planned
  std::string created;  // UTC
  PlanMachine machine;
  std::string policy;  // "fastest", "onednn-auto"
  std::string protocol;
  int threads = 1;
  std::vector<PlannedLayer> layers;  // execution order
  std::vector<PlannedTransform> transforms;
  double predicted_total_s = 0;
  double predicted_transforms_s = 0;
  int64_t peak_bytes = 0;  // activations arena + workspace + packed weights
  bool optimal = false;
  double gap_ratio = 0;
  // Whole-network calibration: measured time of this plan over the sum of its parts, and how it was
  // found. 1 and "" when no whole-network run was made.
  double calibration_ratio = 1;
  double measured_total_s = 0;
  std::optional<PlannedInt8> int8;  // none where all layers are in fp32
  friend bool operator==(const Plan&, const Plan&) = default;
};

// Indented, keys in a fixed order, doubles exact. Bytes that are no UTF-8 are replaced (U+FFFD), a
// number that is not finite becomes null, which does not read back.
std::string plan_to_json(const Plan& plan);
// Untrusted text. Not JSON, wrong schema or version, missing keys, wrong types, absurd values, more
// than 64 MiB: kInvalidInput with the path of the key ("layers[3].primitive"). Unknown keys are
// passed over. `machine` may be missing: plans of earlier versions have none.
Result<Plan> plan_from_json(std::string_view text);

// A plan that would not read back (a number that is not finite) is not written: kInternal.
Status save_plan(const Plan& plan, const std::filesystem::path& path);
Result<Plan> load_plan(const std::filesystem::path& path);

}  // namespace kernwise
