// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "system_files.h"

#include "kernwise/base/file.h"

namespace kernwise::detail {

std::string SystemFiles::text(std::string_view path) const {
  constexpr Bytes kLimit{int64_t{16} << 20};  // cpuinfo of the largest machines: a few MiB
  auto content = read_file(root_ / path, kLimit);
  return content.ok() ? std::move(content).value() : std::string();
}

std::string SystemFiles::line(std::string_view path) const {
  const std::string content = text(path);
  return std::string(trim(std::string_view(content).substr(0, content.find('\n'))));
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace kernwise::detail
