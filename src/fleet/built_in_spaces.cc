// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "built_in_spaces.h"

#include <fmt/format.h>

#include <array>

namespace kernwise {
namespace detail {
namespace {

// Dong & Yang 2020, arXiv:2001.00326. Positions and values as public tables have them.
DesignSpace nas_bench_201() {
  DesignSpace space{.name = "nb201",
                    .source = "NAS-Bench-201, Dong & Yang 2020, arXiv:2001.00326",
                    .builder = "nas-bench-201"};
  CellGraph graph;
  for (int to = 1; to < 4; ++to) {
    for (int from = 0; from < to; ++from) {
      graph.edges.push_back({to, from});
      space.positions.push_back(
          {.name = fmt::format("e{}{}", to, from),
           .choices = {"none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"}});
    }
  }
  space.graph = std::move(graph);
  return space;
}

// Wu et al. 2019, arXiv:1812.03443, table 2: 22 searched blocks, kernel, expansion and groups.
DesignSpace fbnet() {
  DesignSpace space{.name = "fbnet", .source = "FBNet, Wu et al. 2019, arXiv:1812.03443"};
  constexpr std::array<int, 7> kBlocks = {1, 4, 4, 4, 4, 4, 1};  // of each stage
  int block = 0;
  for (std::size_t stage = 0; stage < kBlocks.size(); ++stage) {
    for (int i = 0; i < kBlocks[stage]; ++i) {
      space.positions.push_back({.name = fmt::format("block{}", ++block),
                                 .stage = fmt::format("stage{}", stage + 1),
                                 .choices = {"k3_e1", "k3_e1_g2", "k3_e3", "k3_e6", "k5_e1",
                                             "k5_e1_g2", "k5_e3", "k5_e6", "skip"}});
    }
  }
  return space;
}

// Cai et al. 2020, arXiv:1908.09791, section 4.1: five units of two to four blocks.
DesignSpace ofa_mobilenet_v3() {
  DesignSpace space{.name = "ofa-mbv3",
                    .source = "Once-for-All on MobileNetV3, Cai et al. 2020, arXiv:1908.09791"};
  SpacePosition resolution{.name = "resolution", .kind = PositionKind::kResolution};
  for (int size = 128; size <= 224; size += 4) resolution.choices.push_back(std::to_string(size));
  space.positions.push_back(std::move(resolution));
  for (int unit = 1; unit <= 5; ++unit) {
    const std::string stage = fmt::format("unit{}", unit);
    const std::size_t depth = space.positions.size();
    space.positions.push_back({.name = stage + ".depth",
                               .stage = stage,
                               .kind = PositionKind::kDepth,
                               .choices = {"2", "3", "4"}});
    for (int block = 1; block <= 4; ++block) {
      const std::string name = fmt::format("{}.block{}", stage, block);
      const std::size_t first = space.positions.size();
      space.positions.push_back({.name = name + ".kernel",
                                 .stage = stage,
                                 .kind = PositionKind::kKernel,
                                 .choices = {"3", "5", "7"}});
      space.positions.push_back({.name = name + ".expansion",
                                 .stage = stage,
                                 .kind = PositionKind::kExpansion,
                                 .choices = {"3", "4", "6"}});
      if (block == 3) space.rules.push_back({{{depth, {0}}}, {first, first + 1}});
      if (block == 4) space.rules.push_back({{{depth, {0, 1}}}, {first, first + 1}});
    }
  }
  return space;
}

// Sandler et al. 2018, arXiv:1801.04381, table 2, around its own depths.
DesignSpace mobilenet_v2() {
  DesignSpace space{.name = "mobilenet-v2",
                    .source =
                        "MobileNetV2, Sandler et al. 2018, arXiv:1801.04381, with free "
                        "width, size, depths, kernels, expansions and bits of weights",
                    .builder = "mobilenet-v2"};
  space.positions = {{.name = "width",
                      .kind = PositionKind::kWidth,
                      .choices = {"0.35", "0.5", "0.75", "1.0", "1.3", "1.4"}},
                     {.name = "resolution",
                      .kind = PositionKind::kResolution,
                      .choices = {"96", "128", "160", "192", "224"}}};
  const std::array<std::vector<std::string>, 7> depths = {{{"1"},
                                                           {"1", "2", "3"},
                                                           {"2", "3", "4"},
                                                           {"2", "3", "4", "5"},
                                                           {"2", "3", "4"},
                                                           {"2", "3", "4"},
                                                           {"1"}}};
  for (std::size_t i = 0; i < depths.size(); ++i) {
    const std::string stage = fmt::format("stage{}", i + 1);
    const auto add = [&](const char* what, PositionKind kind, std::vector<std::string> choices) {
      space.positions.push_back({stage + what, stage, kind, std::move(choices)});
    };
    if (depths[i].size() > 1) add(".depth", PositionKind::kDepth, depths[i]);
    add(".kernel", PositionKind::kKernel, {"3", "5", "7"});
    if (i > 0) add(".expansion", PositionKind::kExpansion, {"3", "4", "6"});
    add(".bits", PositionKind::kBits, {"32", "8", "4"});
  }
  return space;
}

}  // namespace

std::optional<DesignSpace> built_in_space(std::string_view name) {
  if (name == "nb201") return nas_bench_201();
  if (name == "fbnet") return fbnet();
  if (name == "ofa-mbv3") return ofa_mobilenet_v3();
  if (name == "mobilenet-v2") return mobilenet_v2();
  return std::nullopt;
}

}  // namespace detail

const std::vector<std::string>& built_in_spaces() {
  static const std::vector<std::string> kNames = {"nb201", "fbnet", "ofa-mbv3", "mobilenet-v2"};
  return kNames;
}

}  // namespace kernwise
