// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "resource/variants.h"

namespace kernwise::detail {
namespace {

// The local memory of matconv_tiled holds the 32 x 32 pixels that 16 x 16 results need then.
constexpr int64_t kLargestTiledKernel = 17;

std::variant<Launch, Refused> plan(const Problem& problem, std::string_view kernel) {
  const MatconvProblem& p = *problem.as<MatconvProblem>();
  Launch launch{.program = "matconv",
                .kernel = kernel,
                .groups = {groups_of(p.ow(), kTile), groups_of(p.oh(), kTile), 1},
                .group = {kTile, kTile, 1},
                .sizes = {}};
  if (std::string reason = too_large(problem, launch); !reason.empty()) return Refused{reason};
  launch.sizes = {static_cast<int32_t>(p.h), static_cast<int32_t>(p.w),
                  static_cast<int32_t>(p.oh()), static_cast<int32_t>(p.ow()),
                  static_cast<int32_t>(p.r)};
  return launch;
}

std::variant<Launch, Refused> plan_tiled(const Problem& problem) {
  if (const int64_t r = problem.as<MatconvProblem>()->r; r > kLargestTiledKernel)
    return Refused{"kernel " + std::to_string(r) + "x" + std::to_string(r) +
                   ": the tile in local memory is for kernels up to 17x17"};
  return plan(problem, "matconv_tiled");
}

}  // namespace

std::vector<DeviceVariant> matconv_variants() {
  return {{"matconv-tiled", "local-memory", ProblemKind::kMatconv, plan_tiled},
          {"matconv-global", "global-memory", ProblemKind::kMatconv,
           [](const Problem& problem) { return plan(problem, "matconv_global"); }}};
}

}  // namespace kernwise::detail
