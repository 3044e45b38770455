// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Cost tables for placing programs: on this machine, measured or predicted, and learnt from a file
// of recorded costs.
#pragma once

#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/place/placement.h"
#include "kernwise/place/recorded_costs.h"
#include "kernwise/primitives/primitive.h"
#include "kernwise/profile/profiler.h"
#include "kernwise/store/store.h"
#include "kernwise/workflow/costs.h"
#include "kernwise/workflow/place_program.h"

namespace kernwise::detail {

// Where kernels can run here.
struct PlaceSites {
  std::vector<PlaceResource> resources;  // copy costs measured
  std::vector<std::string> notes;        // per resource
  struct Site {
    int resource = 0;
    Execution execution;
  };
  std::vector<Site> sites;  // every number of threads of the processor; others once
};

// The resources that the request names, or all usable ones. Measures copies that the store does not
// hold (less than a second each). kUnsupported for a resource that cannot be used.
Result<PlaceSites> place_sites(const PlaceRequest& request, Store& store, const StopFlag& stop);

// Measures what the store does not hold, within the budget, then reads it.
Result<PlaceTable> measured_place_table(const Program& program, const PlaceSites& sites,
                                        const PlaceRequest& request, Store& store,
                                        Progress& progress, const StopFlag& stop,
                                        std::vector<std::string>& warnings);

// From the models of the request, or from models (nn-c) fitted to what the store holds of other
// problems than the program's.
Result<PlaceTable> predicted_place_table(const Program& program, const PlaceSites& sites,
                                         const PlaceRequest& request, const Store& store,
                                         Progress& progress, std::vector<std::string>& warnings);

// From models of the recorded devices. Which primitives take a problem is read from the rows kept
// aside; their times are not.
PlaceTable learned_place_table(const Program& program, const RecordedCosts& costs,
                               const RecordedModels& models, std::vector<std::string>& warnings);

// How kernels are measured on a site. With warm weights: they have none, and a kernel of a program
// reads what the one before has just written, so no caches are swept.
ProfileOptions profile_options(const PlaceSites::Site& site);

// Whether a cost is one of a kernel of programs: of its kinds of problems, with matrices row by
// row, by a primitive of this build that the request allows.
bool may_place(const KnownCost& cost, const Problem& problem, const PlaceRequest& request);

}  // namespace kernwise::detail
