// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/record_costs.h"

#include <fmt/format.h>

#include "kernwise/device/device.h"
#include "kernwise/profile/profiler.h"
#include "kernwise/store/store.h"
#include "kernwise/workflow/costs.h"
#include "place_costs.h"

namespace kernwise {

Result<RecordedCosts> record_costs(const PlaceRequest& request, const StopFlag& stop) {
  const std::filesystem::path path = request.store.empty() ? default_store_path() : request.store;
  KERNWISE_ASSIGN(const auto store, open_store(path, StoreMode::kReadWrite));
  KERNWISE_ASSIGN(const detail::PlaceSites sites, detail::place_sites(request, *store, stop));
  const Device device = describe_this_device();
  RecordedCosts costs{sites.resources, sites.notes, {}};
  costs.devices[0] = fmt::format("{} ({})", device.cpu, to_string(device.isa));
  for (const auto& site : sites.sites) {
    KERNWISE_ASSIGN(
        const std::vector<Measurement> known,
        combined_measurements(*store, key_template(device, detail::profile_options(site)), {}));
    for (const KnownCost& cost : known_costs(known)) {
      const Result<Problem> problem = parse_problem(cost.problem);
      if (!problem.ok() || !detail::may_place(cost, *problem, request)) continue;
      costs.times.push_back({site.resource, site.execution.threads, cost.problem, cost.primitive,
                             cost.time_s, cost.low_s, cost.high_s});
    }
  }
  return costs;
}

}  // namespace kernwise
