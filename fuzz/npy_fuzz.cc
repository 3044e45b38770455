// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Arrays from strangers: any bytes are an array whose dimensions are those of its values, or an
// error; and an array survives being written.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "kernwise/base/check.h"
#include "kernwise/runtime/input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace kernwise;  // NOLINT: one function
  const Result<NpyArray> array = parse_npy({reinterpret_cast<const char*>(data), size});
  if (!array.ok()) {
    KERNWISE_CHECK(array.error().code == ErrorCode::kInvalidInput);
    return 0;
  }
  std::size_t elements = 1;
  for (const int64_t dim : array->dims) elements *= static_cast<std::size_t>(dim);
  KERNWISE_CHECK(elements == array->values.size());
  const Result<NpyArray> back = parse_npy(format_npy(array->dims, array->values));
  KERNWISE_CHECK(back.ok());
  KERNWISE_CHECK(back->dims == array->dims);
  KERNWISE_CHECK(array->values.empty() || std::memcmp(back->values.data(), array->values.data(),
                                                      array->values.size() * sizeof(float)) == 0);
  return 0;
}
