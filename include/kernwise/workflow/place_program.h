// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise place`: program in, placement out, by costs that were predicted, measured now or
// recorded elsewhere; and, if asked, the placement is run and judged beside the naive ways and the
// best of all.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/place/placement.h"
#include "kernwise/place/program.h"
#include "kernwise/place/recorded_costs.h"
#include "kernwise/workflow/recorded_device.h"

namespace kernwise {

// Where the costs of the choice come from.
//  kPredicted  models of this machine: from files, or fitted to the store's measurements (nn-c)
//  kMeasured   this machine, measured into the store as far as it does not hold them
//  kRecorded   a file of recorded costs
//  kLearned    models fitted to a file of recorded costs without the rows of the program's problems
enum class PlaceSource : uint8_t { kPredicted = 0, kMeasured = 1, kRecorded = 2, kLearned = 3 };
std::string_view to_string(PlaceSource source);  // "predicted", "measured", ...

// What kLearned places by: models of recorded devices (nn-c), one for each resource and number of
// threads, fitted to all rows of the kinds that the programs have, but those of their problems.
struct RecordedModels;
Result<std::shared_ptr<const RecordedModels>> learn_recorded(const RecordedCosts& costs,
                                                             const std::vector<Program>& programs,
                                                             uint64_t seed);

struct PlaceRequest {
  std::filesystem::path program;
  PlaceSource source = PlaceSource::kPredicted;
  std::vector<std::filesystem::path> models;  // kPredicted; empty: fitted to the store
  std::filesystem::path costs;                // kRecorded, kLearned
  // kLearned: models that several programs share; they must hold the program's problems out. Null:
  // fitted without this program's.
  std::shared_ptr<const RecordedModels> recorded_models;
  std::filesystem::path store;  // empty: default_store_path()
  // With kMeasured: by this device's records, on its processor alone; nothing can be run.
  std::optional<RecordedDevice> recorded;
  std::vector<std::string> resources;   // empty: all that this machine has and can use
  int threads = 1;                      // at most; 1, 2, 4, ... and this are considered
  std::vector<std::string> primitives;  // only these ids; empty: all
  Seconds budget{120};                  // for measuring, over all resources and threads
  bool run = false;  // execute it; measures all options first, for the judgement (not recorded)
  int repeat = 9;    // timed rounds
  bool verify = true;
  double tolerance = 1e-4;         // relative, of outputs against the float64 reference
  Bytes memory{int64_t{4} << 30};  // of all tensors of one placement
  uint64_t seed = 1;               // of inputs and of fitting
};

struct PlacedKernel {
  std::string name;
  TaskKind kind = TaskKind::kMatmul;
  std::string problem;  // canonical
  int line = 0;         // of the program
  std::string primitive, resource;
  int threads = 1;
  double time_s = 0, low_s = 0, high_s = 0;
  std::string provenance;
  double judged_s = 0;  // of the same option by the judging costs; NaN where there are none
  // The fastest other variant that was known, on its own: what its copies cost is not in it.
  std::string other_primitive, other_resource;  // "" if there is no other
  int other_threads = 1;
  double other_s = 0;
};

struct PlacedTransfer {
  std::string tensor, from, to;
  Bytes bytes;
  double time_s = 0;
};

// One way to place the program. Times are NaN where they are not known.
struct PlacedWay {
  std::string name;        // "placed", "best variant per kind", "always cpu", "exhaustive best"
  std::string reason;      // why it is not open, or not known
  double predicted_s = 0;  // by the costs of the choice
  double judged_s = 0;     // by the judging costs
  double run_s = 0;        // median of its runs
  double run_spread = 0;   // half the width of the median's 95 % interval, relative
};

struct PlacedRun {
  int repeat = 0;
  double measured_s = 0, spread = 0;
  std::vector<double> runs_s;
  double max_relative_error = 0;  // over all outputs; NaN if not verified
  std::string worst_output;
  bool within_tolerance = true;
  Bytes memory;
};

struct PlaceOutcome {
  std::string program;
  PlaceSource source = PlaceSource::kPredicted;
  std::vector<std::string> resources, notes;  // notes: what each is, "" if there is nothing to say
  std::vector<PlacedKernel> kernels;
  std::vector<PlacedTransfer> transfers;
  double predicted_s = 0, low_s = 0, high_s = 0, transfers_s = 0;
  bool optimal = false;
  double gap_ratio = 0, solve_s = 0;
  // "measured" or "recorded": the costs that the ways are compared by; "" if there are none but
  // those of the choice.
  std::string judged_by;
  std::vector<PlacedWay> ways;  // "placed" first
  std::optional<PlacedRun> run;
  std::vector<std::string> warnings;
};

// kUnsupported, naming all kernels, if no cost is known of some; kInterrupted when `stop` was set.
Result<PlaceOutcome> place_program_file(const PlaceRequest& request, Progress& progress,
                                        const StopFlag& stop);

// The same for a program that is at hand; request.program is its name only.
Result<PlaceOutcome> place_parsed_program(const Program& program, const PlaceRequest& request,
                                          Progress& progress, const StopFlag& stop);

}  // namespace kernwise
