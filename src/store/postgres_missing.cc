// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// In place of all postgres_*.cc in a build without libpqxx.
#include "kernwise/store/jobs.h"
#include "kernwise/store/store.h"

namespace kernwise {
namespace {

Error not_built(const std::string& location) {
  return unsupported("this kernwise was built without PostgreSQL",
                     "install libpqxx-dev and build again, or give a file with --store")
      .within(shown_location(location));
}

}  // namespace

Result<std::unique_ptr<Store>> open_postgres_store(const std::string& location, StoreMode) {
  return not_built(location);
}

Result<std::unique_ptr<JobQueue>> open_postgres_jobs(const std::string& location, Seconds,
                                                     const StopFlag*) {
  return not_built(location);
}

}  // namespace kernwise
