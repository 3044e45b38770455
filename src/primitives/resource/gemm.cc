// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "resource/variants.h"

namespace kernwise::detail {
namespace {

std::variant<Launch, Refused> plan(const Problem& problem, std::string_view kernel) {
  const GemmProblem& p = *problem.as<GemmProblem>();
  Launch launch{.program = "gemm",
                .kernel = kernel,
                .groups = {groups_of(p.n, kTile), groups_of(p.m, kTile), 1},
                .group = {kTile, kTile, 1},
                .sizes = {}};
  if (std::string reason = too_large(problem, launch); !reason.empty()) return Refused{reason};
  launch.sizes = {static_cast<int32_t>(p.m), static_cast<int32_t>(p.n), static_cast<int32_t>(p.k)};
  return launch;
}

}  // namespace

std::vector<DeviceVariant> gemm_variants() {
  return {{"gemm-tiled", "local-memory", ProblemKind::kGemm,
           [](const Problem& problem) { return plan(problem, "gemm_tiled"); }},
          {"gemm-global", "global-memory", ProblemKind::kGemm,
           [](const Problem& problem) { return plan(problem, "gemm_global"); }}};
}

}  // namespace kernwise::detail
