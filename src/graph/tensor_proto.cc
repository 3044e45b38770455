// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "tensor_proto.h"

#include <fmt/format.h>

#include <climits>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "clean_name.h"
#include "describe.h"
#include "external_data.h"
#include "kernwise/base/file.h"
#include "kernwise/base/hash.h"
#include "kernwise/graph/onnx.h"
#include "saturate.h"
#include "structure_limit.h"

namespace kernwise {
namespace detail {
namespace {

struct RawData {
  std::string_view bytes;
  std::shared_ptr<const void> owner;
};

struct Storage {
  DataType type = DataType::kOther;
  int64_t element_size = 0;  // 0: the type is carried, not understood
};

Result<Storage> storage_of(const onnx::TensorProto& proto) {
  switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT: return Storage{DataType::kFloat32, 4};
    case onnx::TensorProto::INT32: return Storage{DataType::kInt32, 4};
    case onnx::TensorProto::INT64: return Storage{DataType::kInt64, 8};
    case onnx::TensorProto::BOOL: return Storage{DataType::kBool, 1};
    default: break;
  }
  if (proto.data_type() < 1 || proto.data_type() > 255) {
    return invalid_input(fmt::format("has no valid data type ({})", proto.data_type()));
  }
  return Storage{static_cast<DataType>(proto.data_type()), 0};
}

RawData own(std::string bytes) {
  auto owner = std::make_shared<const std::string>(std::move(bytes));
  return {*owner, owner};
}

template <typename T, typename Repeated>
std::string pack(const Repeated& values) {
  std::string bytes(static_cast<std::size_t>(values.size()) * sizeof(T), '\0');
  for (int i = 0; i < values.size(); ++i) {
    const T value = static_cast<T>(values[i]);
    std::memcpy(bytes.data() + static_cast<std::size_t>(i) * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

// The bytes kept in the message itself, raw or in the field of the type.
RawData take_bytes(onnx::TensorProto& proto) {
  if (proto.has_raw_data()) return own(std::move(*proto.mutable_raw_data()));
  switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT: return own(pack<float>(proto.float_data()));
    case onnx::TensorProto::INT32: return own(pack<int32_t>(proto.int32_data()));
    case onnx::TensorProto::INT64: return own(pack<int64_t>(proto.int64_data()));
    case onnx::TensorProto::BOOL: return own(pack<uint8_t>(proto.int32_data()));
    default: return own({});
  }
}

// `raw` is without an owner unless the raw data was taken out of the message before.
Result<ConstantTensor> take_unnamed(onnx::TensorProto& proto, const std::string& name,
                                    TensorSource& source, RawData raw) {
  if (proto.has_segment()) return unsupported("is split into segments");
  KERNWISE_ASSIGN(const Storage storage, storage_of(proto));
  std::vector<int64_t> dims(proto.dims().begin(), proto.dims().end());
  for (const int64_t dim : dims) {
    if (dim < 0) return invalid_input("has a negative size: " + describe_dims(dims));
  }
  const Bytes size{saturating_multiply(saturating_product(dims), storage.element_size)};
  KERNWISE_TRY(check_tensor_size(name, dims, size, source.limit));
  source.used.value = saturating_add(source.used.value, size.value);
  KERNWISE_TRY(check_total_size(name, source.used, source.limit));

  if (proto.data_location() == onnx::TensorProto::EXTERNAL) {
    if (storage.element_size == 0) {  // nobody will look at them
      raw = own({});
    } else if (!source.weights && is_large_weight(storage.type, size)) {
      return ConstantTensor::filled(std::move(dims), 0);
    } else {
      KERNWISE_ASSIGN(std::string bytes, read_external_data(proto, source.folder, size));
      source.external_hashes += content_hash(bytes);
      raw = own(std::move(bytes));
    }
  } else if (raw.owner == nullptr) {
    raw = take_bytes(proto);
  }
  if (storage.element_size > 0 && static_cast<int64_t>(raw.bytes.size()) != size.value) {
    return invalid_input(fmt::format("of shape {} needs {} bytes, but {} are there",
                                     describe_dims(dims), size.value, raw.bytes.size()));
  }
  if (!source.weights && is_large_weight(storage.type, size)) {
    return ConstantTensor::filled(std::move(dims), 0);
  }
  return ConstantTensor::view(storage.type, std::move(dims), raw.bytes, std::move(raw.owner));
}

}  // namespace

bool is_large_weight(DataType type, Bytes size) {
  return type == DataType::kFloat32 && size.value >= 4096;
}

Result<ConstantTensor> take_tensor(onnx::TensorProto& proto, TensorSource& source,
                                   std::optional<std::string_view> raw,
                                   std::shared_ptr<const void> owner) {
  const std::string name = proto.name();
  if (!is_clean_name(name)) {
    return invalid_input("a tensor's name is not UTF-8 or holds control characters");
  }
  RawData beforehand;
  if (raw) beforehand = owner ? RawData{*raw, std::move(owner)} : own(std::string(*raw));
  Result<ConstantTensor> tensor = take_unnamed(proto, name, source, std::move(beforehand));
  if (!tensor.ok()) return std::move(tensor).error().within(fmt::format("tensor '{}'", name));
  return tensor;
}

Status put_tensor_header(const ConstantTensor& tensor, const std::string& name,
                         onnx::TensorProto& proto) {
  switch (tensor.type()) {
    case DataType::kFloat32:
    case DataType::kInt32:
    case DataType::kInt64:
    case DataType::kBool: break;
    default:
      return unsupported(
          fmt::format("tensor '{}' is {} and cannot be written", name, to_string(tensor.type())));
  }
  proto.set_name(name);
  proto.set_data_type(static_cast<int>(tensor.type()));
  for (const int64_t dim : tensor.dims()) proto.add_dims(dim);
  return Ok{};
}

std::string tensor_bytes(const ConstantTensor& tensor) {
  if (!tensor.fill_value()) return std::string(tensor.raw_bytes());
  const std::vector<float> values = tensor.to_floats();
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

Status put_tensor(const ConstantTensor& tensor, const std::string& name, onnx::TensorProto& proto) {
  KERNWISE_TRY(put_tensor_header(tensor, name, proto));
  proto.set_raw_data(tensor_bytes(tensor));
  return Ok{};
}

}  // namespace detail

Result<ConstantTensor> read_tensor_proto(const std::filesystem::path& path, Bytes limit) {
  KERNWISE_ASSIGN(const std::string bytes, read_file(path, limit));
  onnx::TensorProto proto;
  if (bytes.empty() || bytes.size() > static_cast<std::size_t>(INT_MAX) ||
      !detail::check_structure(bytes, *onnx::TensorProto::descriptor(), limit).ok() ||
      !proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return invalid_input("is not a tensor in ONNX's format").within(path.string());
  }
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  detail::TensorSource source{folder, limit, {}, {}, true};
  Result<ConstantTensor> tensor = detail::take_tensor(proto, source);
  if (!tensor.ok()) return std::move(tensor).error().within(path.string());
  return tensor;
}

}  // namespace kernwise
