// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "resource/variants.h"

namespace kernwise::detail {
namespace {

constexpr int64_t kRowsOfAGroup = 64;  // in gemv_global, which has one work-item for a row

std::variant<Launch, Refused> plan(const Problem& problem, Launch launch) {
  const GemvProblem& p = *problem.as<GemvProblem>();
  if (std::string reason = too_large(problem, launch); !reason.empty()) return Refused{reason};
  launch.sizes = {static_cast<int32_t>(p.m), static_cast<int32_t>(p.n)};
  return launch;
}

std::variant<Launch, Refused> plan_local(const Problem& problem) {
  return plan(problem, {.program = "gemv",
                        .kernel = "gemv_local",
                        .groups = {groups_of(problem.as<GemvProblem>()->m, kTile), 1, 1},
                        .group = {kTile, kTile, 1},
                        .sizes = {}});
}

std::variant<Launch, Refused> plan_global(const Problem& problem) {
  return plan(problem, {.program = "gemv",
                        .kernel = "gemv_global",
                        .groups = {groups_of(problem.as<GemvProblem>()->m, kRowsOfAGroup), 1, 1},
                        .group = {kRowsOfAGroup, 1, 1},
                        .sizes = {}});
}

}  // namespace

std::vector<DeviceVariant> gemv_variants() {
  return {{"gemv-local", "local-memory", ProblemKind::kGemv, plan_local},
          {"gemv-global", "global-memory", ProblemKind::kGemv, plan_global}};
}

}  // namespace kernwise::detail
