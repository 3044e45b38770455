// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/aligned_buffer.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

#include "kernwise/base/check.h"

namespace kernwise {
namespace {
constexpr std::size_t kHugePage = std::size_t{2} << 20;
}

AlignedBuffer::AlignedBuffer(Bytes size) : size_(size) {
  KERNWISE_CHECK(size.value >= 0);
  if (size.value == 0) return;
  const auto wanted = static_cast<std::size_t>(size.value);
  const std::size_t alignment = wanted >= kHugePage ? kHugePage : kAlignment;
  const std::size_t rounded = (wanted + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, rounded);
  if (memory == nullptr) throw std::bad_alloc();
  if (alignment == kHugePage) madvise(memory, rounded, MADV_HUGEPAGE);  // advice; may be refused
  data_.reset(static_cast<std::byte*>(memory));
}

void AlignedBuffer::Free::operator()(std::byte* p) const { std::free(p); }

}  // namespace kernwise
