// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/file_kind.h"

#include <array>
#include <fstream>
#include <string_view>

#include "kernwise/store/store.h"

namespace kernwise {

FileKind file_kind(const std::string& location) {
  if (is_database_location(location)) return FileKind::kStore;
  std::array<char, 64> head{};
  std::ifstream(location, std::ios::binary).read(head.data(), head.size());
  const std::string_view text(head.data(), head.size());
  if (text.starts_with("SQLite format 3")) return FileKind::kStore;
  if (text.starts_with("KERNWISE-DEVICE")) return FileKind::kModel;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != text.npos && text[first] == '{' ? FileKind::kJson : FileKind::kNetwork;
}

}  // namespace kernwise
