// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "kernwise/base/check.h"
#include "kernwise/graph/network.h"
#include "saturate.h"

namespace kernwise {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are kept as the file's bytes");

// Bytes of one element; 0 for types that are carried but not understood.
int64_t element_size(DataType type) {
  switch (type) {
    case DataType::kFloat32:
    case DataType::kInt32: return 4;
    case DataType::kInt64: return 8;
    case DataType::kBool: return 1;
    default: return 0;
  }
}

template <typename T>
std::shared_ptr<const std::string> pack(const std::vector<T>& values) {
  std::string bytes;
  if (!values.empty()) {
    bytes.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  return std::make_shared<const std::string>(std::move(bytes));
}

template <typename To, typename From>
std::vector<To> unpack(std::string_view bytes) {
  std::vector<From> values(bytes.size() / sizeof(From));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(From));
  if constexpr (std::is_same_v<To, From>) {
    return values;
  } else {
    return {values.begin(), values.end()};
  }
}

}  // namespace

std::string to_string(DataType type) {
  // onnx.proto, TensorProto.DataType
  static constexpr std::array<std::string_view, 24> kNames = {
      "undefined",      "float32",    "uint8",          "int8",       "uint16",   "int16",
      "int32",          "int64",      "string",         "bool",       "float16",  "float64",
      "uint32",         "uint64",     "complex64",      "complex128", "bfloat16", "float8e4m3fn",
      "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4",      "int4",     "float4e2m1"};
  const auto index = static_cast<std::size_t>(type);
  return index < kNames.size() ? std::string(kNames[index]) : "type " + std::to_string(index);
}

ConstantTensor ConstantTensor::floats(std::vector<int64_t> dims, std::vector<float> values) {
  return raw(DataType::kFloat32, std::move(dims), pack(values));
}

ConstantTensor ConstantTensor::ints(std::vector<int64_t> dims, std::vector<int64_t> values) {
  return raw(DataType::kInt64, std::move(dims), pack(values));
}

ConstantTensor ConstantTensor::filled(std::vector<int64_t> dims, float value) {
  ConstantTensor tensor;
  tensor.type_ = DataType::kFloat32;
  tensor.dims_ = std::move(dims);
  tensor.fill_ = value;
  return tensor;
}

ConstantTensor ConstantTensor::raw(DataType type, std::vector<int64_t> dims,
                                   std::shared_ptr<const std::string> bytes) {
  KERNWISE_CHECK(bytes != nullptr);
  const std::string_view all = *bytes;
  return view(type, std::move(dims), all, std::move(bytes));
}

ConstantTensor ConstantTensor::view(DataType type, std::vector<int64_t> dims,
                                    std::string_view bytes, std::shared_ptr<const void> owner) {
  KERNWISE_CHECK(owner != nullptr);
  ConstantTensor tensor;
  tensor.type_ = type;
  tensor.dims_ = std::move(dims);
  tensor.bytes_ = bytes;
  tensor.owner_ = std::move(owner);
  KERNWISE_CHECK(element_size(type) == 0 ||
                 tensor.bytes() == Bytes{static_cast<int64_t>(bytes.size())});
  return tensor;
}

ConstantTensor ConstantTensor::reshaped(std::vector<int64_t> dims) const {
  ConstantTensor tensor = *this;
  tensor.dims_ = std::move(dims);
  KERNWISE_CHECK(tensor.elements() == elements());
  return tensor;
}

int64_t ConstantTensor::elements() const { return detail::saturating_product(dims_); }

Bytes ConstantTensor::bytes() const {
  const int64_t size = element_size(type_);
  if (size > 0) return {detail::saturating_multiply(elements(), size)};
  return {static_cast<int64_t>(bytes_.size())};
}

std::vector<float> ConstantTensor::to_floats() const {
  KERNWISE_CHECK(type_ == DataType::kFloat32);
  if (owner_ == nullptr) return std::vector<float>(static_cast<std::size_t>(elements()), fill_);
  return unpack<float, float>(bytes_);
}

std::vector<int64_t> ConstantTensor::to_ints() const {
  switch (type_) {
    case DataType::kInt64: return unpack<int64_t, int64_t>(bytes_);
    case DataType::kInt32: return unpack<int64_t, int32_t>(bytes_);
    case DataType::kBool: return unpack<int64_t, uint8_t>(bytes_);
    default: KERNWISE_CHECK(!"an integer tensor"); return {};
  }
}

std::optional<float> ConstantTensor::fill_value() const {
  if (type_ != DataType::kFloat32 || owner_ != nullptr) return std::nullopt;
  return fill_;
}

std::string_view ConstantTensor::raw_bytes() const { return bytes_; }

}  // namespace kernwise
