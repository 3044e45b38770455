// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// ONNX files in and out. Reading accepts opset 7 to whatever the protobuf can carry, initialisers
// inline or as external data, and never rewrites the graph. The bytes are untrusted: sizes are
// checked against the limit before anything is allocated, external files must lie inside the
// model's folder, cycles and dangling names are errors.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/network.h"

namespace kernwise {

struct OnnxOptions {
  // Concrete shapes for graph inputs, by input name (from --shape name:1,3,224,224).
  std::map<std::string, std::vector<int64_t>> shapes;
  // Upper bound for the bytes of all tensors of the model together, weights included, and for
  // any single inferred tensor; and, apart from these, for the file's nodes, names and numbers as
  // objects. The largest zoo network (vgg19) needs 0.6 GiB.
  Bytes max_model_memory{int64_t{8} << 30};
  // Graph inputs whose values are known: they become constants, of whatever type they are.
  std::map<std::string, ConstantTensor> constants = {};
  // False, for who needs shapes alone: large float weights are not read, they become zeros, and
  // content_hash stays empty. The file is mapped meanwhile; it must not shrink while it is read.
  bool weights = true;
};

Result<Network> read_onnx(const std::filesystem::path& path, const OnnxOptions& options = {});
// From memory; `folder` is where external data lies (empty: external data is an error).
Result<Network> parse_onnx(std::string_view bytes, const std::filesystem::path& folder,
                           const OnnxOptions& options = {});

// Writes opset `network.opset`, IR version 8, initialisers inline (raw little-endian).
Status write_onnx(const Network& network, const std::filesystem::path& path);

// A bare TensorProto file (the expected outputs of the ONNX backend tests).
Result<ConstantTensor> read_tensor_proto(const std::filesystem::path& path, Bytes limit);

}  // namespace kernwise
