// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "structure_limit.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "kernwise/base/format.h"
#include "wire_format.h"

namespace kernwise::detail {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr int64_t kAlwaysGranted = 16 << 20;
constexpr int kMaxDepth = 100;  // protobuf's own

// In protobuf's objects and in those of the network that is made of them, room to grow included.
constexpr int64_t kMessageBytes = 512;
constexpr int64_t kStringBytes = 128;
constexpr int64_t kNumberBytes = 16;

bool is_floating(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE;
}

class Count {
 public:
  explicit Count(int64_t limit) : limit_(limit) {}

  // False: malformed. Ends early once the limit is passed.
  bool add(std::string_view bytes, const Descriptor& type, int depth) {
    if (depth > kMaxDepth) return false;
    total_ += kMessageBytes;
    while (!bytes.empty() && !exceeded()) {
      const std::optional<WireField> field = take_field(bytes);
      if (!field) return false;
      const FieldDescriptor* known = type.FindFieldByNumber(field->number);
      if (!field->delimited) {
        total_ += kNumberBytes;
      } else if (known != nullptr && known->type() == FieldDescriptor::TYPE_MESSAGE) {
        if (!add(field->payload, *known->message_type(), depth + 1)) return false;
      } else {
        total_ += kStringBytes;
        // Packed whole numbers take one byte or more each here, and up to eight there.
        const bool packed = known != nullptr && known->is_packable() && !is_floating(*known);
        if (packed) total_ += static_cast<int64_t>(8 * field->payload.size());
      }
    }
    return true;
  }

  bool exceeded() const { return total_ > limit_; }

 private:
  int64_t limit_, total_ = 0;
};

}  // namespace

Status check_structure(std::string_view bytes, const Descriptor& type, Bytes limit) {
  const int64_t granted = std::max(limit.value, kAlwaysGranted);
  Count count(granted);
  if (!count.add(bytes, type, 0)) {
    return invalid_input("is not an ONNX model, or only a part of one",
                         "the file may be truncated: compare its size with the original");
  }
  if (!count.exceeded()) return Ok{};
  return invalid_input(
      fmt::format("its nodes, names and numbers would take more than the limit of {}, weights not "
                  "counted",
                  format_bytes({granted})),
      "if the model really is that large, raise --max-model-memory");
}

}  // namespace kernwise::detail
