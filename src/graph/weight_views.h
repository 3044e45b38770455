// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// An ONNX file is nearly all weights, and protobuf copies every byte it parses. So the raw data of
// the initialisers is found in the file first, by the wire format alone (protobuf.dev, "Encoding"),
// and protobuf is given the small rest.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kernwise::detail {

struct SplitModel {
  std::string skeleton;                                // a ModelProto without the large raw data
  std::vector<std::optional<std::string_view>> views;  // raw data taken out, per initialiser
};

// None if the bytes are not laid out as expected; protobuf then has the last word on them.
std::optional<SplitModel> split_weights(std::string_view model);

}  // namespace kernwise::detail
