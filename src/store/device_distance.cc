// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "kernwise/store/compare.h"

namespace kernwise {
namespace {

double doublings(int64_t a, int64_t b) {
  if (a <= 0 || b <= 0) return a == b ? 0 : 1;
  return std::fabs(std::log2(static_cast<double>(a) / static_cast<double>(b)));
}

double isa_steps(Isa a, Isa b) {
  if (a == b) return 0;
  constexpr double kForeign = 4;  // further than the ends of x86-64 are apart
  if (a == Isa::kOther || b == Isa::kOther) return kForeign;
  return std::fabs(static_cast<double>(a) - static_cast<double>(b));
}

}  // namespace

double device_distance(const Device& a, const Device& b) {
  if (a.fingerprint == b.fingerprint) return 0;
  double distance = 2 * isa_steps(a.isa, b.isa);
  if (a.vendor != b.vendor) distance += 1;
  if (a.vendor != b.vendor || a.family != b.family || a.model != b.model) distance += 0.5;
  distance += 0.5 * doublings(a.l1d.value, b.l1d.value);
  distance += 0.25 * doublings(a.l2.value, b.l2.value);
  distance += 0.125 * doublings(a.l3.value, b.l3.value);
  distance += 0.25 * doublings(a.cores, b.cores);
  return distance;
}

Result<std::vector<DeviceNeighbour>> nearest_devices(const Store& store, const Device& device,
                                                     int most) {
  KERNWISE_ASSIGN(const std::vector<Device> devices, store.devices());
  KERNWISE_ASSIGN(const std::vector<StoredSession> sessions, store.sessions());
  std::map<std::string, int64_t> count;
  for (const StoredSession& session : sessions) ++count[session.device];
  std::vector<DeviceNeighbour> found;
  for (const Device& other : devices) {
    const bool known = !other.cpu.empty() || other.fingerprint == device.fingerprint;
    if (known && count[other.fingerprint] > 0) {
      found.push_back({other, device_distance(device, other), count[other.fingerprint]});
    }
  }
  std::ranges::sort(found, [](const DeviceNeighbour& a, const DeviceNeighbour& b) {
    return std::tie(a.distance, a.device.fingerprint) < std::tie(b.distance, b.device.fingerprint);
  });
  if (found.size() > static_cast<std::size_t>(most)) found.resize(static_cast<std::size_t>(most));
  return found;
}

}  // namespace kernwise
