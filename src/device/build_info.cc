// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "build_info.h"

#include "build_commit.h"  // made by build_commit.cmake

namespace kernwise::detail {

std::string build_compiler() { return KERNWISE_BUILD_COMPILER; }

std::string build_version() {
  std::string version = KERNWISE_BUILD_VERSION;
  const std::string commit = kBuildCommit;
  if (!commit.empty()) version += "+" + commit;
  return version;
}

}  // namespace kernwise::detail
