// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "resource/variants.h"

namespace kernwise::detail {
namespace {

// The local memory of pool_tiled: what 16 x 16 results look at must fit into 48 x 48 pixels.
constexpr int64_t kTileSide = 48;

std::variant<Launch, Refused> plan(const Problem& problem, std::string_view kernel) {
  const PoolProblem& p = *problem.as<PoolProblem>();
  if (p.kind != PoolKind::kMax) return Refused{"computes the maximum only"};
  Launch launch{.program = "pool",
                .kernel = kernel,
                .groups = {groups_of(p.ow(), kTile), groups_of(p.oh(), kTile), p.n * p.c},
                .group = {kTile, kTile, 1},
                .sizes = {}};
  if (std::string reason = too_large(problem, launch); !reason.empty()) return Refused{reason};
  for (const int64_t size : {p.ih, p.iw, p.oh(), p.ow(), p.kh, p.kw, p.sh, p.sw, p.pt, p.pl}) {
    if (size > int64_t{1} << 20) return Refused{"too large: a size is above 2^20"};
    launch.sizes.push_back(static_cast<int32_t>(size));
  }
  return launch;
}

std::variant<Launch, Refused> plan_tiled(const Problem& problem) {
  const PoolProblem& p = *problem.as<PoolProblem>();
  if ((kTile - 1) * p.sh + p.kh > kTileSide || (kTile - 1) * p.sw + p.kw > kTileSide)
    return Refused{"the window and stride of 16x16 results reach beyond the tile of 48x48 pixels"};
  return plan(problem, "pool_tiled");
}

}  // namespace

std::vector<DeviceVariant> pool_variants() {
  return {{"pool-tiled", "local-memory", ProblemKind::kPool, plan_tiled},
          {"pool-global", "global-memory", ProblemKind::kPool,
           [](const Problem& problem) { return plan(problem, "pool_global"); }}};
}

}  // namespace kernwise::detail
