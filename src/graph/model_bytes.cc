// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "model_bytes.h"

#include <fmt/format.h>

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

}  // namespace kernwise::detail
