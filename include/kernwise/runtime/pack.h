// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A pack: a plan, the layers that it is for, and their weights, in one file (docs/formats/pack.md).
// Weights are folded already, so that whoever runs a pack needs no ONNX reader, no store and no
// solver: the runtime alone (libkernwise-run). Its outputs are bit for bit those of the plan run
// from the ONNX file.
// Thread-safety: pure functions.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/select/plan.h"

namespace kernwise {

struct Pack {
  LayerGraph graph;
  Plan plan;
};

// Largest file, and most bytes that all tensors of a run may take together.
inline constexpr Bytes kMaxPack{int64_t{8} << 30};

// The plan must be one of this graph. kInternal if it would not read back.
Result<std::string> pack_bytes(const LayerGraph& graph, const Plan& plan);
// Untrusted bytes: anything that is not a whole pack of this version, whose graph is not in order,
// or whose plan does not fit it, is kInvalidInput. Nothing is allocated that the bytes do not hold;
// tensors of a run beyond `limit` are refused.
Result<Pack> parse_pack(std::string_view bytes, Bytes limit = kMaxPack);

bool is_pack(std::string_view bytes);  // by its first bytes
bool is_pack_file(const std::filesystem::path& path);
Status save_pack(const LayerGraph& graph, const Plan& plan, const std::filesystem::path& path);
Result<Pack> load_pack(const std::filesystem::path& path, Bytes limit = kMaxPack);

}  // namespace kernwise
