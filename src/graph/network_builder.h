// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Writes a network node by node, in the words of its published definition. Each call adds one node
// with its constants and gives the tensor that comes out; nodes and tensors share their names,
// parameters are called as in the definition's framework ("layer1.0.conv1.weight").
//
// Beside its shape a tensor carries `power`, the mean square that its values are expected to have,
// and how much of it belongs to parts that are never negative and pass the next ReLU whole. With it
// BatchNormalization statistics are drawn such that signals keep their size through any depth, as
// in a trained network.
// Thread-safety: one builder per thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/graph/network.h"

namespace kernwise::detail {

// A tensor [batch, c, h, w] of the network being built.
struct BuiltTensor {
  std::string name;
  int64_t c = 1, h = 1, w = 1;
  double power = 1;
  double positive = 0;  // part of the power
};

struct ConvShape {
  int64_t oc = 1;
  int64_t kernel = 1;  // of the height
  int64_t stride = 1;  // along both
  int64_t padding = 0;
  int64_t groups = 1;
  bool bias = true;
  int64_t kernel_w = 0;  // 0: square, padding too
  int64_t padding_w = 0;
};

struct PoolShape {
  int64_t kernel = 2;
  int64_t stride = 2;
  int64_t padding = 0;
  bool ceil_mode = false;
  bool count_padding = true;  // of an average: as zeros, PyTorch's default
};

// kNone leaves all weights zero: enough to count and to infer shapes, without the time and memory.
enum class WeightSource { kSeeded, kNone };

class NetworkBuilder {
 public:
  NetworkBuilder(std::string name, int64_t batch, uint64_t seed,
                 WeightSource source = WeightSource::kSeeded);

  BuiltTensor input(int64_t channels, int64_t size);
  BuiltTensor conv(const BuiltTensor& x, const std::string& name, const ConvShape& shape);
  BuiltTensor batch_norm(const BuiltTensor& x, const std::string& name, float epsilon);
  BuiltTensor relu(const BuiltTensor& x, const std::string& name);
  BuiltTensor leaky_relu(const BuiltTensor& x, const std::string& name, float slope);
  BuiltTensor sigmoid(const BuiltTensor& x, const std::string& name);
  BuiltTensor silu(const BuiltTensor& x, const std::string& name);   // x * sigmoid(x), two nodes
  BuiltTensor relu6(const BuiltTensor& x, const std::string& name);  // Clip to [0, 6]
  BuiltTensor max_pool(const BuiltTensor& x, const std::string& name, const PoolShape& shape);
  BuiltTensor average_pool(const BuiltTensor& x, const std::string& name, const PoolShape& shape);
  BuiltTensor global_average_pool(const BuiltTensor& x, const std::string& name);
  BuiltTensor add(const BuiltTensor& a, const BuiltTensor& b, const std::string& name);
  // The factor may be [n, c, 1, 1].
  BuiltTensor multiply(const BuiltTensor& x, const BuiltTensor& factor, const std::string& name);
  BuiltTensor multiply(const BuiltTensor& x, float factor, const std::string& name);
  // Pixels repeated `factor` times along both sides.
  BuiltTensor enlarge(const BuiltTensor& x, const std::string& name, int64_t factor);
  // Two halves of the channels.
  std::pair<BuiltTensor, BuiltTensor> halves(const BuiltTensor& x, const std::string& name);
  BuiltTensor channel_shuffle(const BuiltTensor& x, const std::string& name, int64_t groups);
  BuiltTensor concat(const std::vector<BuiltTensor>& parts, const std::string& name);
  BuiltTensor flatten(const BuiltTensor& x, const std::string& name);
  BuiltTensor linear(const BuiltTensor& x, const std::string& name, int64_t outputs);

  // The network that ends in `output`; the builder is empty afterwards.
  Network finish(const BuiltTensor& output);

 private:
  void add_node(const std::string& op_type, const std::string& name,
                std::vector<std::string> inputs, std::map<std::string, Attribute> attributes = {});
  // Adds a constant of independent values mean + deviation * normal and gives its name.
  std::string normal(std::string name, std::vector<int64_t> dims, double mean, double deviation);
  std::string uniform(std::string name, int64_t count, double low, double high);
  std::string ints(std::string name, std::vector<int64_t> values);
  template <typename Draw>
  std::string constant(std::string name, std::vector<int64_t> dims, Draw draw);

  Network network_;
  int64_t batch_;
  WeightSource source_;
  Rng rng_;
};

}  // namespace kernwise::detail
