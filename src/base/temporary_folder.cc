// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/temporary_folder.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string>

namespace kernwise {

Result<TemporaryFolder> TemporaryFolder::make() {
  std::error_code code;
  const std::filesystem::path base = std::filesystem::temp_directory_path(code);
  if (code) return invalid_input("there is no folder for temporary files", "set TMPDIR");
  std::string name = (base / "kernwise-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    return invalid_input(fmt::format("cannot make a folder in {}", base.string()), "set TMPDIR");
  }
  return TemporaryFolder(name);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;  // nothing to be done about it
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace kernwise
