// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "model_bytes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/base/file.h"
#include "kernwise/base/format.h"

namespace kernwise::detail {

Result<ModelBytes> read_model_bytes(const std::filesystem::path& path, Bytes limit) {
  constexpr std::uintmax_t kLarge = 1 << 20;
  std::error_code code;
  const bool regular = std::filesystem::is_regular_file(path, code);
  const std::uintmax_t size = regular ? std::filesystem::file_size(path, code) : 0;
  if (size > static_cast<std::uintmax_t>(limit.value)) {
    return invalid_input(fmt::format("is larger than the limit of {}", format_bytes(limit)),
                         "raise --max-model-memory")
        .within(path.string());
  }
  if (!regular || size < kLarge) {  // also whatever cannot be opened: the message is made there
    KERNWISE_ASSIGN(std::string text, read_file(path, limit));
    auto owner = std::make_shared<const std::string>(std::move(text));
    return ModelBytes{*owner, owner};
  }
  auto buffer = std::make_shared<AlignedBuffer>(Bytes{static_cast<int64_t>(size)});
  auto* bytes = reinterpret_cast<char*>(buffer->data());
  std::ifstream file(path, std::ios::binary);
  file.read(bytes, static_cast<std::streamsize>(size));
  if (!file) return invalid_input("cannot be read to its end").within(path.string());
  return ModelBytes{std::string_view(bytes, size), std::move(buffer)};
}

Result<ModelBytes> map_model_bytes(const std::filesystem::path& path, Bytes limit) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return read_model_bytes(path, limit);
  struct stat status {};
  const bool regular = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  void* mapped = MAP_FAILED;
  if (regular && status.st_size > 0 && status.st_size <= limit.value) {
    mapped =
        ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
  }
  ::close(fd);
  if (mapped == MAP_FAILED) return read_model_bytes(path, limit);
  const auto size = static_cast<std::size_t>(status.st_size);
  // Without it the kernel reads far ahead of every header, which is most of the weights. A refusal
  // costs time only.
  (void)::madvise(mapped, size, MADV_RANDOM);
  std::shared_ptr<const void> owner(
      mapped, [size](const void* start) { ::munmap(const_cast<void*>(start), size); });
  return ModelBytes{std::string_view(static_cast<const char*>(mapped), size), std::move(owner)};
}

}  // namespace kernwise::detail
