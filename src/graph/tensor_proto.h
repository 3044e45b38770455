// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Tensors of an ONNX file. Only files of this room include protobuf's headers.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/network.h"

namespace kernwise::detail {

// Where tensors may take their bytes from, and how many they may take together.
struct TensorSource {
  std::filesystem::path folder;  // of external data; empty: there is none
  Bytes limit;
  Bytes used;                   // so far
  std::string external_hashes;  // of the external bytes read so far; goes into the content hash
  bool weights = true;          // OnnxOptions::weights
};

// What is left out where weights are: no shape depends on so many floats.
bool is_large_weight(DataType type, Bytes size);

// Moves the bytes out of the message where it can. The declared size is checked against the limit
// first and against the bytes that are there second; errors name the tensor. `raw` is given where
// the raw data was taken out of the message beforehand; `owner` keeps it alive, or it is copied.
Result<ConstantTensor> take_tensor(onnx::TensorProto& proto, TensorSource& source,
                                   std::optional<std::string_view> raw = {},
                                   std::shared_ptr<const void> owner = {});

// The other way round; kUnsupported for types that are carried but not understood.
Status put_tensor(const ConstantTensor& tensor, const std::string& name, onnx::TensorProto& proto);
// All but the bytes, for a writer that places those itself.
Status put_tensor_header(const ConstantTensor& tensor, const std::string& name,
                         onnx::TensorProto& proto);
std::string tensor_bytes(const ConstantTensor& tensor);  // little-endian, a fill expanded

}  // namespace kernwise::detail
