// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Workers as processes of their own on a real server, killed at random moments and started again,
// while the server crashes under them. The jobs measure nothing; each brings three records.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "store/postgres_server.h"

namespace kernwise {

struct TrialOptions {
  int workers = 8;
  int jobs = 2000;
  int kills = 50;
  int crashes = 1;  // of the server
  int cuts = 0;     // of every connection at once
  uint64_t seed = 1;
};

struct TrialCounts {
  int64_t accepted = 0;       // results
  int64_t lost = 0;           // jobs without one
  int64_t doubled = 0;        // accepted results beyond the first of a job
  int64_t wrong_records = 0;  // jobs whose records are not there exactly once
  int64_t repeated = 0;       // jobs that were taken more than once
  int64_t late = 0;
  int kills = 0, crashes = 0, cuts = 0;
  int failed_workers = 0;  // that ended by themselves with an error
  double seconds = 0;
};
std::ostream& operator<<(std::ostream& out, const TrialCounts& counts);

TrialCounts run_trial(PostgresServer& server, const std::string& location,
                      const TrialOptions& options);

}  // namespace kernwise
