// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A design space: what may be chosen, position by position. Spaces are data
// (docs/formats/space.md); four are built in. A design is one choice index per position, in the
// order of the positions.
//
// Rules say which designs are valid. `forbid`: no design may have all of these choices together.
// `inactive`: while the condition holds, the named positions mean nothing (the kernel of a block
// that a smaller depth leaves out); their choice is then 0 by convention, see canonical().
//
// A space with a `graph` is a cell: position i is the operation on edge i, so different designs may
// be the same network. cell_identity() tells them apart, cell_features() sees paths, not positions.
//
// Thread-safety: plain values and pure functions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"

namespace kernwise {

using Design = std::vector<uint16_t>;

inline constexpr std::size_t kMaxChoices = 64;      // of one position
inline constexpr std::size_t kMaxPositions = 1024;  // of a space

// What a position is about. kBits is a quantisation policy: bits of the weights of its stage.
enum class PositionKind : uint8_t {
  kOperation = 0,
  kWidth = 1,
  kDepth = 2,
  kKernel = 3,
  kExpansion = 4,
  kResolution = 5,
  kBits = 6,
};
std::string_view to_string(PositionKind kind);  // "operation", "width", ...

struct SpacePosition {
  std::string name = {};   // "e10", "stage3.depth"; the column's name in tables
  std::string stage = {};  // "stage3"; may be empty
  PositionKind kind = PositionKind::kOperation;
  std::vector<std::string> choices = {};  // labels; for the numeric kinds they are numbers
  bool operator==(const SpacePosition&) const = default;
};

// position index -> choice indices, any of which satisfies it.
using ChoiceCondition = std::map<std::size_t, std::vector<uint16_t>>;

struct SpaceRule {
  ChoiceCondition when;               // all of these hold
  std::vector<std::size_t> inactive;  // positions; empty: such a design is forbidden
  bool operator==(const SpaceRule&) const = default;
};

struct CellGraph {
  struct Edge {
    int to = 1, from = 0;
    bool operator==(const Edge&) const = default;
  };
  std::vector<Edge>
      edges;  // one per position, to > from; node 0 is the input, the largest the output
  uint16_t zero = 0, identity = 1;  // choices that are no edge, and an edge without an operation
  bool operator==(const CellGraph&) const = default;
};

struct DesignSpace {
  std::string name = {};
  std::string source = {};   // where it is defined; for people
  std::string builder = {};  // "nas-bench-201", "mobilenet-v2": designs can be written as ONNX
  std::vector<SpacePosition> positions = {};
  std::vector<SpaceRule> rules = {};
  std::optional<CellGraph> graph = {};
  bool operator==(const DesignSpace&) const = default;
};

// "nb201", "fbnet", "ofa-mbv3", "mobilenet-v2".
const std::vector<std::string>& built_in_spaces();
// A built-in name, or a file. kInvalidInput names the line of the format that is broken.
Result<DesignSpace> load_space(const std::string& name_or_file);
Result<DesignSpace> parse_space(std::string_view text);
std::string space_text(const DesignSpace& space);  // what parse_space reads

// The number of combinations, whether valid or not; nullopt beyond 2^62.
std::optional<int64_t> combinations(const DesignSpace& space);
// Counts as written numbers do, the first position being the most significant digit.
Design design_at(const DesignSpace& space, int64_t index);
int64_t index_of(const DesignSpace& space, const Design& design);

// Empty if valid; otherwise what is wrong.
std::string objection(const DesignSpace& space, const Design& design);
// Inactive positions set to 0: two designs with the same canonical form are the same network as far
// as rules tell.
Design canonical(const DesignSpace& space, Design design);

// "|nor_conv_3x3~0|+|..." for NAS-Bench-201, "width=1 resolution=224 ..." for others.
std::string design_string(const DesignSpace& space, const Design& design);
Result<Design> parse_design(const DesignSpace& space, std::string_view text);

// Length of the one-hot code: choices of all positions.
std::size_t one_hot_size(const DesignSpace& space);
// to[one_hot_size]. Inactive positions are all zero.
void one_hot(const DesignSpace& space, const Design& design, float* to);

// For spaces with a graph.
// Equal for cells whose expressions are the same once zero edges and what they cut off are dropped,
// identities contracted and summands sorted. As in NAS-Bench-201's own identity, an operation whose
// result is used twice looks like two equal operations. Text.
std::string cell_identity(const DesignSpace& space, const Design& design);

// The design without the edges that lie on no path from input to output.
Design without_dead_edges(const DesignSpace& space, Design design);

// What a regressor sees of a design. With a graph: counts of the operation sequences along all
// paths from input to output, of live operations, depths. Without: the numeric choices. One-hot
// code first in both. Same length for all designs of a space.
std::vector<float> design_features(const DesignSpace& space, const Design& design);

}  // namespace kernwise
