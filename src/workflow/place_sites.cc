// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>

#include "kernwise/device/device.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/primitives/resource.h"
#include "kernwise/profile/transfers.h"
#include "place_costs.h"

namespace kernwise::detail {
namespace {

Result<std::vector<const Resource*>> wanted_resources(const std::vector<std::string>& names,
                                                      bool processor_only) {
  std::vector<const Resource*> found = {find_resource("cpu")};
  if (processor_only) return found;
  if (names.empty()) {
    for (const auto& resource : all_resources()) {
      const bool other = resource->name() != "cpu" && resource->refusal().empty();
      if (other && static_cast<int>(found.size()) < kMostResources) found.push_back(resource.get());
    }
    return found;
  }
  for (const std::string& name : names) {
    const Resource* resource = find_resource(name);
    if (resource == nullptr) {
      return invalid_input("there is no resource '" + name + "' here",
                           "'kernwise list resources' shows what there is");
    }
    if (!resource->refusal().empty()) return unsupported(resource->refusal()).within(name);
    if (std::find(found.begin(), found.end(), resource) == found.end()) found.push_back(resource);
  }
  if (static_cast<int>(found.size()) > kMostResources) {
    return invalid_input(fmt::format("more than {} resources", kMostResources));
  }
  return found;
}

CopyCost cost_of(const TransferCost& cost) { return {cost.latency.value, cost.bytes_per_s}; }

// From the store, or measured now.
Result<TransferCosts> transfers_of(const Resource& resource, const Device& device, Store& store,
                                   const StopFlag& stop) {
  const MeasurementKey key = transfer_key(device, resource);
  MeasurementFilter filter;
  filter.device = key.device;
  filter.protocol = key.protocol;
  filter.libraries = key.libraries;
  KERNWISE_ASSIGN(const std::vector<Measurement> known, store.query(filter));
  if (Result<TransferCosts> costs = fit_transfers(known, key); costs.ok()) return costs;
  KERNWISE_ASSIGN(std::vector<Measurement> measured, measure_transfers(resource, device, {}, stop));
  MachineContext context = describe_context();
  context.libraries = key.libraries;
  KERNWISE_ASSIGN(const int64_t session, store.begin_session(device, context));
  for (Measurement& m : measured) m.session = session;
  KERNWISE_TRY(store.append(measured));
  return fit_transfers(measured, key);
}

std::string note_of(const Resource& resource) {
  std::string note = resource.description();
  if (resource.shares_processors()) {
    note += note.empty() ? "" : "; ";
    note += "runs on the processor's own cores: no second device";
  }
  return note;
}

}  // namespace

Result<PlaceSites> place_sites(const PlaceRequest& request, Store& store, const StopFlag& stop) {
  PlaceSites sites;
  KERNWISE_ASSIGN(const std::vector<const Resource*> found,
                  wanted_resources(request.resources, request.recorded.has_value()));
  const Device device = describe_this_device();  // a recorded one has no copies to measure
  for (const Resource* resource : found) {
    const auto index = static_cast<int>(sites.resources.size());
    PlaceResource to{resource->name(), {}, {}};
    if (index == 0) {
      sites.notes.emplace_back();
      for (int threads = 1; threads < request.threads; threads *= 2) {
        sites.sites.push_back({index, {.threads = threads}});
      }
      sites.sites.push_back({index, {.threads = request.threads}});
    } else {
      auto costs = transfers_of(*resource, device, store, stop);
      if (!costs.ok()) return std::move(costs).error().within(resource->name());
      to.in = cost_of(costs->in);
      to.out = cost_of(costs->out);
      sites.notes.push_back(note_of(*resource));
      sites.sites.push_back({index, {.threads = 1, .resource = resource->name()}});
    }
    sites.resources.push_back(std::move(to));
  }
  return sites;
}

}  // namespace kernwise::detail
