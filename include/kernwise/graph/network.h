// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A network as its file states it: nodes with operator names and attributes, in file order, nothing
// rewritten. Training and pruning need exactly this; planning works on a LayerGraph made from it
// (layer_graph.h).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"

namespace kernwise {

// The values are ONNX's. Types without a name here are carried through under their ONNX value (so
// that a message can name them) but nothing computes with them; kOther stands for none at all.
enum class DataType : uint8_t { kOther = 0, kFloat32 = 1, kInt32 = 6, kInt64 = 7, kBool = 9 };
std::string to_string(DataType type);  // "float32", "float16", "type 77"

// A tensor known before the run. Its bytes are shared and never change; a constant fill
// (ConstantOfShape) stays one value until somebody asks for the floats, so that opening a network
// costs nothing for weights that planning never looks at.
class ConstantTensor {
 public:
  ConstantTensor() = default;
  static ConstantTensor floats(std::vector<int64_t> dims, std::vector<float> values);
  static ConstantTensor ints(std::vector<int64_t> dims, std::vector<int64_t> values);
  static ConstantTensor filled(std::vector<int64_t> dims, float value);
  // `bytes` little-endian float32, int32, int64 or bool, exactly elements() of them; of any other
  // type they are opaque.
  static ConstantTensor raw(DataType type, std::vector<int64_t> dims,
                            std::shared_ptr<const std::string> bytes);
  // The same with bytes that live inside something larger, such as the file they were read in.
  static ConstantTensor view(DataType type, std::vector<int64_t> dims, std::string_view bytes,
                             std::shared_ptr<const void> owner);
  // The same values under other dims with as many elements; bytes are shared.
  ConstantTensor reshaped(std::vector<int64_t> dims) const;

  DataType type() const { return type_; }
  const std::vector<int64_t>& dims() const { return dims_; }
  // Both stop at the largest int64 instead of overflowing, so that a size from an untrusted file
  // can be compared with a limit.
  int64_t elements() const;
  Bytes bytes() const;  // of the expanded tensor

  // Expanded copies. CHECKs on the type; ask type() first.
  std::vector<float> to_floats() const;     // float32
  std::vector<int64_t> to_ints() const;     // int64, int32, bool
  std::optional<float> fill_value() const;  // set for filled() only
  std::string_view raw_bytes() const;       // as given; empty for a fill

 private:
  DataType type_ = DataType::kOther;
  std::vector<int64_t> dims_;
  std::string_view bytes_;
  std::shared_ptr<const void> owner_;  // of the bytes; null for a fill
  float fill_ = 0;
};

// An attribute that no supported operator has ("graph", "strings", ...): it is there, not read.
struct OpaqueAttribute {
  std::string kind;
};
using Attribute = std::variant<int64_t, float, std::string, std::vector<int64_t>,
                               std::vector<float>, ConstantTensor, OpaqueAttribute>;

struct Node {
  std::string op_type;              // "Conv"; of another domain: "com.example.Conv"
  std::string name;                 // may be empty in the file; the reader then makes "Conv_12"
  std::vector<std::string> inputs;  // value names; "" = optional input left out
  std::vector<std::string> outputs;
  std::map<std::string, Attribute> attributes;
};

struct ValueShape {
  std::string name;
  std::vector<int64_t> dims;  // all known and >= 0 after reading (symbolic ones need --shape)
};

struct Network {
  std::string name;
  int64_t opset = 13;
  std::vector<ValueShape> inputs;  // those without an initialiser, in file order
  std::vector<std::string> outputs;
  std::vector<Node> nodes;  // topological order, stable with respect to the file
  std::map<std::string, ConstantTensor> constants;  // initialisers
  std::string content_hash;  // of the file's bytes and the shapes given; "" if built in memory
};

// Shape and, where it can be known without running the network, value of every tensor.
struct InferredValue {
  DataType type = DataType::kFloat32;
  std::vector<int64_t> dims;
  std::optional<ConstantTensor> constant;
};
using InferredValues = std::map<std::string, InferredValue>;

// The one shape inference. Handles the operators of supported_operators() for opsets 7 to 23; any
// other operator, attribute or rank is collected, and all are reported in one kUnsupported error
// with node names. Inconsistent shapes are kInvalidInput and name the node.
// No tensor larger than `limit` is ever accepted (declared or inferred).
Result<InferredValues> infer_shapes(const Network& network, Bytes limit);

// Sorted names of the operators kernwise understands.
const std::vector<std::string>& supported_operators();

}  // namespace kernwise
