// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/store/jobs.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace kernwise {
namespace {

constexpr std::array<std::string_view, kJobStates> kStates = {"waiting", "leased", "done", "failed",
                                                              "cancelled"};
constexpr std::size_t kMostBytes = std::size_t{16} << 20;

using Json = nlohmann::ordered_json;

bool texts(const Json& json, std::vector<std::string>& into) {
  if (!json.is_array()) return false;
  for (const Json& text : json) {
    if (!text.is_string()) return false;
    into.push_back(text.get<std::string>());
  }
  return true;
}

}  // namespace

std::string_view to_string(JobState state) { return kStates[static_cast<std::size_t>(state)]; }

std::optional<JobState> parse_job_state(std::string_view text) {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (kStates[i] == text) return static_cast<JobState>(i);
  }
  return std::nullopt;
}

std::string to_json_text(const JobWork& work) {
  const Json json = {{"problems", work.problems},
                     {"primitives", work.primitives},
                     {"budget_s", work.budget.value},
                     {"every_candidate", work.every_candidate},
                     {"seed", work.seed}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<JobWork> parse_job_work(const std::string& text) {
  const auto refuse = [](const char* what) {
    return invalid_input(std::string("the job is not one that this kernwise knows: ") + what,
                         "use the release that added it, or add it again with this one");
  };
  if (text.size() > kMostBytes) return refuse("it is larger than 16 MiB");
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return refuse("it is no JSON object");
  for (const char* key : {"problems", "primitives", "budget_s", "every_candidate", "seed"}) {
    if (!json.contains(key)) return refuse(key);
  }
  JobWork work;
  if (!texts(json["problems"], work.problems)) return refuse("problems");
  if (!texts(json["primitives"], work.primitives)) return refuse("primitives");
  if (!json["budget_s"].is_number()) return refuse("budget_s");
  work.budget.value = json["budget_s"].get<double>();
  if (!std::isfinite(work.budget.value) || work.budget.value < 0) return refuse("budget_s");
  if (!json["every_candidate"].is_boolean()) return refuse("every_candidate");
  work.every_candidate = json["every_candidate"].get<bool>();
  if (!json["seed"].is_number_unsigned()) return refuse("seed");
  work.seed = json["seed"].get<uint64_t>();
  return work;
}

Result<std::unique_ptr<JobQueue>> open_jobs(const std::string& location, Seconds patience,
                                            const StopFlag* stop) {
  if (!is_database_location(location)) {
    return invalid_input("jobs need a store that machines can share",
                         "--store postgresql://host/database (docs/shared_stores.md)")
        .within(location);
  }
  return open_postgres_jobs(location, patience, stop);
}

}  // namespace kernwise
