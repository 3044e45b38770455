// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A store of made-up measurements: for tests that need a device, and no hardware.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/profile/profiler.h"
#include "kernwise/store/store.h"

namespace kernwise::test {

// A machine that this one surely is not.
inline Device made_up_device(const std::string& fingerprint = "00c0ffee00c0ffee") {
  Device device;
  device.fingerprint = fingerprint;
  device.cpu = "Made-up 9000";
  device.vendor = "GenuineTest";
  device.isa = Isa::kAvx2;
  device.cores = 64;
  device.l2 = {1 << 20};
  device.memory = {int64_t{1} << 34};
  return device;
}

// One record for each candidate of each problem, refusals included; times grow with the table.
inline void record_made_up(const std::filesystem::path& path, const Device& device,
                           const std::vector<Problem>& problems, const ProfileOptions& options,
                           const std::string& libraries = library_versions()) {
  auto store = open_store(path, StoreMode::kReadWrite);
  ASSERT_TRUE(store.ok()) << to_string(store.error());
  MachineContext context;
  context.timestamp = "2026-11-20T12:00:00Z";
  context.libraries = libraries;
  const auto session = (*store)->begin_session(device, context);
  ASSERT_TRUE(session.ok()) << to_string(session.error());
  std::vector<Measurement> rows;
  Rng rng(1);
  for (const Problem& problem : problems) {
    for (const Candidate& candidate : candidates(problem, {.threads = 1})) {
      if (candidate.primitive->info().view) continue;
      Measurement m;
      m.key = key_template(device, options);
      m.key.libraries = libraries;
      m.key.problem = to_string(problem);
      m.key.primitive = candidate.primitive->info().id;
      m.key.revision = candidate.primitive->info().revision;
      m.session = *session;
      if (const auto* no = std::get_if<Refused>(&candidate.applicability)) {
        m.status = MeasurementStatus::kRefused;
        m.reason = no->reason;
      } else {
        const double time = 1e-5 * (1 + rng.uniform(0, 1));
        m.runs_s.assign(8, time);
        m.median_s = time;
        m.grade = 'A';
      }
      rows.push_back(std::move(m));
    }
  }
  const Status appended = (*store)->append(rows);
  ASSERT_TRUE(appended.ok()) << to_string(appended.error());
}

}  // namespace kernwise::test
