// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/space.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernwise/base/check.h"

namespace kernwise {
namespace {

constexpr int64_t kMostCombinations = int64_t{1} << 62;

bool holds(const ChoiceCondition& condition, const Design& design) {
  return std::all_of(condition.begin(), condition.end(), [&](const auto& part) {
    const auto& [position, choices] = part;
    return std::find(choices.begin(), choices.end(), design[position]) != choices.end();
  });
}

std::string described(const DesignSpace& space, const ChoiceCondition& condition) {
  std::string text;
  for (const auto& [position, choices] : condition) {
    text += text.empty() ? "" : " and ";
    text += space.positions[position].name + " = ";
    for (std::size_t i = 0; i < choices.size(); ++i) {
      text += (i > 0 ? "/" : "") + space.positions[position].choices[choices[i]];
    }
  }
  return text;
}

std::vector<bool> inactive(const DesignSpace& space, const Design& design) {
  std::vector<bool> off(space.positions.size(), false);
  for (const SpaceRule& rule : space.rules) {
    if (rule.inactive.empty() || !holds(rule.when, design)) continue;
    for (const std::size_t position : rule.inactive) off[position] = true;
  }
  return off;
}

}  // namespace

std::string_view to_string(PositionKind kind) {
  switch (kind) {
    case PositionKind::kOperation: return "operation";
    case PositionKind::kWidth: return "width";
    case PositionKind::kDepth: return "depth";
    case PositionKind::kKernel: return "kernel";
    case PositionKind::kExpansion: return "expansion";
    case PositionKind::kResolution: return "resolution";
    case PositionKind::kBits: return "bits";
  }
  return "operation";
}

std::optional<int64_t> combinations(const DesignSpace& space) {
  int64_t count = 1;
  for (const SpacePosition& position : space.positions) {
    const auto choices = static_cast<int64_t>(position.choices.size());
    if (count > kMostCombinations / choices) return std::nullopt;
    count *= choices;
  }
  return count;
}

Design design_at(const DesignSpace& space, int64_t index) {
  Design design(space.positions.size());
  for (std::size_t i = design.size(); i-- > 0;) {
    const auto choices = static_cast<int64_t>(space.positions[i].choices.size());
    design[i] = static_cast<uint16_t>(index % choices);
    index /= choices;
  }
  KERNWISE_CHECK(index == 0);
  return design;
}

int64_t index_of(const DesignSpace& space, const Design& design) {
  int64_t index = 0;
  for (std::size_t i = 0; i < design.size(); ++i) {
    index = index * static_cast<int64_t>(space.positions[i].choices.size()) + design[i];
  }
  return index;
}

std::string objection(const DesignSpace& space, const Design& design) {
  if (design.size() != space.positions.size()) {
    return fmt::format("{} choices, but {} has {} positions", design.size(), space.name,
                       space.positions.size());
  }
  for (std::size_t i = 0; i < design.size(); ++i) {
    const SpacePosition& position = space.positions[i];
    if (design[i] >= position.choices.size()) {
      return fmt::format("{} has no choice {}", position.name, design[i]);
    }
  }
  for (const SpaceRule& rule : space.rules) {
    if (rule.inactive.empty() && holds(rule.when, design)) {
      return "forbidden together: " + described(space, rule.when);
    }
  }
  return {};
}

Design canonical(const DesignSpace& space, Design design) {
  const std::vector<bool> off = inactive(space, design);
  for (std::size_t i = 0; i < design.size(); ++i) {
    if (off[i]) design[i] = 0;
  }
  return design;
}

std::size_t one_hot_size(const DesignSpace& space) {
  std::size_t size = 0;
  for (const SpacePosition& position : space.positions) size += position.choices.size();
  return size;
}

void one_hot(const DesignSpace& space, const Design& design, float* to) {
  const std::vector<bool> off = inactive(space, design);
  for (std::size_t i = 0; i < design.size(); ++i) {
    const std::size_t choices = space.positions[i].choices.size();
    std::fill(to, to + choices, 0.0F);
    if (!off[i]) to[design[i]] = 1;
    to += choices;
  }
}

}  // namespace kernwise
