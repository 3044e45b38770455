// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// First step of every command that takes a model: read, infer shapes, lower.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/graph/network.h"
#include "kernwise/graph/onnx.h"

namespace kernwise {

struct LoadedModel {
  std::filesystem::path path;
  Network network;
  LayerGraph graph;
};

Result<LoadedModel> load_model(const std::filesystem::path& path, const OnnxOptions& options,
                               const LoweringOptions& lowering = {});

// Gives back the weights and with them the file's bytes: for when executors have packed what they
// need. Layers, shapes and names stay.
void drop_weights(LoadedModel& model);

// Every distinct problem that planning this graph needs a cost for: its layers' problems in order
// of first use, then the layout transforms of its values.
std::vector<Problem> problems_of(const LayerGraph& graph);

}  // namespace kernwise
