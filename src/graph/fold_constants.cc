// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "fold_constants.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "describe.h"
#include "saturate.h"

namespace kernwise::detail {
namespace {

Status check_size(const std::vector<int64_t>& dims) {
  if (saturating_product(dims) <= kMaxFolded) return Ok{};
  return unsupported(
      fmt::format("a constant of shape {} would have to be computed", describe_dims(dims)));
}

Status check_type(const ConstantTensor& tensor) {
  switch (tensor.type()) {
    case DataType::kFloat32:
    case DataType::kInt32:
    case DataType::kInt64:
    case DataType::kBool: return Ok{};
    default: return unsupported("constants of type " + to_string(tensor.type()));
  }
}

template <typename T>
ConstantTensor packed(DataType type, std::vector<int64_t> dims,
                      const std::vector<int64_t>& values) {
  std::string bytes;
  bytes.reserve(values.size() * sizeof(T));
  for (const int64_t value : values) {
    const T narrow = static_cast<T>(value);
    bytes.append(reinterpret_cast<const char*>(&narrow), sizeof(T));
  }
  return ConstantTensor::raw(type, std::move(dims),
                             std::make_shared<const std::string>(std::move(bytes)));
}

ConstantTensor integers(DataType type, std::vector<int64_t> dims, std::vector<int64_t> values) {
  if (type == DataType::kInt32) return packed<int32_t>(type, std::move(dims), values);
  if (type == DataType::kBool) return packed<uint8_t>(type, std::move(dims), values);
  return ConstantTensor::ints(std::move(dims), std::move(values));
}

// Calls visit(offset) for every index of `dims` in row-major order.
template <typename Visit>
void for_each_offset(const std::vector<int64_t>& dims, const std::vector<int64_t>& strides,
                     int64_t offset, Visit visit) {
  std::vector<int64_t> index(dims.size(), 0);
  for (int64_t left = saturating_product(dims); left > 0; --left) {
    visit(offset);
    for (std::size_t i = dims.size(); i-- > 0;) {
      offset += strides[i];
      if (++index[i] < dims[i]) break;
      offset -= strides[i] * dims[i];
      index[i] = 0;
    }
  }
}

// Strides with which `from` repeats itself over `dims`.
std::vector<int64_t> broadcast_strides(const std::vector<int64_t>& from,
                                       const std::vector<int64_t>& dims) {
  const std::vector<int64_t> own = row_major_strides(from);
  std::vector<int64_t> strides(dims.size(), 0);
  const std::size_t missing = dims.size() - from.size();
  for (std::size_t i = 0; i < from.size(); ++i) strides[i + missing] = from[i] == 1 ? 0 : own[i];
  return strides;
}

template <typename T>
std::vector<T> spread(const std::vector<T>& values, const std::vector<int64_t>& from,
                      const std::vector<int64_t>& dims) {
  std::vector<T> result;
  result.reserve(static_cast<std::size_t>(saturating_product(dims)));
  for_each_offset(dims, broadcast_strides(from, dims), 0, [&](int64_t offset) {
    result.push_back(values[static_cast<std::size_t>(offset)]);
  });
  return result;
}

Result<int64_t> compute(BinaryKind kind, int64_t a, int64_t b) {
  const auto ua = static_cast<uint64_t>(a), ub = static_cast<uint64_t>(b);  // these may wrap
  switch (kind) {
    case BinaryKind::kAdd: return static_cast<int64_t>(ua + ub);
    case BinaryKind::kSub: return static_cast<int64_t>(ua - ub);
    case BinaryKind::kMul: return static_cast<int64_t>(ua * ub);
    default: break;
  }
  if (b == 0) return invalid_input("an integer is divided by zero");
  if (b == -1) return static_cast<int64_t>(0 - ua);
  return a / b;
}

float compute(BinaryKind kind, float a, float b) {
  switch (kind) {
    case BinaryKind::kAdd: return a + b;
    case BinaryKind::kSub: return a - b;
    case BinaryKind::kMul: return a * b;
    default: return a / b;
  }
}

}  // namespace

std::vector<int64_t> row_major_strides(const std::vector<int64_t>& dims) {
  std::vector<int64_t> strides(dims.size(), 1);
  for (std::size_t i = dims.size(); i-- > 1;) {
    strides[i - 1] = saturating_multiply(strides[i], dims[i]);
  }
  return strides;
}

Result<ConstantTensor> fold_binary(BinaryKind kind, const ConstantTensor& a,
                                   const ConstantTensor& b, const std::vector<int64_t>& dims) {
  if (kind == BinaryKind::kPrelu) return unsupported("all operands are constants");
  KERNWISE_TRY(check_size(dims));
  KERNWISE_TRY(check_type(a));
  if (a.type() != b.type()) {
    return invalid_input(
        fmt::format("operands of types {} and {}", to_string(a.type()), to_string(b.type())));
  }
  if (a.type() == DataType::kFloat32) {
    std::vector<float> left = spread(a.to_floats(), a.dims(), dims);
    const std::vector<float> right = spread(b.to_floats(), b.dims(), dims);
    for (std::size_t i = 0; i < left.size(); ++i) left[i] = compute(kind, left[i], right[i]);
    return ConstantTensor::floats(dims, std::move(left));
  }
  std::vector<int64_t> left = spread(a.to_ints(), a.dims(), dims);
  const std::vector<int64_t> right = spread(b.to_ints(), b.dims(), dims);
  for (std::size_t i = 0; i < left.size(); ++i) {
    KERNWISE_ASSIGN(left[i], compute(kind, left[i], right[i]));
  }
  return integers(a.type(), dims, std::move(left));
}

Result<ConstantTensor> fold_concat(std::span<const ConstantTensor* const> parts, int64_t axis,
                                   const std::vector<int64_t>& dims) {
  KERNWISE_TRY(check_size(dims));
  const ConstantTensor& first = *parts.front();
  KERNWISE_TRY(check_type(first));
  const auto join = [&](auto values_of, auto& result) {
    std::vector<std::decay_t<decltype(values_of(first))>> values;
    for (const ConstantTensor* part : parts) values.push_back(values_of(*part));
    if (saturating_product(dims) == 0) return;
    const int64_t before =
        saturating_product(std::span(dims).first(static_cast<std::size_t>(axis)));
    for (int64_t i = 0; i < before; ++i) {
      for (const auto& part : values) {
        const int64_t stretch = static_cast<int64_t>(part.size()) / before;
        result.insert(result.end(), part.begin() + i * stretch, part.begin() + (i + 1) * stretch);
      }
    }
  };
  for (const ConstantTensor* part : parts) {
    if (part->type() != first.type()) return invalid_input("the inputs are of different types");
  }
  if (first.type() == DataType::kFloat32) {
    std::vector<float> values;
    join([](const ConstantTensor& part) { return part.to_floats(); }, values);
    return ConstantTensor::floats(dims, std::move(values));
  }
  std::vector<int64_t> values;
  join([](const ConstantTensor& part) { return part.to_ints(); }, values);
  return integers(first.type(), dims, std::move(values));
}

Result<ConstantTensor> fold_gather(const ConstantTensor& from, std::span<const int64_t> indices,
                                   const std::vector<int64_t>& dims) {
  KERNWISE_TRY(check_type(from));
  const auto pick = [&](const auto& values) {
    std::decay_t<decltype(values)> picked;
    picked.reserve(indices.size());
    for (const int64_t index : indices) picked.push_back(values[static_cast<std::size_t>(index)]);
    return picked;
  };
  if (from.type() == DataType::kFloat32) {
    return ConstantTensor::floats(dims, pick(from.to_floats()));
  }
  return integers(from.type(), dims, pick(from.to_ints()));
}

Result<ConstantTensor> fold_strided(const ConstantTensor& from, int64_t offset,
                                    const std::vector<int64_t>& strides,
                                    const std::vector<int64_t>& dims) {
  KERNWISE_TRY(check_size(dims));
  KERNWISE_TRY(check_type(from));
  std::vector<int64_t> indices;
  indices.reserve(static_cast<std::size_t>(saturating_product(dims)));
  for_each_offset(dims, strides, offset, [&](int64_t index) { indices.push_back(index); });
  return fold_gather(from, indices, dims);
}

Result<ConstantTensor> fold_cast(const ConstantTensor& from, DataType to) {
  KERNWISE_TRY(check_type(from));
  KERNWISE_TRY(check_size(from.dims()));
  if (from.type() == to) return from;
  const bool to_integer = to == DataType::kInt32 || to == DataType::kInt64 || to == DataType::kBool;
  if (from.type() == DataType::kFloat32 && to_integer) {
    std::vector<int64_t> values;
    for (const float x : from.to_floats()) {
      if (to == DataType::kBool) {
        values.push_back(x != 0);
      } else if (std::abs(x) < 2147483648.0F) {  // what both integer types hold
        values.push_back(static_cast<int64_t>(x));
      } else {
        return unsupported(fmt::format("{} as {}", x, to_string(to)));
      }
    }
    return integers(to, from.dims(), std::move(values));
  }
  std::vector<int64_t> values =
      from.type() == DataType::kFloat32 ? std::vector<int64_t>() : from.to_ints();
  if (to == DataType::kFloat32) {
    return ConstantTensor::floats(from.dims(), {values.begin(), values.end()});
  }
  if (!to_integer) return unsupported("a cast to " + to_string(to));
  if (to == DataType::kBool) {
    for (int64_t& value : values) value = value != 0;
  }
  return integers(to, from.dims(), std::move(values));
}

}  // namespace kernwise::detail
