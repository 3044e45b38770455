// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "network_builder.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

#include "kernwise/base/check.h"

namespace kernwise::detail {
namespace {

constexpr int64_t kOpset = 13;

// The largest of a window of rectified values has about this many times their power: 1.3 to 1.6
// where neighbours resemble each other, up to 5 right behind an input of noise.
constexpr double kMaxPoolPower = 2;
// Mean squares of sigmoid(x) and of x * sigmoid(x) for normally distributed x of variance 1.
constexpr double kSigmoidPower = 0.29, kSiluPower = 0.36;
// Biases are small beside what they are added to.
constexpr double kBiasShare = 0.1;

// Half of what is symmetric around zero is cut off. (ReLU6 meets values around one.)
double rectified(const BuiltTensor& x) { return x.positive + (x.power - x.positive) / 2; }

int64_t pooled(int64_t size, const PoolShape& shape) {
  const int64_t span = size + 2 * shape.padding - shape.kernel;
  int64_t count =
      (shape.ceil_mode ? (span + shape.stride - 1) / shape.stride : span / shape.stride) + 1;
  // A window must begin inside the image or its left padding (PyTorch and ONNX agree).
  if ((count - 1) * shape.stride >= size + shape.padding) --count;
  return count;
}

}  // namespace

NetworkBuilder::NetworkBuilder(std::string name, int64_t batch, uint64_t seed, WeightSource source)
    : batch_(batch), source_(source), rng_(seed) {
  network_.name = std::move(name);
  network_.opset = kOpset;
}

BuiltTensor NetworkBuilder::input(int64_t channels, int64_t size) {
  const std::string name = "input";
  network_.inputs.push_back({name, {batch_, channels, size, size}});
  return {.name = name, .c = channels, .h = size, .w = size};
}

// He et al., "Delving Deep into Rectifiers", ICCV 2015, eq. 10: deviation sqrt(2 / fan-in), which
// doubles the power; the ReLU behind it halves it again.
BuiltTensor NetworkBuilder::conv(const BuiltTensor& x, const std::string& name,
                                 const ConvShape& shape) {
  KERNWISE_CHECK(x.c % shape.groups == 0 && shape.oc % shape.groups == 0);
  const int64_t kh = shape.kernel, ph = shape.padding, icg = x.c / shape.groups;
  const bool square = shape.kernel_w == 0;
  const int64_t kw = square ? kh : shape.kernel_w, pw = square ? ph : shape.padding_w;
  const double fan_in = static_cast<double>(icg * kh * kw);
  const BuiltTensor out{name, shape.oc, (x.h + 2 * ph - kh) / shape.stride + 1,
                        (x.w + 2 * pw - kw) / shape.stride + 1, 2 * x.power};
  std::vector<std::string> inputs = {
      x.name, normal(name + ".weight", {shape.oc, icg, kh, kw}, 0, std::sqrt(2 / fan_in))};
  if (shape.bias) {
    inputs.push_back(normal(name + ".bias", {shape.oc}, 0, kBiasShare * std::sqrt(out.power)));
  }
  using Ints = std::vector<int64_t>;
  add_node("Conv", name, std::move(inputs),
           {{"dilations", Ints{1, 1}},
            {"group", shape.groups},
            {"kernel_shape", Ints{kh, kw}},
            {"pads", Ints{ph, pw, ph, pw}},
            {"strides", Ints{shape.stride, shape.stride}}});
  return out;
}

// Statistics around the ones that the expected input has, so the output's power is about one.
BuiltTensor NetworkBuilder::batch_norm(const BuiltTensor& x, const std::string& name,
                                       float epsilon) {
  const double deviation = std::sqrt(x.power);
  std::vector<std::string> inputs = {
      x.name, uniform(name + ".weight", x.c, 0.8, 1.2), normal(name + ".bias", {x.c}, 0, 0.1),
      normal(name + ".running_mean", {x.c}, 0, 0.1 * deviation),
      uniform(name + ".running_var", x.c, 0.8 * x.power, 1.2 * x.power)};
  add_node("BatchNormalization", name, std::move(inputs), {{"epsilon", epsilon}});
  return {name, x.c, x.h, x.w, 1};
}

BuiltTensor NetworkBuilder::relu(const BuiltTensor& x, const std::string& name) {
  add_node("Relu", name, {x.name});
  return {name, x.c, x.h, x.w, rectified(x), rectified(x)};
}

BuiltTensor NetworkBuilder::leaky_relu(const BuiltTensor& x, const std::string& name, float slope) {
  add_node("LeakyRelu", name, {x.name}, {{"alpha", slope}});
  const double kept = static_cast<double>(slope) * static_cast<double>(slope);
  return {name, x.c, x.h, x.w, x.positive + (x.power - x.positive) * (1 + kept) / 2, x.positive};
}

BuiltTensor NetworkBuilder::sigmoid(const BuiltTensor& x, const std::string& name) {
  add_node("Sigmoid", name, {x.name});
  return {name, x.c, x.h, x.w, kSigmoidPower, kSigmoidPower};
}

BuiltTensor NetworkBuilder::silu(const BuiltTensor& x, const std::string& name) {
  add_node("Sigmoid", name + ".sigmoid", {x.name});
  add_node("Mul", name, {x.name, name + ".sigmoid"});
  return {name, x.c, x.h, x.w, kSiluPower * x.power};
}

BuiltTensor NetworkBuilder::relu6(const BuiltTensor& x, const std::string& name) {
  const std::string low = "relu6.min", high = "relu6.max";
  network_.constants.try_emplace(low, ConstantTensor::floats({}, {0}));
  network_.constants.try_emplace(high, ConstantTensor::floats({}, {6}));
  add_node("Clip", name, {x.name, low, high});
  return {name, x.c, x.h, x.w, rectified(x), rectified(x)};
}

BuiltTensor NetworkBuilder::max_pool(const BuiltTensor& x, const std::string& name,
                                     const PoolShape& shape) {
  using Ints = std::vector<int64_t>;
  add_node("MaxPool", name, {x.name},
           {{"ceil_mode", int64_t{shape.ceil_mode}},
            {"kernel_shape", Ints{shape.kernel, shape.kernel}},
            {"pads", Ints(4, shape.padding)},
            {"strides", Ints{shape.stride, shape.stride}}});
  return {name,
          x.c,
          pooled(x.h, shape),
          pooled(x.w, shape),
          kMaxPoolPower * x.power,
          kMaxPoolPower * x.positive};
}

BuiltTensor NetworkBuilder::average_pool(const BuiltTensor& x, const std::string& name,
                                         const PoolShape& shape) {
  using Ints = std::vector<int64_t>;
  add_node("AveragePool", name, {x.name},
           {{"count_include_pad", int64_t{shape.count_padding}},
            {"kernel_shape", Ints{shape.kernel, shape.kernel}},
            {"pads", Ints(4, shape.padding)},
            {"strides", Ints{shape.stride, shape.stride}}});
  return {name, x.c, pooled(x.h, shape), pooled(x.w, shape), x.power, x.positive};
}

BuiltTensor NetworkBuilder::global_average_pool(const BuiltTensor& x, const std::string& name) {
  add_node("GlobalAveragePool", name, {x.name});
  return {name, x.c, 1, 1, x.power, x.positive};
}

BuiltTensor NetworkBuilder::add(const BuiltTensor& a, const BuiltTensor& b,
                                const std::string& name) {
  KERNWISE_CHECK(a.c == b.c && a.h == b.h && a.w == b.w);
  add_node("Add", name, {a.name, b.name});
  return {name, a.c, a.h, a.w, a.power + b.power, a.positive + b.positive};
}

BuiltTensor NetworkBuilder::multiply(const BuiltTensor& x, const BuiltTensor& factor,
                                     const std::string& name) {
  KERNWISE_CHECK(x.c == factor.c);
  add_node("Mul", name, {x.name, factor.name});
  return {name, x.c, x.h, x.w, x.power * factor.power, x.positive * factor.positive};
}

BuiltTensor NetworkBuilder::multiply(const BuiltTensor& x, float factor, const std::string& name) {
  const std::string constant = name + ".factor";
  network_.constants.emplace(constant, ConstantTensor::floats({}, {factor}));
  add_node("Mul", name, {x.name, constant});
  const double power = static_cast<double>(factor) * static_cast<double>(factor);
  return {name, x.c, x.h, x.w, power * x.power, power * x.positive};
}

BuiltTensor NetworkBuilder::enlarge(const BuiltTensor& x, const std::string& name, int64_t factor) {
  const auto scale = static_cast<float>(factor);
  network_.constants.emplace(name + ".scales", ConstantTensor::floats({4}, {1, 1, scale, scale}));
  add_node("Resize", name, {x.name, "", name + ".scales"},
           {{"coordinate_transformation_mode", std::string("asymmetric")},
            {"mode", std::string("nearest")},
            {"nearest_mode", std::string("floor")}});
  return {name, x.c, factor * x.h, factor * x.w, x.power, x.positive};
}

std::pair<BuiltTensor, BuiltTensor> NetworkBuilder::halves(const BuiltTensor& x,
                                                           const std::string& name) {
  KERNWISE_CHECK(x.c % 2 == 0);
  const std::string parts = ints(name + ".parts", {x.c / 2, x.c / 2});
  const BuiltTensor first{name + ".0", x.c / 2, x.h, x.w, x.power, x.positive};
  BuiltTensor second = first;
  second.name = name + ".1";
  network_.nodes.push_back(
      {"Split", name, {x.name, parts}, {first.name, second.name}, {{"axis", int64_t{1}}}});
  return {first, second};
}

BuiltTensor NetworkBuilder::channel_shuffle(const BuiltTensor& x, const std::string& name,
                                            int64_t groups) {
  const int64_t part = x.c / groups;
  add_node("Reshape", name + ".split",
           {x.name, ints(name + ".groups", {batch_, groups, part, x.h, x.w})});
  add_node("Transpose", name + ".swap", {name + ".split"},
           {{"perm", std::vector<int64_t>{0, 2, 1, 3, 4}}});
  add_node("Reshape", name, {name + ".swap", ints(name + ".shape", {batch_, x.c, x.h, x.w})});
  return {name, x.c, x.h, x.w, x.power, x.positive};
}

BuiltTensor NetworkBuilder::concat(const std::vector<BuiltTensor>& parts, const std::string& name) {
  BuiltTensor out{name, 0, parts.at(0).h, parts.at(0).w, 0};
  std::vector<std::string> inputs;
  for (const BuiltTensor& part : parts) {
    KERNWISE_CHECK(part.h == out.h && part.w == out.w);
    inputs.push_back(part.name);
    out.c += part.c;
    out.power += static_cast<double>(part.c) * part.power;
    out.positive += static_cast<double>(part.c) * part.positive;
  }
  out.power /= static_cast<double>(out.c);
  out.positive /= static_cast<double>(out.c);
  add_node("Concat", name, std::move(inputs), {{"axis", int64_t{1}}});
  return out;
}

BuiltTensor NetworkBuilder::flatten(const BuiltTensor& x, const std::string& name) {
  add_node("Flatten", name, {x.name}, {{"axis", int64_t{1}}});
  return {name, x.c * x.h * x.w, 1, 1, x.power, x.positive};
}

BuiltTensor NetworkBuilder::linear(const BuiltTensor& x, const std::string& name, int64_t outputs) {
  KERNWISE_CHECK(x.h == 1 && x.w == 1);
  const BuiltTensor out{name, outputs, 1, 1, 2 * x.power};
  const double deviation = std::sqrt(2 / static_cast<double>(x.c));
  std::vector<std::string> inputs = {
      x.name, normal(name + ".weight", {outputs, x.c}, 0, deviation),
      normal(name + ".bias", {outputs}, 0, kBiasShare * std::sqrt(out.power))};
  add_node("Gemm", name, std::move(inputs),
           {{"alpha", 1.0F}, {"beta", 1.0F}, {"transB", int64_t{1}}});
  return out;
}

Network NetworkBuilder::finish(const BuiltTensor& output) {
  network_.outputs = {output.name};
  return std::exchange(network_, {});
}

void NetworkBuilder::add_node(const std::string& op_type, const std::string& name,
                              std::vector<std::string> inputs,
                              std::map<std::string, Attribute> attributes) {
  network_.nodes.push_back({op_type, name, std::move(inputs), {name}, std::move(attributes)});
}

std::string NetworkBuilder::ints(std::string name, std::vector<int64_t> values) {
  const auto count = static_cast<int64_t>(values.size());
  network_.constants.emplace(name, ConstantTensor::ints({count}, std::move(values)));
  return name;
}

std::string NetworkBuilder::normal(std::string name, std::vector<int64_t> dims, double mean,
                                   double deviation) {
  return constant(std::move(name), std::move(dims),
                  [this, mean, deviation] { return mean + deviation * rng_.normal(); });
}

std::string NetworkBuilder::uniform(std::string name, int64_t count, double low, double high) {
  return constant(std::move(name), {count}, [this, low, high] { return rng_.uniform(low, high); });
}

template <typename Draw>
std::string NetworkBuilder::constant(std::string name, std::vector<int64_t> dims, Draw draw) {
  ConstantTensor tensor = ConstantTensor::filled(dims, 0);
  if (source_ == WeightSource::kSeeded) {
    // Drawn right into the tensor's bytes: the largest holds 400 MB and should lie there once.
    const auto count = static_cast<std::size_t>(tensor.elements());
    auto bytes = std::make_shared<std::string>(count * sizeof(float), '\0');
    for (std::size_t i = 0; i < count; ++i) {
      const auto value = static_cast<float>(draw());
      std::memcpy(bytes->data() + i * sizeof(float), &value, sizeof(float));
    }
    tensor = ConstantTensor::raw(DataType::kFloat32, std::move(dims), std::move(bytes));
  }
  const bool is_new = network_.constants.emplace(name, std::move(tensor)).second;
  KERNWISE_CHECK(is_new);
  return name;
}

}  // namespace kernwise::detail
