// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The results of `kernwise db`, `kernwise jobs` and `kernwise worker`.
#pragma once

#include <string>
#include <vector>

#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "kernwise/store/compare.h"
#include "kernwise/store/jobs.h"
#include "kernwise/workflow/worker.h"

namespace kernwise {

// What came from one place (a store or a CSV file).
struct MergedSource {
  std::string location;
  MergeSummary summary;
};
// `action`: "merge" or "import".
std::string merge_json(const std::string& action, const std::string& target,
                       const std::vector<MergedSource>& sources, const Envelope& envelope);
std::string merge_text(const std::string& target, const std::vector<MergedSource>& sources,
                       const TextStyle& style);

std::string export_json(const std::string& file, int64_t records, const Envelope& envelope);

std::string statistics_json(const StoreStatistics& statistics, const Envelope& envelope);
std::string statistics_text(const StoreStatistics& statistics, const TextStyle& style);

struct DiffReport {
  std::string left, right;  // locations
  StoreDifference difference;
};
std::string diff_json(const DiffReport& diff, const Envelope& envelope);
std::string diff_text(const DiffReport& diff, const TextStyle& style);

struct NearestReport {
  Device device;  // that was asked for
  std::vector<DeviceNeighbour> neighbours;
};
std::string nearest_json(const NearestReport& nearest, const Envelope& envelope);
std::string nearest_text(const NearestReport& nearest, const TextStyle& style);

// `action`: "add", "retry" or "cancel"; `jobs`: how many it concerned.
std::string jobs_changed_json(const std::string& action, int64_t jobs, const JobCounts& counts,
                              const Envelope& envelope);
std::string jobs_changed_text(const std::string& action, int64_t jobs, const JobCounts& counts);
std::string jobs_json(const std::vector<JobInfo>& jobs, const JobCounts& counts,
                      const Envelope& envelope);
std::string jobs_text(const std::vector<JobInfo>& jobs, const JobCounts& counts,
                      const TextStyle& style);

std::string worker_json(const WorkerOutcome& outcome, const Envelope& envelope);
std::string worker_text(const WorkerOutcome& outcome, const TextStyle& style);

}  // namespace kernwise
