// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which primitive runs each kernel of a program, where, and with how many threads.
//
// Each task has options; an option is a primitive on a resource with a number of threads, and its
// time. Each resource has memory of its own; resource 0 is the host (the processor). A tensor that
// is made in one memory and read in another is copied, once for each memory however many kernels
// read it there. Copies between two resources that are not the host go through the host, and the
// copy that arrives there serves readers on the host too. Inputs start on the host, outputs are
// wanted there.
//
// Sequential execution is assumed: one kernel or copy at a time, so a program's time is the sum of
// its kernels' and copies' times. Nothing overlaps, and no caches are carried over.
//
// Solved as a PBQP (select/pbqp.h): a node for each task with one option for each resource (nothing
// but the resource of an option matters to other tasks, so the fastest on each resource is enough),
// and for each tensor a node that says in which memories it will lie, which costs its copies once.
// Thread-safety: plain values, pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/place/program.h"

namespace kernwise {

struct CopyCost {  // of one direction
  double latency_s = 0;
  double bytes_per_s = 0;  // > 0; of the host resource without meaning
  double time_s(Bytes size) const {
    return latency_s + static_cast<double>(size.value) / bytes_per_s;
  }
  friend bool operator==(const CopyCost&, const CopyCost&) = default;
};

struct PlaceResource {
  std::string name;  // "cpu", "opencl:0"
  CopyCost in, out;  // from the host to its memory, and back; unused for the host
  friend bool operator==(const PlaceResource&, const PlaceResource&) = default;
};

struct PlaceOption {
  std::string primitive;
  int resource = 0;  // index into PlaceTable::resources
  int threads = 1;
  double time_s = 0;
  double low_s = 0, high_s = 0;  // interval: 95 % of a median, 90 % of a prediction
  std::string provenance;        // "measured", "predicted", "recorded"
};

// The waist of this room: it cannot tell measured, predicted and recorded costs apart.
inline constexpr int kMostResources = 6;
struct PlaceTable {
  std::vector<PlaceResource> resources;         // the first is the host, "cpu"
  std::vector<std::vector<PlaceOption>> tasks;  // one row per task of the program, same order
};

struct PlacedCopy {
  int tensor = -1;
  int from = 0, to = 0;  // resources; one of them is the host
  Bytes bytes;
  double time_s = 0;
  friend bool operator==(const PlacedCopy&, const PlacedCopy&) = default;
};

struct Placement {
  std::vector<int> option;         // per task, index into table.tasks[task]
  std::vector<PlacedCopy> copies;  // by tensor; into the host before out of it
  double total_s = 0;              // kernels and copies
  double copies_s = 0;
  double low_s = 0, high_s = 0;  // sums of the bounds of the kernels; copies as they are
  bool optimal = false;
  double gap_ratio = 0;  // (total - lower bound) / total; 0 when optimal
  double solve_s = 0;
};

// The least total. A task without any option: kUnsupported, naming all such. A table that does not
// match the program, or a time that is no number >= 0: kInvalidInput.
Result<Placement> place_program(const Program& program, const PlaceTable& table);

// What a given choice comes to, with the same rule for copies. `option`: every index valid.
Placement evaluate_placement(const Program& program, const PlaceTable& table,
                             std::vector<int> option);

// What place_program() checks first.
Status check_place_table(const Program& program, const PlaceTable& table);

// The naive ways, each at its best. kUnsupported, with the reason, if it is not open: a task that
// no primitive can run in that way.
//
// The same primitive, resource and number of threads for all tasks of one kind.
Result<Placement> best_fixed_variants(const Program& program, const PlaceTable& table);
// Everything on one resource, the fastest option of each task.
Result<Placement> best_on_resource(const Program& program, const PlaceTable& table, int resource);
// Every way to put the tasks on resources, each task by its fastest option there: the true best of
// all combinations, because options on one resource differ in nothing but their time. kUnsupported
// if there are more than `most` ways.
inline constexpr int64_t kMostEnumerated = int64_t{1} << 20;
Result<Placement> enumerate_placements(const Program& program, const PlaceTable& table,
                                       int64_t most = kMostEnumerated);

}  // namespace kernwise
