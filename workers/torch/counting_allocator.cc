// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "counting_allocator.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <new>

namespace kernwise::torch_worker {
namespace {

// The size stands before the block, which stays aligned for vector code.
constexpr std::size_t kHeader = 64;

struct Counts {
  std::mutex mutex;
  int64_t now = 0, peak = 0, ever = 0, reserved = 0, limit = 0, refused = 0;
  bool failed = false;
};

// libtorch keeps the allocator for the life of the process, and frees blocks until its very end.
Counts& counts() {
  static Counts& instance = *new Counts;
  return instance;
}

int64_t held_by_malloc() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<int64_t>(info.arena + info.hblkhd);
}

void release(void* block) {
  if (block == nullptr) return;
  auto* start = static_cast<std::byte*>(block) - kHeader;
  const auto bytes = static_cast<int64_t>(*reinterpret_cast<std::size_t*>(start));
  {
    const std::lock_guard lock(counts().mutex);
    counts().now -= bytes;
  }
  std::free(start);
}

class CountingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t bytes) const override {
    void* block = bytes == 0 ? nullptr : take(bytes);
    return {block, block, &release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }

 private:
  static void* take(std::size_t bytes) {
    Counts& c = counts();
    const auto size = static_cast<int64_t>(bytes);
    bool highest = false;
    {
      const std::lock_guard lock(c.mutex);
      if (c.limit > 0 && c.now + size > c.limit) {
        c.failed = true;
        c.refused = size;
        throw std::bad_alloc();
      }
      // Counted before it is there: two threads together must not pass the limit either.
      c.now += size;
      c.peak = std::max(c.peak, c.now);
      highest = c.now > c.ever;
      c.ever = std::max(c.ever, c.now);
    }
    void* start = nullptr;
    if (posix_memalign(&start, kHeader, bytes + kHeader) != 0) {
      const std::lock_guard lock(c.mutex);
      c.now -= size;
      c.failed = true;
      c.refused = size;
      throw std::bad_alloc();
    }
    *static_cast<std::size_t*>(start) = bytes;
    if (highest) {
      const std::lock_guard lock(c.mutex);
      c.reserved = std::max(c.reserved, held_by_malloc());
    }
    return static_cast<std::byte*>(start) + kHeader;
  }
};

}  // namespace

void install_counting_allocator() {
  static CountingAllocator& allocator = *new CountingAllocator;
  constexpr uint8_t kPriority = 100;  // above libtorch's own
  c10::SetCPUAllocator(&allocator, kPriority);
}

void set_limit(int64_t bytes) {
  const std::lock_guard lock(counts().mutex);
  counts().limit = bytes;
}

int64_t allocated_bytes() {
  const std::lock_guard lock(counts().mutex);
  return counts().now;
}

int64_t allocated_peak() {
  const std::lock_guard lock(counts().mutex);
  return counts().peak;
}

void reset_peak() {
  const std::lock_guard lock(counts().mutex);
  counts().peak = counts().now;
}

int64_t reserved_peak() {
  const std::lock_guard lock(counts().mutex);
  return counts().reserved;
}

bool ran_out() {
  const std::lock_guard lock(counts().mutex);
  return counts().failed;
}

int64_t refused_request() {
  const std::lock_guard lock(counts().mutex);
  return counts().refused;
}

}  // namespace kernwise::torch_worker
