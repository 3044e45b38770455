// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A block of uninitialised memory aligned for vector code. Blocks of 2 MiB and more are aligned to
// huge pages and advised to use them: whole networks run measurably faster so.
// Allocation failure throws std::bad_alloc (callers that take sizes from a file check them first).
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "kernwise/base/units.h"

namespace kernwise {

class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 64;

  AlignedBuffer() = default;
  explicit AlignedBuffer(Bytes size);

  std::byte* data() { return data_.get(); }
  const std::byte* data() const { return data_.get(); }
  float* floats() { return reinterpret_cast<float*>(data_.get()); }
  const float* floats() const { return reinterpret_cast<const float*>(data_.get()); }
  Bytes size() const { return size_; }

 private:
  struct Free {
    void operator()(std::byte* p) const;
  };
  std::unique_ptr<std::byte[], Free> data_;
  Bytes size_;
};

}  // namespace kernwise
